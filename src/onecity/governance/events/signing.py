"""How whoever hears an event knows that it is the city's. Source: Standard Webhooks 1.0, symmetric signatures (v1).

The secret of a hook follows from its id and a key outside the database, so no copy of the database holds one.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from standardwebhooks import Webhook

HOOKS: Final = "hooks"
"""The name of the key of the house from which secrets of hooks follow."""
_PREFIX: Final = "whsec_"


def secret_of(hook: UUID, key: bytes) -> str:
    """The secret that a hook's receiver was told once.

    >>> secret_of(UUID(int=1), b"k") == secret_of(UUID(int=1), b"k") != secret_of(UUID(int=2), b"k")
    True
    """
    return _PREFIX + b64encode(hmac.digest(key, b"onecity hook " + hook.bytes, "sha256")).decode()


def signed(body: bytes, message: str, secret: str, *, now: datetime) -> Mapping[str, str]:
    """The headers under which a body travels. `message` is the same at every try; the instant is that of the try."""
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message, now.astimezone(UTC), body.decode()),
    }
