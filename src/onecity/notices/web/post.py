"""The page on which a person chooses by what they are told of letters."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from starlette.responses import Response

from onecity.kernel.rates import Rate
from onecity.kernel.refusal import Refused
from onecity.ledger import Ledger
from onecity.machinery.web import SIGNED_IN, Route, Visit
from onecity.notices.facts import PostChannel
from onecity.notices.model import Wish, masked_address
from onecity.notices.post import Post
from onecity.notices.rules import Choice, faults_of
from onecity.notices.usecases import choose, wish

_AT: Final = "notices/web/templates/"
_PATH: Final = "/account/post"
_OFTEN: Final = Rate(30, 300)
_CHOICES: Final[Mapping[str, tuple[PostChannel, ...]]] = {
    "inbox": (),
    "sms": (PostChannel.SMS,),
    "email": (PostChannel.EMAIL,),
    "both": (PostChannel.SMS, PostChannel.EMAIL),
}
"""What can be chosen, by the word of the form."""


class PostPages:
    """By what one is told of letters. Everybody chooses for themself, also who acts for another just now."""

    def __init__(self, ledger: Ledger, post: Post | None) -> None:
        self._ledger = ledger
        self._channels = post.channels if post else frozenset()
        self._simulated = post is not None and post.simulated

    def routes(self) -> Sequence[Route]:
        return (
            Route("GET", _PATH, SIGNED_IN, self._show),
            Route("POST", _PATH, SIGNED_IN, self._choose, _OFTEN),
        )

    async def _show(self, visit: Visit) -> Response:
        wished = await wish(visit.someone.person, ledger=self._ledger)
        chosen = next((word for word, channels in _CHOICES.items() if channels == wished.channels), "")
        tells = ("yes" if wished.tells_matter else "no") if wished.channels else ""
        typed = {"channel": chosen, "email": wished.addresses.get(PostChannel.EMAIL, ""), "tells": tells}
        return self._page(visit, wished, typed, {}, uuid4())

    async def _choose(self, visit: Visit) -> Response:
        form, person = visit.form, visit.someone.person
        choice = Choice(
            _CHOICES.get(form.text("channel")), form.text("email"), {"yes": True, "no": False}.get(form.text("tells"))
        )
        wished = await wish(person, ledger=self._ledger)
        faults = faults_of(choice, offered=wished.offered(self._channels))
        if faults:
            typed = {name: form.text(name) for name in ("channel", "email", "tells")}
            errors = {field: visit.say(why) for field, why in faults.items()}
            return self._page(visit, wished, typed, errors, form.key())
        done = await choose(
            choice, channels=self._channels, lang=visit.lang, ledger=self._ledger, key=form.key(),
            by=visit.myself(), now=visit.now,
        )  # fmt: skip
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(_PATH)

    def _page(
        self, visit: Visit, wished: Wish, typed: Mapping[str, str], errors: Mapping[str, str], key: UUID
    ) -> Response:
        offered = wished.offered(self._channels)
        return visit.page(
            _AT + "post.html",
            status=422 if errors else 200,
            title=visit.say("notices.post"),
            simulated_post=self._simulated,
            now=self._now(visit, wished),
            options=[
                self._option(visit, wished, word) for word, channels in _CHOICES.items() if offered.issuperset(channels)
            ],
            email=PostChannel.EMAIL in offered,
            typed=typed,
            errors=errors,
            faults=[{"field": field, "text": text} for field, text in errors.items()],
            key=key,
            back_url="/letters",
        )

    def _option(self, visit: Visit, wished: Wish, word: str) -> dict[str, Any]:
        phone = wished.addresses.get(PostChannel.SMS)
        hint = (
            visit.say("notices.post.to", to=masked_address(PostChannel.SMS, phone)) if phone and word == "sms" else ""
        )
        return {"value": word, "label": visit.say(f"notices.post.{word}"), "hint": hint}

    def _now(self, visit: Visit, wished: Wish) -> list[dict[str, str]]:
        """Where messages go now, masked: somebody may look over one's shoulder."""
        return [
            {"term": visit.say(f"notices.channel.{channel}"), "value": masked_address(channel, to)}
            for channel, to in wished.addresses.items()
            if channel in wished.channels and channel in self._channels
        ]
