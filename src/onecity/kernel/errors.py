"""Failures of the world outside: a disk, a database, a port. "No" is not among them, see `refusal`."""


class CityError(Exception):
    """Something outside the city's rules failed. The edge turns it into a status or an exit code.

    `sentence` is what the person reads: what is wrong and what to do, without personal data.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class CannotStart(CityError):
    """The machine lacks something that the launcher needs; the sentence says what and how to mend it."""


class Unavailable(CityError):
    """A part that usually answers does not answer now; the same request may succeed later."""
