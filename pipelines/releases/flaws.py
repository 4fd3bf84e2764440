"""What can be wrong with a release, a store of releases or a ledger, in words.

Belongs here: the list of flaws that `verify` can find, and their sentences. Does not: finding them.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.core.text import Language, Said

SENTENCES: dict[str, Said] = {
    "no-release": Said("aucune version à vérifier ici", "no release to verify here"),
    "link": Said("lien symbolique ou fichier spécial", "symbolic link or special file"),
    "name": Said("nom de fichier trompeur", "deceptive file name"),
    "empty": Said("dossier vide, que rien ne protège", "empty folder, which nothing protects"),
    "stray": Said("fichier ajouté hors du contenu", "file added beside the payload"),
    "brought-along": Said(
        "fichier ajouté par l'ordinateur qui a ouvert ou copié ce dossier, et non par le producteur ; effacez-le, puis "
        "vérifiez à nouveau",
        "file added by the computer that opened or copied this folder, not by the publisher; delete it, then verify "
        "again",
    ),
    "tag-missing": Said("fichier de contrôle (BagIt) absent", "BagIt file missing"),
    "declaration": Said("bagit.txt n'est pas celui d'une version", "bagit.txt is not that of a release"),
    "form": Said("fichier illisible ou mal formé", "file unreadable or malformed"),
    "tag-changed": Said("fichier de contrôle (BagIt) modifié", "BagIt file altered"),
    "unsigned": Said("la signature manque", "the signature is missing"),
    "signature": Said("la signature n'est pas celle de ces octets", "the signature is not of these bytes"),
    "signer": Said("signé par une autre clé", "signed by another key"),
    "payload-missing": Said("fichier absent", "file missing"),
    "payload-added": Said("fichier ajouté", "file added"),
    "payload-changed": Said("fichier modifié", "file altered"),
    "size": Said("le contenu n'a pas la taille annoncée", "the payload is not of the size announced"),
    "identity": Said(
        "la version n'est pas celle que son dossier indique", "the release is not the one that its folder names"
    ),
    "descriptor": Said(
        "le descripteur contredit les fichiers de contrôle (BagIt)", "the descriptor contradicts the BagIt files"
    ),
    "types": Said("types autres que ceux du schéma", "types other than the schema's"),
    "values": Said("le CSV et le Parquet n'ont pas les mêmes valeurs", "CSV and Parquet do not have the same values"),
    "excel": Said(
        "le CSV pour tableur n'a pas les mêmes valeurs",
        "the CSV for spreadsheets does not have the same values",
    ),
    "format": Said("le fichier n'a pas les mêmes valeurs", "the file does not have the same values"),
    "rows": Said("des lignes ne respectent pas le schéma", "rows do not conform to the schema"),
    "facts": Said(
        "la version se contredit : un autre de ses fichiers indique le contraire",
        "the release contradicts itself: another of its files says otherwise",
    ),
    "provenance": Said(
        "provenance incomplète, ou de lignes ou de sources inconnues",
        "provenance that is incomplete, or of unknown rows or sources",
    ),
    "descent": Said(
        "la version ne suit pas celle qu'elle indique comme précédente",
        "the release does not follow the version that it names as its parent",
    ),
    "remade": Said(
        "refaite ici par son propre code, la version est différente",
        "made again here by its own code, the release is different",
    ),
    "catalogue": Said(
        "ce fichier du catalogue n'est pas celui que font les versions publiées ; « arobase release » le refait",
        'this file of the catalogue is not the one that the releases make; "arobase release" makes it again',
    ),
    "ledger": Said("le registre n'est plus une chaîne", "the ledger is no longer a chain"),
    "unrecorded": Said("version absente du registre", "release not in the ledger"),
    "removed": Said("version du registre absente du dossier", "release of the ledger missing from the folder"),
    "swapped": Said("ce n'est pas la version que le registre indique", "not the release that the ledger names"),
    "chain": Said("la version ne suit pas celle d'avant", "the release does not follow the one before it"),
    "tombstone": Said("retrait sans son avis de retrait", "retraction without its notice"),
    "buried": Said("fichiers d'une version retirée", "files of a retracted release"),
    "refusal": Said(
        "trace d'une tentative refusée absente ou modifiée", "record of a refused attempt missing or altered"
    ),
    "index": Said("index en désaccord avec le registre", "index that disagrees with the ledger"),
    "aside": Said(
        "reste d'un processus interrompu qui n'en a pas la forme",
        "a file left by an interrupted process, but of another form than these have",
    ),
    "changes": Said(
        "les changements ne sont pas ceux d'une version à l'autre",
        "the changes are not those between the two versions",
    ),
    "licence": Said(
        "le descripteur et le README donnent des licences différentes",
        "descriptor and README give different licences",
    ),
    "expected": Said("ce n'est pas ce qui devait être vérifié", "this is not what was to be verified"),
    "log": Said("le journal n'est pas l'arbre de ses événements", "the log is not the tree of its events"),
    "log-missing": Said("le journal manque", "the log is missing"),
    "log-signer": Said(
        "la tête du journal n'est pas signée par une clé de confiance",
        "no trusted key signed the head of the log",
    ),
    "log-ledger": Said(
        "le registre et le journal se contredisent",
        "ledger and log contradict each other",
    ),
    "inclusion": Said(
        "rien ne prouve que le journal contient la version", "nothing proves that the log contains the release"
    ),
    "revoked": Said("signé par une clé révoquée", "signed by a revoked key"),
    "key-event": Said(
        "changement de clé que l'ancienne clé n'a pas signé", "change of keys that the old key did not sign"
    ),
    "rolled-back": Said(
        "le journal est plus court que celui qui a été vu auparavant",
        "the log is shorter than the one that was seen before",
    ),
    "forked": Said(
        "le journal ne continue pas celui qui a été vu auparavant",
        "the log does not continue the one seen before",
    ),
    "unwitnessed": Said("les témoins demandés n'ont pas contresigné", "the witnesses asked for did not cosign"),
    "time": Said(
        "l'horodatage n'est pas celui de cette tête du journal", "the time stamp is not of this head of the log"
    ),
    "witness": Said("le registre ne contient pas la ligne du témoin", "the ledger does not contain the witness's line"),
}


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong: where, what was found, what was expected."""

    code: str
    place: str
    found: str | Said = ""
    expected: str | Said = ""

    def message(self, language: Language) -> str:
        """The sentence for a person."""
        words = SENTENCES[self.code][language]
        colon = Said(" : ", ": ")[language]
        sentence = f"{self.place}{colon}{words}"
        found, expected = (
            getattr(fact, language) if isinstance(fact, Said) else fact for fact in (self.found, self.expected)
        )
        if found:
            sentence += f" ({found}"
            sentence += (Said(" ; attendu : ", "; expected: ")[language]) + expected if expected else ""
            sentence += ")"
        return sentence
