"""What people search for and the city does not understand, for those who can add words to an item."""

from typing import Any, Final
from urllib.parse import quote

from starlette.responses import Response

from onecity.kernel.search import Found
from onecity.machinery.web import Paging, Visit
from onecity.services.riddles import ASKERS, DAYS, Riddle
from onecity.services.web.counter import Counter
from onecity.services.web.guides import Guides
from onecity.services.web.shown import AT

_A_PAGE: Final = 30


class RiddlePages:
    """The page for the duty `services.amend`, of whichever agency: nobody knows yet whose item a phrase means."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._guides = Guides(counter)

    async def all(self, visit: Visit) -> Response:
        """The phrases that are not understood, those asked most first, or the newest."""
        newest, riddles = visit.request.query_params.get("order") == "newest", self._counter.riddles
        paging = Paging.uncounted(visit, _A_PAGE)
        read, paging = paging.cut(await riddles.told(newest=newest, limit=paging.one_more, offset=paging.offset))
        tabs = [
            {"href": "/desk/riddles", "label": visit.say("services.riddles.most"), "current": not newest},
            {"href": "/desk/riddles?order=newest", "label": visit.say("services.riddles.newest"), "current": newest},
        ]
        return visit.page(
            AT + "riddles.html", title=visit.say("services.riddles"), tabs=tabs, paging=paging,
            rule=visit.say("services.riddles.rule", askers=ASKERS, days=DAYS),
            rows=[self._row(visit, one, guess) for one, guess in riddles.unsolved(read)],
        )  # fmt: skip

    def _row(self, visit: Visit, one: Riddle, guess: Found | None) -> dict[str, Any]:
        guessed = visit.say("services.riddles.nothing")
        if guess is not None:
            guessed = visit.say("services.riddles.guess", name=self._guides.row(visit, guess.path)["title"])
        return {
            "href": f"/search?q={quote(one.phrase)}", "phrase": one.phrase, "guess": guessed, "times": one.times,
            "days": one.days, "first": one.first, "last": one.last,
        }  # fmt: skip
