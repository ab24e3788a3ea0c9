"""Where a person's result on paper is, in a card of their affair."""

import msgspec

from onecity.casework import Delivery, may_choose
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.web.counter import Counter
from onecity.services.web.shown import Shown


class OwnPost(msgspec.Struct, frozen=True):
    """A title, what is to be said, whether the person can choose anew, and whether it is their turn to."""

    title: str
    sentences: tuple[str, ...]
    change: bool = False
    turn: bool = False


def own_post(visit: Visit, counter: Counter, one: Shown) -> OwnPost | None:
    """The card; None where the result does not go by post, or has been handed over."""
    case, post = one.case, one.case.post
    if case.opened.delivery is not Delivery.POST or (case.result is not None and not case.undelivered):
        return None
    if post.posted is not None:
        return OwnPost(visit.say("services.post.posted"), (_left(visit, one), _where(visit, one)))
    day = visit.site.pages.formats[visit.lang].day(case.deliver_by, today=visit.today) if case.deliver_by else ""
    said: tuple[str, ...]
    if post.returned is not None:
        agency = counter.agency(case.opened.agency).name.said(visit.lang)
        said = (
            visit.say(f"casework.returned.{post.returned}"),
            visit.say("services.post.fetch", agency=agency, day=day),
        )
        title = "services.post.returned"
    elif post.way is Delivery.COUNTER:
        title, said = "services.post.fetched", (visit.say("services.post.fetch_by", day=day),) if day else ()
    else:
        title = "services.post.waits" if day else "services.post.planned"
        said = (*((visit.say("services.post.by", day=day),) if day else ()), _where(visit, one))
    open_ = not isinstance(may_choose(case, one.process, by=visit.acting()), Refused)
    return OwnPost(visit.say(title), said, change=open_, turn=post.returned is not None)


def _left(visit: Visit, one: Shown) -> str:
    post = one.case.post
    assert post.posted is not None, "asked only of what is under way"
    assert post.left is not None, "what is under way left at a moment"
    return visit.say(
        "services.post.left",
        day=visit.site.pages.formats[visit.lang].day(day_in(visit.site.zone, post.left), today=visit.today),
        tracking=post.posted.tracking or visit.say("services.forgotten"),
        carrier=visit.say(f"casework.carrier.{post.posted.carrier}"),
    )


def _where(visit: Visit, one: Shown) -> str:
    to = one.case.post.to
    return visit.say("services.post.to", name=to.name, line=to.line) if to else visit.say("services.forgotten")
