"""What a pack may say about processes: steps, the duty of each, its outcomes, and the article behind it."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from onecity.kernel.clock import Limit, StopKind, Unit
from onecity.packs import Text

APPLICANT = "applicant"
"""The duty of a step that waits for the person whose affair it is."""


LONGEST_STOP: Final = 120
"""Working days for which somebody may announce that the clock stands still; a longer test is announced again."""

ArticleHash = Annotated[
    str,
    msgspec.Meta(pattern="[0-9a-f]{16}", description="Let `onecity pack law-check --write` write it."),
]
"""The first 16 hex digits of the SHA-256 of an article, without white space."""


class Because(msgspec.Struct, frozen=True):
    """The article that sets a rule, in the version of a day. `phrase` stands there word for word.

    `sha256` is the beginning of the hash of the article's text; `onecity pack law-check --write` writes it.
    """

    law: str
    article: str
    version: date
    phrase: Annotated[str, msgspec.Meta(max_length=20)] = ""
    sha256: ArticleHash | None = None

    @property
    def citation(self) -> str:
        """The article as facts and letters keep it; `laws.cited` says it in the reader's language.

        >>> Because("行政许可法", "42", date(2019, 4, 23)).citation
        '《行政许可法》第 42 条'
        """
        return f"《{self.law}》第 {self.article} 条"


ArticleNumber = Annotated[int, msgspec.Meta(ge=1, lt=10_000, description="The number of an article, without 之.")]
"""No law has so many articles."""


class Numbered(msgspec.Struct, frozen=True):
    """From which article to which a law goes in the version of a day.

    `last` is the number of its last article. `first` is that of the first one of a book of a code.
    `onecity pack law-check --write` writes them where a library has the whole text.
    """

    version: date
    last: ArticleNumber
    first: ArticleNumber = 1

    def has(self, article: int) -> bool:
        """Whether there is an article of a number.

        >>> Numbered(date(2018, 10, 26), last=34).has(35)
        False
        """
        return self.first <= article <= self.last


class Law(msgspec.Struct, frozen=True):
    """A law that the city cites. `zh` is its title as citations write it, `en` what official translations call it.

    `simulated` says that this city made it up: no library has a text of it. `numbered` are the versions of which
    somebody counted the articles.
    """

    name: Text
    simulated: bool = False
    numbered: tuple[Numbered, ...] = ()


class Question(msgspec.Struct, frozen=True):
    """What whoever chooses an outcome must write; the person concerned reads it word for word."""

    ask: Text
    hint: Text | None = None


class ClockAct(StrEnum):
    """What an outcome does to the clock of the case."""

    STARTS = "starts"
    STOPS = "stops"
    RESUMES = "resumes"
    EXTENDS = "extends"


class Meets(msgspec.Struct, frozen=True):
    """Whoever chooses the outcome names the day, the hour and the hall in which people meet; `on_site` they come to
    where the matter is, and no hall is named.

    They are told at least `notice` working days before, and meet at most `within` working days after the day since
    which the step waited. Where `may_ask`, the person concerned may ask once for another time.
    """

    notice: Annotated[int, msgspec.Meta(ge=0, le=60)]
    within: Annotated[int, msgspec.Meta(ge=1, le=100)]
    on_site: bool = False
    may_ask: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """How a step may end: it opens other steps, or it ends the case with a result.

    `duty` is the duty of this outcome where it is another than that of its step (the head extends, not the officer);
    `once` means that the law allows it a single time in a case. `clock` is what it does to the clock, `stop` why the
    clock stops; whoever stops it tells beforehand for how many working days, `at_most` so many. `lists` means that
    whoever chooses it must name what is missing, all of it. `sends` are the steps that it opens for an agency which
    whoever chooses it names. `letter` names the sentences that the person concerned gets, `write` what they must be
    told in it; where the applicant chooses, `write` is what they say themselves. With an outcome that `confirms`,
    whoever a lot chose says that the work at which they looked is done. An outcome that `meets` sets a day on which
    people come together; a clock that it stops stands until that day. `board` names the sentences of what hangs on the
    public board then; they name the matter, the agency, and when and where people meet, and nobody.
    """

    name: Text
    opens: tuple[str, ...] = ()
    ends: str | None = None
    duty: str | None = None
    once: bool = False
    clock: ClockAct | None = None
    stop: StopKind | None = None
    at_most: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_STOP)] = LONGEST_STOP
    lists: bool = False
    sends: tuple[str, ...] = ()
    letter: str | None = None
    write: Mapping[str, Question] = {}
    because: Because | None = None
    confirms: bool = False
    meets: Meets | None = None
    board: str | None = None

    @property
    def asks_days(self) -> bool:
        """Whether whoever chooses it says for how many working days."""
        return self.clock in (ClockAct.STOPS, ClockAct.EXTENDS) and self.meets is None


class Silence(msgspec.Struct, frozen=True):
    """What the city does by itself when nobody moves a step in time; `outcome` then holds as of the day of waiting.

    Without a number it waits for the end of the stop that was announced.
    """

    outcome: str
    because: Because
    number: Annotated[int, msgspec.Meta(ge=1, le=400)] | None = None
    unit: Unit = Unit.WORKING_DAYS

    @property
    def after(self) -> Limit | None:
        return None if self.number is None else Limit(self.number, self.unit)


class AtOnce(msgspec.Struct, frozen=True):
    """What the city does by itself in the moment in which a step opens: `outcomes` are those that a rule of its pillar
    may choose without a person. A step for which no rule chooses waits for one.
    """

    outcomes: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    because: Because


class Step(msgspec.Struct, frozen=True):
    """A piece of work that one duty does; the next steps follow from its outcome.

    `officers` of two means that two different persons must choose the same outcome; to put off their own meeting takes
    one. A step with `joins` opens only
    when none of the steps it names waits any more. A step that is `always` done lies on every way to a success.
    A step of the applicant that `confirms` asks for no papers: the person says that they did something elsewhere, or
    chooses among what its outcomes offer. Whoever ended a step that is named in `apart_from` does not do this one.
    A step that is `drawn` is done by one person whom a lot chose among those of other agencies than those that did the
    steps which it names, the first of them above all: nobody takes it, and nobody hands it on.
    `at_once` names outcomes that need no person where a rule decides them.
    """

    name: Text
    duty: str
    because: Because
    outcomes: Annotated[Mapping[str, Outcome], msgspec.Meta(min_length=1)]
    officers: Annotated[int, msgspec.Meta(ge=1, le=2)] = 1
    joins: tuple[str, ...] = ()
    always: bool = False
    silence: Silence | None = None
    confirms: bool = False
    drawn: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()
    at_once: AtOnce | None = None

    @property
    def offered(self) -> Mapping[str, Outcome]:
        """The outcomes that a person may choose: all but the one that silence chooses."""
        silent = self.silence.outcome if self.silence else None
        return {name: outcome for name, outcome in self.outcomes.items() if name != silent}

    def confirmed_by(self, outcome: Outcome) -> bool:
        """Whether an outcome of a step that is drawn says that the work is done.

        Cases that began before packs said which one does keep the rule of then: every one does.
        """
        return bool(self.drawn) and (outcome.confirms or not any(one.confirms for one in self.outcomes.values()))

    def duty_of(self, outcome: Outcome) -> str:
        """Whose duty an outcome of this step is."""
        return outcome.duty or self.duty


class ProcessExample(msgspec.Struct, frozen=True):
    """A row of `step/outcome`, and the result with which the case ends."""

    given: tuple[str, ...]
    gives: str
    because: str


class Reopening(msgspec.Struct, frozen=True):
    """The person concerned may say once, within a time after a success, that it is not so: then some steps wait again.

    `letter` names the sentences that they get.
    """

    opens: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    number: Annotated[int, msgspec.Meta(ge=1, le=400)]
    because: Because
    unit: Unit = Unit.NATURAL_DAYS
    letter: str | None = None

    @property
    def within(self) -> Limit:
        return Limit(self.number, self.unit)


NO: Final = ("refused", "declined")
"""What a pack calls it when the city says no, unless it says otherwise."""


class Process(msgspec.Struct, frozen=True):
    """A process: the steps with which it begins, and all its steps. `results` are the words for how it may end.

    `succeeds` are the results after which cases that wait for this one may begin, `refuses` those by which the city
    says no: what was returned or not needed is neither. `counts_from_receipt` says that
    the limit runs without an acceptance, since the day on which everything came. `head` is the duty of whoever
    answers for it and hears when a day is missed. `hands_over` is the duty of giving out results on paper.
    """

    name: Text
    begins: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    steps: Annotated[Mapping[str, Step], msgspec.Meta(min_length=1)]
    results: Annotated[Mapping[str, Text], msgspec.Meta(min_length=1)]
    examples: Annotated[tuple[ProcessExample, ...], msgspec.Meta(min_length=1)]
    succeeds: tuple[str, ...] = ("granted",)
    refuses: tuple[str, ...] = NO
    counts_from_receipt: bool = False
    head: str | None = None
    hands_over: str | None = None
    reopens: Reopening | None = None

    @property
    def checked(self) -> bool:
        """Whether no success comes without a check by somebody whom a lot chose elsewhere."""
        return any(step.drawn and step.always for step in self.steps.values())

    @property
    def answered_in(self) -> Limit | None:
        """Within which time somebody hears whether it is accepted; None where the clock runs from the receipt."""
        silence = self.steps[self.begins[0]].silence
        return None if self.counts_from_receipt or silence is None else silence.after


def may_ask(process: Process, step: str) -> bool:
    """Whether the person concerned may ask for another time of the meeting for which a step waits."""
    calls = (outcome for one in process.steps.values() for outcome in one.outcomes.values() if step in outcome.opens)
    return any(outcome.meets is not None and outcome.meets.may_ask for outcome in calls)


def signers(step_id: str, step: Step, outcome: Outcome) -> int:
    """How many officers an outcome takes: another day of its own meeting is named by one, whoever holds it."""
    return 1 if outcome.meets is not None and step_id in outcome.opens else step.officers


def duties_of(process: Process) -> frozenset[str]:
    """The duties that may move a case of this process, and that of whoever answers for it."""
    moving = {step.duty_of(outcome) for step in process.steps.values() for outcome in step.outcomes.values()}
    return frozenset(moving | {process.head} if process.head else moving)


def duty_of(process: Process, step: str, outcome: str) -> str:
    """Whose duty an outcome of a step is; empty if there is no such step."""
    declared = process.steps.get(step)
    if declared is None:
        return ""
    chosen = declared.outcomes.get(outcome)
    return declared.duty_of(chosen) if chosen else declared.duty


def duties_looking_at(process: Process) -> frozenset[str]:
    """The duties whose holders may open a case: those that move it, and that of giving out its result."""
    return duties_of(process) | ({process.hands_over} if process.hands_over else frozenset())


def opened_by(process: Process, waiting: frozenset[str], step: str, outcome: Outcome) -> tuple[str, ...]:
    """The steps that begin to wait when `step` ends with an outcome; a join waits for the last of what it joins."""
    left = waiting - {step}
    opening = dict.fromkeys(name for name in outcome.opens if name not in left)
    going = left | opening.keys()
    return tuple(name for name in opening if not going & set(process.steps[name].joins))


def run(process: Process, moves: tuple[str, ...]) -> str:
    """The result to which a row of `step/outcome` leads, or a word saying where it breaks off."""
    waiting = frozenset(process.begins)
    for move in moves:
        step, _, outcome = move.partition("/")
        if step not in waiting or outcome not in process.steps[step].outcomes:
            return f"no way through {move}"
        done = process.steps[step].outcomes[outcome]
        if done.ends is not None:
            return done.ends
        waiting = waiting - {step} | frozenset(opened_by(process, waiting, step, done))
    return f"still waiting for {', '.join(sorted(waiting))}"
