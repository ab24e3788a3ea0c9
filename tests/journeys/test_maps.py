"""A finger on the map of a phone says where it is; at a desk the map and the list beside it are the same."""

import re

from playwright.sync_api import Page, expect
from tests.journeys.conftest import DESK, Open
from tests.journeys.test_food_permit import sign_in

from onecity.drills.cities import RunningCity

PLACE = (113.6651, 34.7466)
STREET = "二七区 一马路街道"
READY = ".map[data-ready]"


def tap(page: Page, place: tuple[float, float]) -> None:
    """Tap a place of the map, where it is drawn now."""
    page.locator(READY).wait_for()
    canvas = page.locator(".map > canvas")
    canvas.scroll_into_view_if_needed()
    x, y = page.evaluate("place => document.querySelector('.map').cityMap.pixelOf(...place)", list(place))
    canvas.click(position={"x": x, "y": y})


def value(page: Page, name: str) -> str:
    return page.locator(f'[name="{name}"]').input_value()


def test_a_tap_on_the_map_becomes_a_report_in_the_right_township(city: RunningCity, browse: Open) -> None:
    phone = browse("/report", scripts=True)
    phone.locator(READY).wait_for()
    # Whoever chooses a street sees it; the tap inside is exact then.
    phone.get_by_label("在哪个街道").select_option("410103004")
    tap(phone, PLACE)
    expect(phone.locator(".map-found")).to_contain_text(f"{STREET}，误差约")
    metres = int(re.findall(r"误差约 (\d+) 米", phone.locator(".map-found").inner_text())[0])
    assert 1 <= metres <= 200
    assert abs(float(value(phone, "longitude")) - PLACE[0]) < 0.001 and value(phone, "within") == str(metres)
    phone.get_by_label("是什么事").fill("路灯不亮")
    phone.get_by_role("button", name="报给城市").click()
    expect(phone.locator("main")).to_contain_text("等受理")
    found = re.search(r"W\d{8}-\w{7}", phone.locator("main").inner_text())
    assert found
    desk = browse("/", size=DESK, scripts=True)
    sign_in(desk, city, "shoulitai")
    desk.goto("/street/map")
    expect(desk.locator(".sights")).to_contain_text(STREET)
    # On the map it is one of the shapes; closer and closer it stands alone, and leads to its case.
    desk.locator(READY).wait_for()
    middle = desk.evaluate("() => { const m = document.querySelector('.map').cityMap; m.moveTo(113.6651, 34.7466, 17); m.draw(); return m.placeAt(m.width / 2, m.height / 2); }")  # fmt: skip
    assert abs(middle[0] - PLACE[0]) < 1e-6
    desk.locator(".map [data-said]").wait_for(state="hidden")
    _tap_until(desk, "等受理")
    # Whoever opens the first case waits until the words of reports are learnt.
    desk.goto(desk.locator(".map [data-said] a").get_attribute("href") or "", timeout=30_000)
    expect(desk.locator("main")).to_contain_text("等受理")


def _tap_until(desk: Page, words: str) -> None:
    """Tap where cases lie until the map tells one with these words: closer first, then one after the other."""
    said = desk.locator(".map [data-said]")
    for _ in range(9):
        _tap_the_nearest(desk)
        if words in (said.text_content() or ""):
            break
    expect(said).to_contain_text(words)


def _tap_the_nearest(desk: Page) -> None:
    """Tap the case nearest to the middle of the map, drawn apart from others or not."""
    at = desk.evaluate(
        """() => { const map = document.querySelector('.map').cityMap, points = map.layers.find((one) => one.rows);
        const [x, y] = [map.width / 2, map.height / 2];
        const near = points.level(map.zoom).map((one) => [map.screenX(one.x), map.screenY(one.y)]);
        return near.sort((a, b) => Math.hypot(a[0] - x, a[1] - y) - Math.hypot(b[0] - x, b[1] - y))[0]; }"""
    )
    desk.locator(".map > canvas").click(position={"x": at[0], "y": at[1]})


def test_the_device_says_where_it_is_and_a_street_chosen_by_hand_takes_it_back(browse: Open) -> None:
    phone = browse("/", scripts=True)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"longitude": PLACE[0], "latitude": PLACE[1], "accuracy": 12})
    phone.goto("/report")
    phone.get_by_role("button", name="我就在这里").click()
    expect(phone.locator(".map-found")).to_have_text(f"{STREET}，误差约 12 米")
    expect(phone.get_by_label("在哪个街道")).to_have_value("410103004")
    phone.get_by_label("在哪个街道").select_option("410105001")
    assert [value(phone, name) for name in ("longitude", "latitude", "within")] == ["", "", ""]
    expect(phone.locator(".map-found")).to_have_text("")


def test_a_place_outside_the_city_is_said_at_once(browse: Open) -> None:
    phone = browse("/report", scripts=True)
    phone.locator(READY).wait_for()
    phone.locator(".map > canvas").click(position={"x": 4, "y": 4})
    expect(phone.locator(".map-found")).to_contain_text("不在")
    assert value(phone, "longitude") == ""


def test_keys_move_the_map_and_put_the_pin_in_its_middle(browse: Open) -> None:
    phone = browse("/report", scripts=True)
    phone.locator(READY).wait_for()
    phone.get_by_role("button", name="放大").click()
    canvas = phone.locator(".map > canvas")
    canvas.focus()
    before = phone.evaluate("document.querySelector('.map').cityMap.box")
    canvas.press("ArrowRight")
    assert phone.evaluate("document.querySelector('.map').cityMap.box")[0] > before[0]
    canvas.press("Enter")
    assert value(phone, "longitude") != ""
    canvas.press("Escape")
    assert value(phone, "longitude") == ""


def test_the_officers_map_shows_and_filters(city: RunningCity, browse: Open) -> None:
    phone = browse("/report", scripts=True)
    tap(phone, PLACE)
    phone.get_by_label("是什么事").fill("路灯又不亮")
    phone.get_by_role("button", name="报给城市").click()
    expect(phone.locator("main")).to_contain_text("等受理")
    desk = browse("/", size=DESK, scripts=True)
    sign_in(desk, city, "shoulitai")
    desk.goto("/street")
    desk.get_by_role("link", name="看地图").click()
    desk.locator(READY).wait_for()
    assert int(desk.locator(".map").get_attribute("data-ready") or 0) >= 1
    _parts_are_drawn_where_somebody_looks_closely(desk)
    _of_too_many_cases_those_of_the_view_are_asked_for(desk)
    desk.get_by_role("link", name="▲ 超期").click()
    desk.locator(READY).wait_for()
    expect(desk.locator(".map")).to_have_attribute("data-ready", "0")
    expect(desk.locator("aside")).to_contain_text("这里没有案件")


def _parts_are_drawn_where_somebody_looks_closely(desk: Page) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if "/map/" in request.url else None)
    desk.get_by_label("部件", exact=True).check()
    expect(desk.locator(".map-layer-said")).to_have_text("放大以后才画")
    desk.evaluate("document.querySelector('.map').cityMap.moveTo(113.6651, 34.7466, 14.6)")
    expect(desk.locator(".map-layer-said")).to_have_text(re.compile(r"画了 [1-9]\d* 个 · 模拟的，不是实物"))
    # By keys alone: what stands in the middle is what Enter tells.
    desk.evaluate(
        """() => { const map = document.querySelector('.map').cityMap, [part] = map.layers.find((one) => one.all).all;
        map.x = part.x; map.y = part.y; map.zoomBy(4); }"""
    )
    desk.locator(".map > canvas").press("Enter")
    told = desk.locator(".map [data-said]")
    expect(told).to_contain_text(re.compile(r"部件号 \d{17} · .+ · 模拟的，不是实物"))
    expect(told.get_by_role("link")).to_have_attribute("href", re.compile(r"^/street/parts/\d{17}$"))
    # All cases of this city came with the first answer: nobody asks again for them.
    assert any("/open/map/parts?west=113." in url for url in asked) and not any("/map/points" in url for url in asked)


def _of_too_many_cases_those_of_the_view_are_asked_for(desk: Page) -> None:
    some = {"points": [], "matters": [], "unplaced": 0, "more": True}
    desk.route("**/street/map/points*", lambda route: route.fulfill(json=some))
    desk.reload()
    desk.locator(READY).wait_for()
    expect(desk.locator(".map-more")).to_contain_text("放大看全")
    with desk.expect_request(re.compile(r"/street/map/points\?west=113\.6\d+&south=34\.7\d+&east=113\.6")):
        desk.evaluate("document.querySelector('.map').cityMap.moveTo(113.6651, 34.7466, 16)")
    desk.unroute("**/street/map/points*")


def test_without_a_script_there_is_no_map_and_nothing_is_missing(browse: Open) -> None:
    phone = browse("/report")
    expect(phone.locator(".map")).to_be_hidden()
    expect(phone.get_by_label("在哪个街道")).to_be_visible()
    public = browse("/open/map")
    expect(public.locator(".map")).to_be_hidden()
    expect(public.locator("main")).to_contain_text("热点")
    expect(public.get_by_role("link", name="部件清单")).to_be_visible()
