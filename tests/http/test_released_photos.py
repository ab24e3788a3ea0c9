"""No photograph is public before a person released it, and then only its masked copy."""

import base64
import io
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from PIL import Image
from tests.http import stages, street
from tests.http.towns import Caller, Town, hidden

from onecity.bootstrap.large_things import looked_at
from onecity.governance.facts import PhotoReleased
from onecity.governance.masking import Mask, MaskKind, written
from onecity.kernel.acting import Held, Scope
from onecity.machinery.keystore import KeyStore
from onecity.machinery.postgres import connect

WHY = "脸没盖住"
FACE = Mask(320, 160, 480, 320, MaskKind.FACE)


def noisy() -> str:
    """A picture of 640 by 480 with a white square on black, in base64."""
    plain = Image.new("RGB", (640, 480), "black")
    plain.paste((255, 255, 255), (320, 160, 480, 320))
    out = io.BytesIO()
    plain.save(out, "JPEG")
    return base64.b64encode(out.getvalue()).decode()


async def photographed(town: Town) -> tuple[str, str, dict[str, str]]:
    """A report with a photograph: the page of its release, its case, and how it is followed."""
    picture = {"photo": ("x.jpg", base64.b64decode(noisy()), "image/jpeg")}
    told, follow = await stages.told_with(town, picture)
    [photo] = told.photos
    return f"/street/{told.case}/photos/{photo}/release", str(told.case), {"follow": follow, "number": told.number}


async def public(town: Town, case: str) -> list[str]:
    rows = await town.rows("select copy from released_photos where case_id = $1", UUID(case))
    return [f"/open/photos/{row['copy']}" for row in rows]


async def medium(town: Town, number: str) -> str | None:
    found: str | None = (await town.caller().get(f"/open311/v2/requests/{number}.json")).json()[0]["media_url"]
    return found


async def test_nothing_is_public_until_a_person_says_so_and_then_only_the_masked_copy(town: Town) -> None:
    operator = await stages.operator(town)
    path, case, told = await photographed(town)
    page = await operator.get(path)
    assert page.status_code == 200 and "请自己再看一遍" in page.text and "opencv-haar" in page.text
    assert "/open/photos/" not in (await town.caller().get(told["follow"])).text
    assert await medium(town, told["number"]) is None and await public(town, case) == []
    original = path.removesuffix("/release").rpartition("/")[2]
    assert (await town.caller().get(f"/open/photos/{original}")).status_code == 404
    sent = stages.releasing(town, path, FACE) | {"key": hidden(page, "key")}
    assert (await operator.post(path, sent)).status_code == 303
    [address] = await public(town, case)
    assert address in (await town.caller().get(told["follow"])).text
    assert ((await medium(town, told["number"])) or "").endswith(address)
    shown = await town.caller().get(address)
    assert shown.headers["content-type"] == "image/jpeg" and shown.headers["cache-control"] == "public, max-age=60"
    with Image.open(io.BytesIO(shown.content)) as picture:
        brightest = picture.convert("L").getextrema()[1]
    assert isinstance(brightest, int) and brightest < 60, "the white square is covered"
    # The original stays sealed, and its name opens nothing for everybody.
    assert (await town.caller().get(f"/open/photos/{original}")).status_code == 404
    assert (await operator.post(path, sent | {"key": str(uuid4())})).status_code == 422


async def test_two_taps_on_the_picture_are_a_box_and_a_button_removes_it(town: Town) -> None:
    operator, (path, _, _) = await stages.operator(town), await photographed(town)
    form = {"proposal": stages.releasing(town, path)["proposal"]}
    page = await operator.post(path, form | {"masks": "", "small.x": "10", "small.y": "20"})
    assert page.status_code == 200 and hidden(page, "corner") == "20,40,21,41,other"
    assert hidden(page, "proposal") == form["proposal"]
    sent = {"masks": "", "corner": hidden(page, "corner"), "large.x": "340", "large.y": "170"}
    page = await operator.post(path, form | sent)
    assert hidden(page, "masks") == "20,40,321,161,other"
    assert '<rect class="mask-box" x="20" y="40" width="301" height="121"' in page.text
    page = await operator.post(path, form | {"masks": hidden(page, "masks"), "box": "1, 2，3,4", "do": "add"})
    assert hidden(page, "masks") == "20,40,321,161,other;1,2,3,4,other"
    page = await operator.post(path, form | {"masks": hidden(page, "masks"), "remove": "1"})
    assert hidden(page, "masks") == "1,2,3,4,other"


async def test_a_form_that_nobodys_page_wrote_is_refused(town: Town) -> None:
    operator, (path, case, _) = await stages.operator(town), await photographed(town)
    for masks in ("9,9,1,1,face", "a", ";".join(["1,2,3,4,face"] * 61)):
        assert (await operator.post(path, {"masks": masks, "do": "release"})).status_code == 409
    assert await public(town, case) == []


async def test_a_release_tells_what_the_detector_proposed_for_this_photograph_whatever_the_form_says(
    town: Town,
) -> None:
    operator, plate = await stages.operator(town), Mask(1, 2, 30, 24, MaskKind.PLATE)
    face = Mask(8, 8, 20, 20, MaskKind.FACE)
    (case, photo), (_, other) = [(await stages.photographed(town)).split("/") for _ in range(2)]
    path = f"/street/{case}/photos/{photo}/release"
    true = stages.releasing(town, path, face)
    typed = true | {"masks": written([face, plate]), "box": "5,6,7", "reason": "院子里面"}
    forged = ("", "1", "x" + true["proposal"][1:], true["proposal"][:-4] + "AAAA")
    for proposal in (*forged, stages.releasing(town, other, face)["proposal"]):
        page = await operator.post(path, typed | {"proposal": proposal})
        assert page.status_code == 422 and "不是我们给这张照片的" in page.text, proposal
        assert hidden(page, "masks") == typed["masks"] and hidden(page, "proposal") not in ("", proposal)
        assert 'value="5,6,7"' in page.text and "院子里面</textarea>" in page.text
    tapped = await operator.post(path, {"masks": typed["masks"], "remove": "1"})
    assert tapped.status_code == 422 and hidden(tapped, "masks") == written([plate]), "a tap is not lost either"
    assert await public(town, case) == []
    assert (await operator.post(path, typed)).status_code == 303
    history = await town.city.memory.ledger.history(UUID(case))
    [fact] = [one.fact for one in history if isinstance(one.fact, PhotoReleased)]
    assert (fact.detector, fact.version, fact.proposed) == ("opencv-haar", "4", 1)
    assert fact.masks == (face, Mask(1, 2, 30, 24, MaskKind.OTHER)), "nobody proposed that plate"


async def test_a_release_is_withdrawn_with_a_reason_and_nobody_reads_the_reason_outside(town: Town) -> None:
    operator, (path, case, told) = await stages.operator(town), await photographed(town)
    assert (await operator.post(path, stages.releasing(town, path))).status_code == 303
    [address] = await public(town, case)
    assert (await operator.post(path, {"do": "withdraw"})).status_code == 422
    assert (await operator.post(path, {"do": "withdraw", "reason": WHY})).status_code == 303
    assert (await town.caller().get(address)).status_code == 404
    assert WHY not in (await town.caller().get(told["follow"])).text and await public(town, case) == []
    facts = await town.rows("select body from ledger.facts where stream = $1", UUID(case))
    assert not any(WHY.encode() in bytes(str(row["body"]), "utf-8") for row in facts)
    assert "收回了" in (await operator.get(f"/street/{case}")).text
    assert (await operator.post(path, stages.releasing(town, path))).status_code == 303
    assert [one != address for one in await public(town, case)] == [True]


async def test_a_photograph_that_is_kept_back_says_so_and_needs_a_reason(town: Town) -> None:
    operator, (path, case, _) = await stages.operator(town), await photographed(town)
    assert (await operator.post(path, {"do": "keep_back"})).status_code == 422
    assert (await operator.post(path, {"do": "keep_back", "reason": "院子里面"})).status_code == 303
    assert "决定不公开" in (await operator.get(f"/street/{case}")).text and await public(town, case) == []


@pytest.mark.parametrize("duty", ["handle", "verify", "dispatch", "chief"])
async def test_whoever_has_another_duty_of_the_street_opens_the_page_in_vain(town: Town, duty: str) -> None:
    path, case, _ = await photographed(town)
    held = Held(f"governance.{duty}", Scope(street.CENTRE, street.CITY))
    who = await town.sign_in(await town.new_officer(held))
    assert (await who.get(path)).status_code == 403
    assert (await who.post(path, {"do": "release"})).status_code == 403
    assert await public(town, case) == []


async def test_nobody_releases_a_photograph_that_they_brought(town: Town) -> None:
    told = await street.report(town)
    team = await street.crew(town)
    case = await street.sent(told, town, team)
    both = await town.sign_in(
        await town.new_officer(
            Held("governance.handle", Scope(street.MENDERS, street.CITY)),
            Held("governance.accept", Scope(street.CENTRE, street.CITY)),
        )
    )
    kept = (await both.send(f"/api/street/{case}/photos", {"content": noisy()})).json()["photo"]
    await street.moved(both, case, "handle", "done", words={"done": "补好了"}, photos=[kept])
    path = f"/street/{case}/photos/{kept}/release"
    refused = await both.post(path, stages.releasing(town, path))
    assert refused.status_code == 422 and "要别人来定" in refused.text
    assert (await team.operator.post(path, stages.releasing(town, path))).status_code == 303


async def test_a_command_that_comes_twice_leaves_one_copy(town: Town) -> None:
    operator, (path, case, _) = await stages.operator(town), await photographed(town)
    folder = town.city.memory.blobs / "photos"
    sent = stages.releasing(town, path) | {"key": str(uuid4())}
    before = len([one for one in folder.rglob("*") if one.is_file()])
    for _ in range(2):
        await operator.post(path, sent)
    assert len([one for one in folder.rglob("*") if one.is_file()]) == before + 1
    assert len(await public(town, case)) == 1


async def test_with_the_key_of_whoever_reported_the_public_copy_is_gone(town: Town) -> None:
    operator: Caller = await stages.operator(town)
    path, case, told = await photographed(town)
    await operator.post(path, stages.releasing(town, path))
    [address] = await public(town, case)
    keys = town.city.memory.keys
    assert isinstance(keys, KeyStore)
    [row] = await town.rows("select subject from released_photos where case_id = $1", UUID(case))
    keys.destroy(row["subject"])
    assert (await town.caller().get(address)).status_code == 404
    assert await medium(town, told["number"]) is None


async def test_a_restore_misses_a_photograph_whose_bytes_are_gone_or_changed(town: Town) -> None:
    path, _, _ = await photographed(town)
    name = path.split("/")[4]
    file = town.city.memory.blobs / "photos" / name[:2] / name
    whole = file.read_bytes()
    before, after = town.clock() - timedelta(minutes=1), town.clock() + timedelta(minutes=1)
    connection = await connect(town.city.memory.database.owner)
    try:
        found = await looked_at(connection, town.city.memory, after)
        assert found.things > 0 and f"photos/{name}" not in found.gone
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert f"photos/{name}" in (await looked_at(connection, town.city.memory, after)).gone
        file.unlink()
        assert f"photos/{name}" in (await looked_at(connection, town.city.memory, after)).gone
        # What came after the copies cannot be among them; it is counted all the same.
        late = await looked_at(connection, town.city.memory, before)
        assert f"photos/{name}" not in late.gone and late.later > found.later
        file.write_bytes(whole)
        assert f"photos/{name}" not in (await looked_at(connection, town.city.memory, after)).gone
    finally:
        await connection.close()
