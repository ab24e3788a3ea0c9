"""A mail house for tests: it speaks as much SMTP over TLS as the city does, and answers as it is told to."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "127.0.0.1"


class MailHouse:
    """What came in, and what each command is answered; without an answer of its own a command is taken."""

    def __init__(self) -> None:
        self.port = 0
        self.mail: list[EmailMessage] = []
        self.said: list[str] = []
        self.in_clear: list[str] = []
        self.answers: dict[str, str] = {}

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, trust: ssl.SSLContext) -> None:
        secure = writer.get_extra_info("ssl_object") is not None
        writer.write(b"220 mail house\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line.split()[0].upper()
            (self.said if secure else self.in_clear).append(line)
            if verb in self.answers and not self.answers[verb]:
                break
            writer.write(f"{self.answers.get(verb, self._usual(verb, secure=secure))}\r\n".encode())
            if verb == "STARTTLS" and verb not in self.answers:
                await writer.start_tls(trust)
                secure = True
            if verb == "DATA" and verb not in self.answers:
                self.mail.append(await self._letter(reader))
                writer.write(f"{self.answers.get('.', '250 taken')}\r\n".encode())
            if verb == "QUIT":
                break
        writer.close()

    def _usual(self, verb: str, *, secure: bool) -> str:
        if verb == "EHLO":
            return "250-mail house\r\n" + ("250 AUTH PLAIN" if secure else "250 STARTTLS")
        return {"STARTTLS": "220 go on", "AUTH": "235 come in", "DATA": "354 go on", "QUIT": "221 bye"}.get(
            verb, "250 ok"
        )

    async def _letter(self, reader: asyncio.StreamReader) -> EmailMessage:
        lines: list[bytes] = []
        while (line := await reader.readline()) != b".\r\n":
            lines.append(line)
        found = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found


@asynccontextmanager
async def mail_house(certificate: Path, *, tls_at_once: bool = False) -> AsyncIterator[MailHouse]:
    """A mail house that shows a certificate of its own."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(certificate)
    house = MailHouse()
    talks: set[asyncio.Task[None]] = set()

    async def come_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            await house.talk(reader, writer, trust)
        except (ConnectionError, ssl.SSLError):
            writer.close()

    server = await asyncio.start_server(come_in, HOST, 0, ssl=trust if tls_at_once else None)
    house.port = server.sockets[0].getsockname()[1]
    try:
        yield house
    finally:
        server.close()
        await asyncio.gather(*talks)


def write_certificate(path: Path) -> None:
    """A key and a certificate for this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail house of a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
