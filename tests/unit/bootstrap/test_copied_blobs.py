"""What a backup copies of large things: each once, and where they lie if they lie elsewhere."""

from pathlib import Path

from onecity.bootstrap.backing_up import copied_blobs
from onecity.machinery.blobs import Blobs
from onecity.machinery.buckets import BUCKET


def test_a_backup_holds_each_large_thing_and_the_place_of_the_bucket(tmp_path: Path) -> None:
    source, target = tmp_path / "blobs", tmp_path / "copies"
    name = Blobs(source / "photos").put(b"a photograph")
    assert copied_blobs(source, target) == 1
    assert Blobs(target / "photos").get(name) == b"a photograph"
    assert not (target / BUCKET).exists()
    (source / BUCKET).write_text("endpoint: https://bucket.example\n")
    assert copied_blobs(source, target) == 1
    assert (target / BUCKET).read_text() == "endpoint: https://bucket.example\n"
    (source / BUCKET).unlink()
    copied_blobs(source, target)
    assert not (target / BUCKET).exists(), "the city took its files back"
