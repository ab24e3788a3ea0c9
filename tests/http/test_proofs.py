"""The ledger for everybody: its newest checkpoint, and one fact proven by RFC 6962 alone."""

from base64 import b64decode
from hashlib import sha256
from uuid import uuid4

from tests.http.towns import Town
from tests.reference import tree


async def test_a_fact_is_proven_to_whoever_knows_its_history_and_to_nobody_by_number(town: Town) -> None:
    thread = await town.apply(town.citizen)
    await town.seal()
    page = await town.nobody.get(f"/proof/{thread.affair}/1")
    assert page.status_code == 200
    assert "这一条在账本里" in page.text
    proof = (await town.nobody.get(f"/api/proof/{thread.affair}/1")).json()
    _, size, root, *_ = proof["checkpoint"].split("\n")
    leaf, path = b64decode(proof["leaf"]), [b64decode(step) for step in proof["path"]]
    [row] = await town.rows("select leaf from ledger.sealed where stream = $1 and version = 1", thread.affair)
    assert row["leaf"] == leaf
    assert tree.root_from(leaf, proof["position"], int(size), path) == b64decode(root)
    assert tree.root_from(sha256(b"other").digest(), proof["position"], int(size), path) != b64decode(root)
    assert set(proof) == {"position", "leaf", "path", "checkpoint", "key"}
    assert f"/proof/{thread.affair}/1" in (await town.citizen.get(f"/affairs/{thread.affair}")).text


async def test_the_newest_checkpoint_is_there_as_it_was_signed(town: Town) -> None:
    await town.apply(town.citizen)
    await town.seal()
    note = await town.nobody.get("/proof/checkpoint")
    assert note.headers["content-type"].startswith("text/plain")
    size = note.text.split("\n")[1]
    front = await town.nobody.get("/proof")
    assert f"{int(size):,}" in front.text
    assert "整段被改写" in front.text


async def test_what_is_not_there_or_mistyped_is_answered_in_words(town: Town) -> None:
    assert (await town.nobody.get(f"/proof/{uuid4()}/1")).status_code == 404
    assert (await town.nobody.get(f"/proof/{uuid4()}/x")).status_code == 404
    assert (await town.nobody.get(f"/api/proof/{uuid4()}/1")).status_code == 404
    wrong = await town.nobody.get("/proof?stream=abc&version=1")
    assert wrong.status_code == 422
    assert 'value="abc"' in wrong.text
    right = await town.nobody.get(f"/proof?stream={uuid4()}&version=2")
    assert right.status_code == 303
