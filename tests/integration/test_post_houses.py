"""The two ways out of the house: files that say they are simulated, and e-mail by SMTP over TLS."""

import stat
from base64 import b64decode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import pytest
from tests.mailhouses import HOST, MailHouse, mail_house, write_certificate
from tests.shipped import shipped

from onecity.bootstrap.post import post_of
from onecity.bootstrap.settings import Settings
from onecity.machinery.secret_files import SecretFile
from onecity.notices.facts import PostChannel
from onecity.notices.post import Failed, Sent
from onecity.notices.post.simulated import SimulatedPost
from onecity.notices.post.smtp import SmtpPost, SmtpSettings
from onecity.places import CITY

SMS, EMAIL = PostChannel
NOON: Final = datetime(2020, 9, 22, 4, tzinfo=UTC)
TO: Final = "lin@example.cn"
TEXT: Final = "【郑州一城】您有一封信。\n看信：https://city.example/letters/1"


async def test_a_simulated_message_is_a_file_that_says_so_and_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "simulated_post"
    post = SimulatedPost(folder)
    assert post.simulated
    assert await post.send(SMS, "13912345678", TEXT) == Sent()
    assert await post.send(EMAIL, TO, TEXT) == Sent()
    mail, sms = sorted(folder.iterdir())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (mail, sms)} == {0o600}
    assert (
        sms.read_text("utf-8")
        == f"模拟：没有真的发出 / simulated: nothing left the house\nsms: 139****5678\n\n{TEXT}\n"
    )
    assert "email: l***@example.cn\n" in mail.read_text("utf-8")


async def test_the_same_message_twice_is_two_files(tmp_path: Path) -> None:
    post = SimulatedPost(tmp_path / "post")
    for _ in range(2):
        await post.send(EMAIL, TO, TEXT)
    assert len(list((tmp_path / "post").iterdir())) == 2


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mail") / "house.pem"
    write_certificate(path)
    return path


@pytest.fixture
async def house(certificate: Path) -> AsyncIterator[MailHouse]:
    async with mail_house(certificate) as found:
        yield found


@pytest.fixture
def settings(house: MailHouse, certificate: Path, tmp_path: Path) -> SmtpSettings:
    secret = SecretFile(tmp_path / "password")
    secret.write_text("s3cret\n", "utf-8")
    secret.chmod(0o600)
    return SmtpSettings(HOST, "city@city.example", house.port, user="city", password_file=secret, authority=certificate)


async def sent(settings: SmtpSettings, to: str = TO, text: str = TEXT) -> Sent | Failed:
    return await SmtpPost(settings, lambda: NOON).send(EMAIL, to, text)


async def test_an_email_arrives_whole(house: MailHouse, settings: SmtpSettings) -> None:
    assert await sent(settings) == Sent()
    [mail] = house.mail
    assert mail.get_content().splitlines() == TEXT.splitlines()
    assert (mail["From"], mail["To"], mail["Subject"]) == ("city@city.example", TO, "【郑州一城】您有一封信。")
    assert (mail["Date"], mail["Auto-Submitted"]) == ("Tue, 22 Sep 2020 04:00:00 +0000", "auto-generated")


async def test_password_and_letter_travel_under_tls_only(house: MailHouse, settings: SmtpSettings) -> None:
    await sent(settings)
    assert [line.split()[0] for line in house.in_clear] == ["ehlo", "STARTTLS"]
    assert any(line.startswith("AUTH") for line in house.said)
    assert any(TO in line for line in house.said)


async def test_a_new_password_counts_from_the_next_message_on(house: MailHouse, settings: SmtpSettings) -> None:
    def passwords() -> list[str]:
        said = [line.split()[-1] for line in house.said if line.startswith("AUTH PLAIN")]
        return [b64decode(one).split(b"\0")[-1].decode() for one in said]

    assert settings.password_file is not None
    await sent(settings)
    settings.password_file.write_text("n3w", "utf-8")
    await sent(settings)
    assert passwords() == ["s3cret", "n3w"]
    settings.password_file.unlink()
    assert await sent(settings) == Failed()
    assert len(house.mail) == 2


async def test_tls_can_begin_at_once(certificate: Path) -> None:
    async with mail_house(certificate, tls_at_once=True) as house:
        settings = SmtpSettings(HOST, "city@city.example", house.port, "tls", authority=certificate)
        assert await sent(settings) == Sent()
        assert (len(house.mail), house.in_clear) == (1, [])
        assert not any(line.startswith("AUTH") for line in house.said), "without a user nobody signs in"


async def test_a_house_that_offers_no_tls_gets_nothing(house: MailHouse, settings: SmtpSettings) -> None:
    house.answers["EHLO"] = "250 mail house"
    assert await sent(settings) == Failed()
    assert [line.split()[0] for line in house.in_clear] == ["ehlo"]


async def test_a_house_that_nobody_vouches_for_gets_nothing(house: MailHouse, settings: SmtpSettings) -> None:
    assert await sent(msgspec.structs.replace(settings, authority=None)) == Failed()
    assert (house.mail, house.said) == ([], [])


async def test_the_same_message_has_the_same_id_at_every_try(house: MailHouse, settings: SmtpSettings) -> None:
    for to, text in ((TO, TEXT), (TO, TEXT), (TO, TEXT + "2"), ("x" + TO, TEXT)):
        await sent(settings, to, text)
    ids = [mail["Message-ID"] for mail in house.mail]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(TO not in one and one.endswith("@city.example>") for one in ids)


@pytest.mark.parametrize(
    ("verb", "answer", "outcome"),
    [
        ("RCPT", "550 5.1.1 no such user", Failed(for_good=True)),
        ("RCPT", "553 not a mailbox", Failed(for_good=True)),
        ("RCPT", "550 5.7.1 we do not take mail from you", Failed()),
        ("RCPT", "450 4.2.0 come back later", Failed()),
        ("RCPT", "452 the mailbox is full", Failed()),
        ("MAIL", "550 5.7.1 we do not know you", Failed()),
        ("DATA", "554 no", Failed()),
        (".", "554 5.7.1 it looks like spam", Failed()),
        ("AUTH", "535 wrong password", Failed()),
        ("EHLO", "421 closed", Failed()),
        ("RCPT", "", Failed()),
        ("DATA", "", Failed()),
        ("QUIT", "500 what?", Sent()),
        ("QUIT", "", Sent()),
    ],
)
async def test_only_a_word_about_the_mailbox_is_for_good(
    house: MailHouse, settings: SmtpSettings, verb: str, answer: str, outcome: Sent | Failed
) -> None:
    house.answers[verb] = answer
    assert await sent(settings) == outcome


async def test_a_house_that_is_closed_is_tried_again_later(settings: SmtpSettings, house: MailHouse) -> None:
    closed = msgspec.structs.replace(settings, port=1)
    assert await sent(closed) == Failed()
    assert house.mail == []


def test_a_simulated_city_writes_files_whatever_mail_house_is_named(tmp_path: Path) -> None:
    pack = shipped()
    city, mail = pack.one(CITY), SmtpSettings(HOST, "city@city.example")
    real = msgspec.structs.replace(city, simulated=False)
    assert isinstance(post_of(city, Settings(tmp_path, smtp=mail)), SimulatedPost)
    assert isinstance(post_of(real, Settings(tmp_path, smtp=mail)), SmtpPost)
    assert post_of(real, Settings(tmp_path)) is None
