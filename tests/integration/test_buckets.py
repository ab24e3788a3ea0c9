"""Blobs in a bucket, over the S3 protocol as somebody else's server speaks it: the same verbs as in a folder."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from onecity.bootstrap import doctor
from onecity.bootstrap.memory import blobs_of
from onecity.bootstrap.settings import Settings
from onecity.kernel.errors import CannotStart, Unavailable
from onecity.machinery.blobs import BlobStore
from onecity.machinery.buckets import BUCKET
from onecity.machinery.keystore import KeyStore
from onecity.machinery.sealed import Sealed

SOMEBODY = UUID(int=1)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def folder(endpoint: str, tmp_path: Path) -> Path:
    """The folder of blobs of a machine, that names a bucket."""
    make_bucket(endpoint, "onecity")
    return naming(tmp_path / "blobs", endpoint)


def naming(folder: Path, endpoint: str) -> Path:
    folder.mkdir()
    (folder / "identity").write_text("a-key\nits-secret\n")
    (folder / BUCKET).write_text(f"endpoint: {endpoint}\nbucket: onecity\nidentity: {folder / 'identity'}\n")
    return folder


def make_bucket(endpoint: str, name: str) -> None:
    assert httpx.put(f"{endpoint}/{name}", trust_env=False).status_code == 200


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, folder: Path) -> BlobStore:
    """A store of each sort, empty of its kind."""
    where = folder if request.param == "bucket" else tmp_path / "here"
    return blobs_of(where)(f"kind{tmp_path.name}")


def test_a_folder_and_a_bucket_keep_the_same_promises(store: BlobStore) -> None:
    assert store.shelves() == []
    name = store.put(b"bytes")
    assert name == sha256(b"bytes").hexdigest() == store.put(b"bytes")
    assert (store.get(name), store.holds(name)) == (b"bytes", True)
    other = store.put(b"other" * 100_000)
    assert store.get(other) == b"other" * 100_000
    assert store.shelves() == sorted({name[:2], other[:2]})
    now = datetime.now(UTC)
    assert store.older(name[:2], now - timedelta(hours=1)) == []
    assert name in store.older(name[:2], now + timedelta(hours=1))
    store.remove(name)
    store.remove(name)
    assert (store.get(name), store.holds(name)) == (None, False)
    assert store.holds(other)


def test_what_one_machine_seals_another_opens(folder: Path, endpoint: str, tmp_path: Path) -> None:
    keys = KeyStore(tmp_path / "keys")
    one = Sealed(keys, blobs_of(folder)("materials"))
    other = Sealed(keys, blobs_of(naming(tmp_path / "another machine", endpoint))("materials"))
    name = one.keep(SOMEBODY, b"a lease", bound=b"lease")
    assert other.open(SOMEBODY, name, bound=b"lease") == b"a lease"
    other.remove(name)
    assert one.open(SOMEBODY, name, bound=b"lease") is None
    keys.close()


def test_a_bucket_that_is_away_or_wrongly_named_is_told_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    away = blobs_of(naming(tmp_path / "away", "http://127.0.0.1:9"))("materials")
    with pytest.raises(Unavailable, match="does not answer"):
        away.put(b"bytes")
    (folder / BUCKET).write_text("endpoint: http://127.0.0.1:9\nbuket: onecity\n")
    with pytest.raises(CannotStart, match="does not say where the bucket is"):
        blobs_of(folder)
    (folder / BUCKET).write_text("endpoint: http://127.0.0.1:9\nbucket: onecity\nidentity: /nowhere\n")
    with pytest.raises(CannotStart, match="two lines"):
        blobs_of(folder)("materials")


def test_the_doctor_asks_the_bucket(folder: Path, endpoint: str) -> None:
    settings = Settings(folder.parent)
    assert doctor.bucket(settings) == f"onecity at {endpoint} answers"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (folder / BUCKET).write_text((folder / BUCKET).read_text().replace(endpoint, f"http://127.0.0.1:{port}"))
    with pytest.raises(CannotStart, match="does not answer"):
        doctor.bucket(settings)
    (folder / BUCKET).unlink()
    assert doctor.bucket(settings).startswith("none")
