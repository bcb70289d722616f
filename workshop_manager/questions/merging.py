"""Who answered what, when one person's two accounts become one."""

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.questions.models import Answer, AnswerFile, Attestation

PART = Part("questions", (moved(Answer.by), moved(AnswerFile.uploaded_by), moved(Attestation.by)))
