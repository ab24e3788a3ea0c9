"""By what a person is told that a letter is there, and where."""

from collections.abc import Mapping, Sequence, Set

import msgspec

from onecity.ledger import Recorded
from onecity.notices.facts import PostChannel, PostChosen
from onecity.people import AccountOpened


class Wish(msgspec.Struct, frozen=True):
    """What a person wishes now. An address that nobody gave, or that was forgotten, is missing."""

    channels: tuple[PostChannel, ...]
    addresses: Mapping[PostChannel, str]
    tells_matter: bool = False
    lang: str = "zh"

    def offered(self, channels: Set[PostChannel]) -> frozenset[PostChannel]:
        """Those of the city's channels among which the person can choose: SMS only if the city knows a number."""
        known = {PostChannel.EMAIL} | set(self.addresses)
        return frozenset(channels & known)


def wish_of(account: Sequence[Recorded], chosen: Sequence[Recorded]) -> Wish:
    """The wish behind the histories of an account and of what its owner chose.

    Who never chose is told by SMS, as the page that asked for the number said, and without the matter.
    """
    phone = next((one.fact.phone for one in reversed(account) if isinstance(one.fact, AccountOpened)), None)
    latest = next((one.fact for one in reversed(chosen) if isinstance(one.fact, PostChosen)), None)
    known = {PostChannel.SMS: phone, PostChannel.EMAIL: latest.email if latest else None}
    addresses = {channel: address for channel, address in known.items() if address}
    if latest is None:
        return Wish((PostChannel.SMS,), addresses)
    return Wish(latest.channels, addresses, latest.tells_matter, latest.lang)


def masked_address(channel: PostChannel, address: str) -> str:
    """An address as it is shown and written down: enough to know one's own by.

    >>> masked_address(PostChannel.SMS, "13800001234"), masked_address(PostChannel.EMAIL, "lin@example.cn")
    ('138****1234', 'l***@example.cn')
    """
    if channel is PostChannel.SMS:
        return f"{address[:3]}****{address[-4:]}"
    name, _, house = address.partition("@")
    return f"{name[:1]}***@{house}"
