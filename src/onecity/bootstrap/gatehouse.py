"""What the pages of people work with, and what the packages above lend them."""

from typing import TYPE_CHECKING

from onecity.bootstrap.keepers import forgetting_of
from onecity.notices import letter_to
from onecity.people import DUTY
from onecity.people.invitations import Invitations
from onecity.people.recovery import Recovery, SendCode, Sessions
from onecity.people.usecases import Consents, Officers
from onecity.people.web import Gatehouse

if TYPE_CHECKING:
    from onecity.bootstrap.city import City


def gatehouse_of(city: "City", send: SendCode) -> Gatehouse:
    """The gatehouse of a city. `send` carries codes to telephones."""
    memory = city.memory
    invitations = Invitations(memory.pool, city.door, memory.ledger)
    return Gatehouse(
        pack=city.pack,
        ledger=memory.ledger,
        door=city.door,
        reads=city.counter.reads,
        officers=Officers(memory.ledger, city.door, invitations, letter_to, city.pack.all(DUTY)),
        invitations=invitations,
        recovery=Recovery(memory.pool, city.door, memory.ledger, city.look_ups.person, letter_to, send),
        sessions=Sessions(memory.pool),
        mandates=city.mandates,
        consents=Consents(memory.ledger),
        forgetting=forgetting_of(city),
        look_up=city.look_ups.person,
        letter=letter_to,
        affairs=city.counter.named,
        matters=city.matters,
        register=city.register,
        purpose=city.purpose,
    )
