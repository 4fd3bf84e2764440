"""Questions that people ask, each answered on a page of its own from the published tables, at build time.

Belongs here: what a question's page holds, and the list of them. Does not: any answer; domains register theirs.
"""

from pipelines.catalogue.questions.asking import Answer, Question, asks, questions_of

__all__ = ["Answer", "Question", "asks", "questions_of"]
