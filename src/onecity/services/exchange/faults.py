"""What can be wrong with a row, as a value: which field, which value, by which rule."""

from enum import StrEnum

import msgspec


class Rule(StrEnum):
    """By which rule a row is refused.

    The numbers are those of a real province's quality check of its items. Source: the check of Wenzhou's items, which
    is public.
    """

    MISSING = "missing"
    """Whatever a row must tell."""
    NOT_LISTED = "not_listed"
    """The value stands in the code list of its field."""
    OTHER_CODE = "other_code"
    """The code beside a value is that of the value."""
    TOO_LONG = "too_long"
    """No value is longer than GB/T 39046-2020 allows."""
    NO_NUMBER = "no_number"
    NO_DAY = "no_day"
    TWICE = "twice"
    """Each item is one row."""
    NO_LEGAL_LIMIT = "no_legal_limit"
    """The limit of the law is there, or why there is none."""
    WRONG_CODE = "wrong_code"
    """Identifying codes have their form and go together."""
    AT_ONCE = "at_once"
    """1: promised for no days is 即办件, and nothing else is."""
    RESULT_TYPE = "result_type"
    """2: what is called a licence or a document is one."""
    VISIT_REASON = "visit_reason"
    """3: a visit has a reason, and only a visit has."""
    NO_WAY = "no_way"
    """4: who need not come applies online or by post."""
    ONLINE_VISIT = "online_visit"
    """4: what is done online as a whole needs no visit."""
    FEE_DETAILS = "fee_details"
    """5: a fee has a name, an amount, a basis, and can be paid online or not."""
    FREE_PAID = "free_paid"
    """5: what costs nothing is not paid online."""
    SAME_PHONE = "same_phone"
    """6: whoever complains rings somebody else."""
    NO_AREA_CODE = "no_area_code"
    """6: a number can be dialled from anywhere."""
    THEME = "theme"
    """7: the themes are of those for whom the item is."""
    NO_FAQ = "no_faq"
    """8: a permit answers a question."""
    FEW_STEPS = "few_steps"
    """8: a permit has the five steps."""
    NO_SAMPLE = "no_sample"
    """9: a paper that is given has a sample."""
    LONG_PROMISE = "long_promise"
    """10: a promise is never longer than the law."""


class RowFault(msgspec.Struct, frozen=True):
    """What is wrong: the field by its name in a row, the value that stands there, and the rule.

    `wanted` is what should stand there, as far as the rule knows it.
    """

    field: str
    value: str
    rule: Rule
    wanted: str = ""
