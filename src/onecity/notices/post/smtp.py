"""E-mail through the city's own mail house, by SMTP over TLS."""

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from onecity.kernel.errors import CannotStart
from onecity.machinery.secret_files import SecretFile, secret_of
from onecity.notices.facts import PostChannel
from onecity.notices.post import Failed, Handed, Sent

_AT_ONCE: Final = 8
_PATIENCE_S: Final = 5.0
_NO_SUCH_ADDRESS: Final = (550, 551, 553)
"""Replies that speak of the mailbox. Source: RFC 5321 §4.2.3."""
_NOT_ALLOWED: Final = b"5.7."
"""Begins replies that speak of us and not of the mailbox. Source: RFC 3463 §3.8, security or policy."""


class SmtpSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the city's mail house is reached, by SMTP over TLS. Without one messages only lie in their inbox."""

    host: Annotated[str, Meta(min_length=1, description="The name of the mail house.", examples=["mail.city.example"])]
    sender: Annotated[
        str,
        Meta(
            pattern=r"^[^@\s<>]+@[^@\s<>]+$",
            description="The address from which the city writes.",
            examples=["onecity@city.example"],
        ),
    ]
    port: Annotated[int, Meta(ge=1, le=65535, description="Its port.", examples=[587])] = 587
    security: Annotated[
        Literal["starttls", "tls"],
        Meta(description="`starttls` begins in clear and goes on under TLS only; `tls` begins so.", examples=["tls"]),
    ] = "starttls"
    user: Annotated[str, Meta(description="As whom the city signs in, if it must.", examples=["onecity"])] = ""
    password_file: (
        Annotated[
            SecretFile,
            Meta(
                description="The file with the password of `user`.",
                examples=["/etc/onecity/secrets/mail-password"],
            ),
        ]
        | None
    ) = None
    authority: (
        Annotated[
            Path,
            Meta(
                description="The certificate of the mail house's own authority, if no public one signed it.",
                examples=["/etc/onecity/mail-authority.pem"],
            ),
        ]
        | None
    ) = None


class SmtpPost:
    """Sends e-mail in threads of its own, so that a slow mail house keeps nobody else waiting.

    A message has the same id at every try, by which mail programs show it once although it came twice.
    """

    channels: Final = frozenset({PostChannel.EMAIL})
    simulated: Final = False

    def __init__(self, settings: SmtpSettings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._trust = ssl.create_default_context(cafile=settings.authority)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="smtp")

    async def send(self, channel: PostChannel, to: str, text: str) -> Handed:
        """Hand an e-mail to the mail house."""
        assert channel in self.channels, "a message goes by a channel that its post has"
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._handed, self._message(to, text))

    def _message(self, to: str, text: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._settings.sender
        message["To"] = to
        message["Subject"] = text.partition("\n")[0]
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = f"<{sha256(f'{to} {text}'.encode()).hexdigest()}@{self._settings.sender.split('@')[1]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message

    def _handed(self, message: EmailMessage) -> Handed:
        try:
            with closing(self._reached()) as house:
                self._introduced(house)
                house.send_message(message)
                # It is taken now, whatever the mail house says to a farewell.
                with suppress(smtplib.SMTPException, OSError):
                    house.quit()
        except smtplib.SMTPRecipientsRefused as refused:
            return Failed(for_good=all(_no_such_address(*reply) for reply in refused.recipients.values()))
        except (smtplib.SMTPException, OSError, CannotStart):
            return Failed()
        return Sent()

    def _reached(self) -> smtplib.SMTP:
        host, port = self._settings.host, self._settings.port
        if self._settings.security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=_PATIENCE_S, context=self._trust)
        return smtplib.SMTP(host, port, timeout=_PATIENCE_S)

    def _introduced(self, house: smtplib.SMTP) -> None:
        if self._settings.security == "starttls":
            house.starttls(context=self._trust)
        if self._settings.user:
            secret = self._settings.password_file
            house.login(self._settings.user, secret_of(secret) if secret else "")


def _no_such_address(code: int, said: bytes) -> bool:
    return code in _NO_SUCH_ADDRESS and not said.startswith(_NOT_ALLOWED)
