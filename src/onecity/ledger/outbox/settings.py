"""How the sink of a city is reached, as its engineer decides it."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from onecity.machinery.secret_files import SecretFile

_SERVER: Final = r"^(tls://[^\s/@]+|nats://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?)$"


class NatsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where sealed facts leave to: a stream of NATS JetStream. Without one they stay in the house."""

    servers: Annotated[
        tuple[Annotated[str, Meta(pattern=_SERVER)], ...],
        Meta(
            min_length=1,
            description="The servers of NATS, asked in this order; `nats://`, without TLS, only on this machine.",
            examples=[["tls://nats1.city.example:4222", "tls://nats2.city.example:4222"]],
        ),
    ]
    stream: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9_-]{1,100}$",
            description="The stream, which nobody else writes to; it is made if it is not there.",
            examples=["onecity"],
        ),
    ] = "onecity"
    subject: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$",
            description="What the subject of each message begins with; the kind of the fact follows.",
            examples=["onecity"],
        ),
    ] = "onecity"
    replicas: Annotated[
        int,
        Meta(ge=1, le=5, description="On so many servers the stream lies, if it is made here.", examples=[3]),
    ] = 1
    user: Annotated[str, Meta(description="As whom the city signs in, if it must.", examples=["onecity"])] = ""
    password_file: (
        Annotated[
            SecretFile,
            Meta(
                description="The file with the password of `user`.",
                examples=["/etc/onecity/secrets/nats-password"],
            ),
        ]
        | None
    ) = None
    authority: (
        Annotated[
            Path,
            Meta(
                description="The certificate of the servers' own authority, if no public one signed it.",
                examples=["/etc/onecity/nats-authority.pem"],
            ),
        ]
        | None
    ) = None
