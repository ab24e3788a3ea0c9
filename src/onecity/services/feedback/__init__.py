"""What becomes of ratings (好差评): somebody else calls back about each bad one, checks, and has it put right."""

from onecity.services.feedback.declared import FEEDBACK_RULE
from onecity.services.feedback.facts import FACTS
from onecity.services.feedback.projections import RATINGS
from onecity.services.feedback.usecases import Feedbacks

__all__ = ["FACTS", "FEEDBACK_RULE", "RATINGS", "Feedbacks"]
