"""One HTTP client for every connector: limits, retries, checks of addresses, secrets kept out of every message.

Belongs here: what applies to any server. Does not: any one interface (`connectors/`).
"""

from pipelines.sources.http.answers import Answer
from pipelines.sources.http.client import Client, Patience, client_of

__all__ = ["Answer", "Client", "Patience", "client_of"]
