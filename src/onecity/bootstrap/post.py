"""Which post a city has: a simulated city writes files, a real one has the mail house that its engineer named."""

from typing import Final

import structlog

from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.notices.facts import PostChannel
from onecity.notices.post import Post
from onecity.notices.post.simulated import SimulatedPost
from onecity.notices.post.smtp import SmtpPost
from onecity.packs import Text, Words
from onecity.packs.words import LANGUAGES
from onecity.people.recovery import SendCode
from onecity.places import City

FOLDER: Final = "simulated_post"
_LOG: Final = structlog.get_logger("onecity.post")


def post_of(city: City, settings: Settings) -> Post | None:
    """The post of a city; None if letters only lie in their inbox."""
    if city.simulated:
        return SimulatedPost(settings.data / FOLDER)
    return SmtpPost(settings.smtp, now) if settings.smtp else None


def codes_by(post: Post | None, words: Words, city: Text) -> SendCode:
    """Sends codes to telephones, in both languages: nobody knows yet who will read them.

    A city without SMS sends none, and says nothing of it to whoever asked: they come to a counter.
    """

    async def send(phone: str, code: str) -> None:
        if post is None or PostChannel.SMS not in post.channels:
            _LOG.warning("a code was asked for, and the city has no SMS")
            return
        lines = [words.say(lang, "people.code_message", city=city.said(lang), code=code) for lang in LANGUAGES]
        await post.send(PostChannel.SMS, phone, "\n".join(lines))

    return send
