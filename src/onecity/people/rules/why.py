"""Why people says no; each reason has its sentence in the words."""

from onecity.kernel.refusal import Reason


class Why(Reason):
    """Why people says no."""

    WRONG = "people.wrong"
    LOCKED = "people.locked"
    NOT_IN_REGISTER = "people.not_in_register"
    HAS_ACCOUNT = "people.has_account"
    NOT_FOUND = "people.not_found"
    UNSAID = "people.unsaid"
    TOO_LONG = "people.too_long"
    ALREADY_ASKED = "people.already_asked"
    ALREADY_ANSWERED = "people.already_answered"
    OWN_LOOK = "people.own_look"
    NOT_YOUR_DUTY = "people.not_your_duty"
    UNKNOWN_DUTY = "people.unknown_duty"
    LOGIN = "people.login_form"
    LOGIN_TAKEN = "people.login_taken"
    NAME = "people.fault.name"
    DAYS = "people.days"
    ABOUT_SELF = "people.about_self"
    OWN_PROPOSAL = "people.own_proposal"
    DECIDED = "people.decided"
    HOLDS_ALREADY = "people.holds_already"
    HOLDS_NOT = "people.holds_not"
    NO_DEPUTY = "people.no_deputy"
    AWAY_ALREADY = "people.away_already"
    CODE = "people.code_wrong"
    SENT_CODE = "people.sent_code_wrong"
    WRONG_NOW = "people.wrong_now"
