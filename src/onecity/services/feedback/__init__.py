"""What becomes of ratings: every bad one is called back by somebody else, checked, and put right if it is so."""

from onecity.services.feedback.declared import FEEDBACK_RULE
from onecity.services.feedback.facts import FACTS
from onecity.services.feedback.projections import RATINGS
from onecity.services.feedback.usecases import Feedbacks

__all__ = ["FACTS", "FEEDBACK_RULE", "RATINGS", "Feedbacks"]
