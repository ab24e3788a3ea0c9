"""A configuration is read whole: what it gives, every fault with its place, and what holds in the end."""

from pathlib import Path
from typing import Any

import pytest

from onecity.bootstrap.configuration import (
    default_of,
    example_file,
    keys,
    read_configuration,
    secrets_faults,
    settle,
    written,
)
from onecity.bootstrap.settings import Settings
from onecity.kernel.errors import CannotStart
from onecity.machinery.secret_files import FOLDER, SecretFile, secret_of
from onecity.notices.post.smtp import SmtpSettings
from onecity.packs import Place

SECRET = "hunter2"


def read(folder: Path, text: str) -> tuple[dict[str, Any], list[str]]:
    """What a text gives, and its faults as people read them, without the folder."""
    file = folder / "c.toml"
    file.write_text(text, "utf-8")
    found, faults = read_configuration(file)
    return dict(found.given), [str(fault).removeprefix(f"{folder}/") for fault in faults]


def test_a_file_gives_typed_values_by_key(tmp_path: Path) -> None:
    given, faults = read(tmp_path, 'port = 8080\nnames = ["a.example"]\n[smtp]\nhost = "m"\nsender = "a@b"\n')
    assert faults == []
    assert given == {"port": 8080, "names": ("a.example",), "smtp.host": "m", "smtp.sender": "a@b"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("prot = 1", "c.toml:1:1: The key `prot` is unknown here. Did you mean `port`?"),
        ("[smpt]\nhost = 1", "c.toml:1:1: The key `smpt` is unknown here. Did you mean `smtp`?"),
        (
            'smtp = {host = "a", sender = "a@b", prot = 1}',
            "c.toml:1:1: The key `prot` is unknown here. Did you mean `port`?",
        ),
        (
            "\n port = '1'",
            "c.toml:2:2: Here a whole number is needed, not text in quotes. Write it like `port = 8000`.",
        ),
        ("port = true", "c.toml:1:1: Here a whole number is needed, not true or false. Write it like `port = 8000`."),
        ("port = -1", "c.toml:1:1: The number is too small: the least is 0. Write it like `port = 8000`."),
        ("port = 70000", "c.toml:1:1: The number is too large: the most is 65535. Write it like `port = 8000`."),
        (
            'names = "a"',
            "c.toml:1:1: Here a list is needed, not text in quotes. "
            'Write it like `names = ["city.example", "www.city.example"]`.',
        ),
        (
            'names = ["a b"]',
            "c.toml:1:1: This has not the form that is needed here. "
            'Write it like `names = ["city.example", "www.city.example"]`.',
        ),
        (
            'data = "here"',
            'c.toml:1:1: Here a whole path in quotes is needed, from / on. Write it like `data = "/var/lib/onecity"`.',
        ),
        ("smtp = 3", "c.toml:1:1: Here a table is needed. Write `[smtp]`, and its keys on the lines below."),
        ('[smtp]\nhost = "a"', 'c.toml:1:1: The key `sender` is missing. Add `sender = "onecity@city.example"`.'),
        ('smtp.host = "a"', 'c.toml:1:1: The key `sender` is missing. Add `sender = "onecity@city.example"`.'),
        (
            '[smtp]\nhost = ""\nsender = "a@b"',
            'c.toml:2:1: This must not be empty. Write it like `host = "mail.city.example"`.',
        ),
        (
            '[smtp]\nhost = "a"\nsender = "a@b"\nsecurity = "startls"',
            "c.toml:4:1: That is not one of the choices. Did you mean `starttls`?",
        ),
        (
            "a = 1\na = 2",
            "c.toml:2:6: This is no TOML: Cannot overwrite a value. "
            "Write `key = value` lines, text in quotes; see docs/operate/configuration.md.",
        ),
        (
            'a = "',
            "c.toml:1:6: This is no TOML: Unterminated string. "
            "Write `key = value` lines, text in quotes; see docs/operate/configuration.md.",
        ),
        (
            'database = "postgresql://a:x@b/c"\nport = 1',
            "c.toml:1:1: This has not the form that is needed here. Write it like "
            '`database = "postgresql://onecity@db1:5432,db2:5432/onecity?target_session_attrs=primary"`.',
        ),
        (
            'database = "postgresql://a@b:0/c"',
            "c.toml:1:1: A host or a port of the URL is none. Write each host like db1:5432, commas between them.",
        ),
        (
            'database_password_file = "/x"',
            "c.toml:1:1: It is the password of no database. Name the `database`, or remove the key.",
        ),
        (
            'database = "postgresql://a"\ndatabase_password_file = "/a/p"\n'
            '[smtp]\nhost = "m"\nsender = "a@b"\nuser = "u"\npassword_file = "/b/p"',
            "c.toml:7:1: Another secret has a file p too. Give each secret a file name of its own.",
        ),
        (
            '[nats]\nservers = ["tls://n"]\npassword_file = "/b/p"',
            "c.toml:3:1: It is the password of nobody. Name the `user`, or remove the key.",
        ),
        (
            'proxies = ["10.0.0.0/8", "proxy"]',
            "c.toml:1:1: `proxy` is no address and no network. Write it like 127.0.0.1 or 10.1.0.0/24.",
        ),
        (
            'address = "https://a.example"',
            "c.toml:1:1: People come by https, and cookies would travel without it too. Add `secure = true`.",
        ),
        (
            "secure = true",
            "c.toml:1:1: Everybody who comes through the proxy with TLS would be one visitor. Name it in `proxies`.",
        ),
        (
            '[backup]\nfolder = "/a"',
            "c.toml:2:1: A backup needs `backup.keys` as well. Name another folder there, on another disk.",
        ),
        (
            '[backup]\nfolder = "/a"\nkeys = "/a/b"',
            "c.toml:3:1: Keys and data lie together: whoever has the folder reads everything. Name another disk.",
        ),
        (
            'data = "/a"\n[backup]\nfolder = "/a/b"\nkeys = "/c"',
            "c.toml:3:1: A copy within the data folder, or around it, is lost with it. Name another disk.",
        ),
    ],
)
def test_a_fault_has_its_place_and_the_way_to_mend_it(tmp_path: Path, text: str, fault: str) -> None:
    assert read(tmp_path, text)[1] == [fault]


def test_all_faults_are_found_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    _, faults = read(tmp_path, 'port = "x"\nhots = "a"\n[smtp]\nprot = 1\n[backup]\nkeep = 0\n')
    assert [fault.split(": ")[0] for fault in faults] == [
        "c.toml:1:1",
        "c.toml:2:1",
        "c.toml:3:1",
        "c.toml:3:1",
        "c.toml:4:1",
        "c.toml:6:1",
    ]


def test_what_is_no_text_is_one_fault(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_bytes(b"port = \xff")
    _, [fault] = read_configuration(tmp_path / "c.toml")
    assert fault.mend == "Save it as UTF-8."


@pytest.mark.parametrize(
    "line",
    [
        f'password = "{SECRET}"',
        f'password_file = "{SECRET}"',
        f'port = "{SECRET}"',
        f'security = "{SECRET}"',
        f'sender = "{SECRET}"',
    ],
)
def test_no_fault_repeats_what_may_be_a_secret(tmp_path: Path, line: str) -> None:
    _, faults = read(tmp_path, f"[smtp]\nhost = 'm'\n{line}\n")
    assert faults
    assert SECRET not in "".join(faults)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://a:{SECRET}@b/c",
        f"postgresql://b/c?password={SECRET}",
        f"postgresql://b/c?host=x&password={SECRET}",
        f"postgresql://a:{SECRET}@b,c/d",
    ],
)
def test_a_password_in_the_url_of_a_database_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    given, [fault] = read(tmp_path, f'database = "{url}"')
    assert SECRET not in fault
    assert given == {}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://b/c",
        "postgres://a@b:5432,[::1]:5433/c?target_session_attrs=primary",
        "postgresql:///c?host=/run/postgresql&user=a",
        "postgresql://a@/c?host=/run/postgresql",
    ],
)
def test_a_url_without_a_password_will_do(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, f'database = "{url}"') == ({"database": url}, [])


def test_an_option_goes_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('port = 1\nhost = "::1"\n[backup]\nkeep = 3\n[smtp]\nhost = "m"\nsender = "a@b"\n', "utf-8")
    found, _ = read_configuration(file)
    settled = settle(found, {"port": 2, "data": tmp_path})
    assert settled.settings == Settings(
        tmp_path, 2, "::1", smtp=SmtpSettings("m", "a@b"), backup=settled.settings.backup
    )
    assert settled.settings.backup.keep == 3
    told = {one.key: (one.value, one.origin) for one in settled.told()}
    assert told["port"] == (2, "--port")
    assert told["host"] == ("::1", f"{file}:2:1")
    assert told["backup.keep"] == (3, f"{file}:4:1")
    assert told["secure"] == (False, "default")
    assert set(told) == set(keys())


def test_without_a_file_and_options_the_defaults_hold() -> None:
    settled = settle(None, {})
    assert settled.settings == Settings(settled.settings.data)
    assert {one.origin for one in settled.told()} == {"default"}


def secret(folder: Path, text: str = f"{SECRET}\n", mode: int = 0o640) -> Path:
    file = folder / "password"
    file.write_text(text, "utf-8")
    file.chmod(mode)
    folder.chmod(0o755)
    return file


def test_a_secret_is_read_from_its_file_without_the_end_of_its_line(tmp_path: Path) -> None:
    assert secret_of(SecretFile(secret(tmp_path)), {}) == SECRET


@pytest.mark.parametrize("mode", [0o644, 0o602, 0o620, 0o601])
def test_a_secret_that_others_can_read_or_change_is_a_fault(tmp_path: Path, mode: int) -> None:
    file = secret(tmp_path, mode=mode)
    with pytest.raises(CannotStart, match="chmod"):
        secret_of(SecretFile(file), {})
    tmp_path.chmod(0o700)
    assert secret_of(SecretFile(file), {}) == SECRET


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_secret_is_a_fault(tmp_path: Path, text: str) -> None:
    with pytest.raises(CannotStart, match="is empty"):
        secret_of(SecretFile(secret(tmp_path, text)), {})


def test_what_the_service_was_handed_goes_before_the_file(tmp_path: Path) -> None:
    handed = tmp_path / "handed"
    handed.mkdir(mode=0o700)
    (handed / "password").write_text("other", "utf-8")
    named = SecretFile(secret(tmp_path))
    assert secret_of(named, {FOLDER: str(handed)}) == "other"
    (handed / "password").unlink()
    assert secret_of(named, {FOLDER: str(handed)}) == SECRET


def test_the_faults_of_secrets_have_the_places_of_their_keys(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text(
        f'database = "postgresql://a@b/c"\ndatabase_password_file = "{secret(tmp_path, mode=0o644)}"\n', "utf-8"
    )
    found, faults = read_configuration(file)
    assert faults == ()
    [fault] = secrets_faults(found.given, found.places)
    assert (fault.place, SECRET in str(fault)) == (Place(str(file), 2, 1), False)


def test_the_password_of_a_database_is_added_when_it_is_reached(tmp_path: Path) -> None:
    password = SecretFile(secret(tmp_path, "a b&c=d/ä\n"))
    settings = settle(None, {"database": "postgresql://a@b,c/d", "database_password_file": password}).settings
    assert settings.database_at() == "postgresql://a@b,c/d?password=a%20b%26c%3Dd%2F%C3%A4"


def test_every_key_says_what_it_is_for_with_an_example_that_can_be_read(tmp_path: Path) -> None:
    assert [key.name for key in keys().values() if not (key.meaning.endswith(".") and default_of(key))] == []
    given, faults = read(tmp_path, example_file())
    assert faults == []
    assert list(given) == list(keys())
    assert [written(name, value) for name, value in given.items()] == [
        written(key.name, key.example) for key in keys().values()
    ]


def test_the_host_of_the_address_is_a_name_of_the_city(tmp_path: Path) -> None:
    found = Settings(tmp_path, names=("a.example",), address="https://City.example:8443/x")
    assert found.known_names() == ("127.0.0.1", "localhost", "a.example", "city.example")
    assert Settings(tmp_path).known_names() == ("127.0.0.1", "localhost")


def test_a_log_is_a_file_of_the_data_folder_unless_it_is_named(tmp_path: Path) -> None:
    assert Settings(tmp_path).log_file() == tmp_path / "onecity.log"
    assert settle(None, {"log": "/x/y"}).settings.log_file() == Path("/x/y")
    assert settle(None, {"log": "-"}).settings.log_file() is None
