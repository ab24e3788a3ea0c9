"""Every component renders its examples in both languages, and keeps the rules of the house."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from onecity.machinery.web.pages import spoken, whole

MACHINERY: Final = Path(__file__).parents[3] / "src" / "onecity" / "machinery"
WEB: Final = MACHINERY / "web"
COMPONENTS: Final = WEB / "components"
LANGUAGES: Final = ("zh", "en")
# shared/design/interface.md, section 6.
BANNED: Final = (
    "办结",
    "予以",
    "提交成功",
    "敬请谅解",
    "系统繁忙",
    "暂无数据",
    "赋能",
    "一站式",
    "非法",
    "无效",
    "失败",
)
BANNED_PATTERN: Final = re.compile("进行.{1,4}操作|" + "|".join(BANNED))
COLOUR: Final = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(|:\s*(?:white|black|red|green|blue)\b")
WEEKDAYS: Final = {
    "zh": ("一", "二", "三", "四", "五", "六", "日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                 "November", "December")  # fmt: skip
FOLDERS: Final = sorted(folder for folder in COMPONENTS.iterdir() if folder.is_dir())
MACROS: Final = [folder for folder in FOLDERS if folder.name != "shell"]


def load_yaml(path: Path) -> dict[str, Any]:
    """A YAML file as a mapping."""
    loaded = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(loaded, dict), path
    return loaded


def words(lang: str) -> dict[str, str]:
    """The components' words of one language."""
    return load_yaml(MACHINERY / "words" / f"{lang}.yaml")


def environment(lang: str) -> Environment:
    """The smallest stand-in for the environment of one language."""
    known = words(lang)

    def t(key: str, **params: object) -> str:
        return known[key].format_map(params)

    def fmt_day(day: date, weekday: bool = True) -> Markup:
        name = WEEKDAYS[lang][day.weekday()]
        if lang == "zh":
            shown = f"{day.month}月{day.day}日" + (f" 星期{name}" if weekday else "")
        else:
            shown = (f"{name} " if weekday else "") + f"{day.day} {MONTHS[day.month - 1]}"
        return Markup('<time datetime="{}" class="nowrap">{}</time>').format(day.isoformat()[:10], shown)

    def fmt_instant(at: datetime) -> Markup:
        shown = f"{at.month}月{at.day}日" if lang == "zh" else f"{at.day} {MONTHS[at.month - 1]}"
        return Markup('<time datetime="{}" class="nowrap">{} {:%H:%M}</time>').format(at.isoformat(), shown, at)

    env = Environment(
        loader=FileSystemLoader(WEB), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    env.globals.update(t=t, lang=lang, fmt_day=fmt_day, fmt_instant=fmt_instant, fmt_number=lambda n: f"{n:,}")
    env.globals.update(
        fmt_whole=lambda text: whole(text, lang), fmt_other_year=lambda day: "" if day.year == 2020 else str(day.year)
    )
    env.globals.update(fmt_full_day=fmt_day, fmt_full_instant=fmt_instant)
    # The city's pack names its laws, and there is no city here.
    env.filters["spoken"] = lambda text: spoken(text, lang)
    return env


ENVIRONMENTS: Final = {lang: environment(lang) for lang in LANGUAGES}


def render(name: str, lang: str, example: dict[str, Any]) -> str:
    """One example of one component. An example with content is called with it as its body."""
    with_body = "{% call macro(**params) %}{{ content|safe }}{% endcall %}"
    source = f'{{% from "components/{name}/template.html" import {name} as macro %}}'
    source += with_body if "content" in example else "{{ macro(**params) }}"
    return (
        ENVIRONMENTS[lang]
        .from_string(source)
        .render(params=example.get("params") or {}, content=example.get("content", ""))
    )


def rendered_examples() -> Iterator[Any]:
    """Every example of every component in every language."""
    for folder in MACROS:
        for number, example in enumerate(load_yaml(folder / "component.yaml")["examples"]):
            for lang in LANGUAGES:
                yield pytest.param(folder.name, lang, example, id=f"{folder.name}-{number}-{lang}")


def assert_clean(html: str) -> None:
    """No inline style, no script, no handler, no foreign address, no banned word."""
    assert "style=" not in html
    assert "<style" not in html
    assert "<script" not in html
    assert not re.search(r"\son[a-z]+=", html)
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", html)
    found = BANNED_PATTERN.search(html)
    assert found is None, found


@pytest.mark.parametrize(("name", "lang", "example"), [*rendered_examples()])
def test_example_renders(name: str, lang: str, example: dict[str, Any]) -> None:
    assert_clean(render(name, lang, example))


@pytest.mark.parametrize("folder", MACROS, ids=lambda folder: str(folder.name))
def test_component_describes_every_param(folder: Path) -> None:
    about = load_yaml(folder / "component.yaml")
    macro = getattr(ENVIRONMENTS["zh"].get_template(f"components/{folder.name}/template.html").module, folder.name)
    assert about["description"]
    assert about["examples"]
    assert list(about["params"] or {}) == list(macro.arguments)


def test_text_is_escaped() -> None:
    html = render("text_field", "zh", {"params": {"id": "a", "label": "<b>", "value": '"><script>'}})
    assert "<script" not in html
    assert "<b>" not in html


def test_a_stop_that_lasted_no_day_is_told_as_such_and_not_drawn() -> None:
    lane = {"name": "食品经营许可", "who": "市场监管", "start": date(2026, 11, 26), "end": None,
            "due": date(2026, 12, 24), "state_kind": "busy", "state_text": "最晚 12月24日"}  # fmt: skip
    params = {"first": date(2026, 11, 26), "last": date(2026, 12, 24), "today": date(2026, 11, 26)}

    def drawn(last: date) -> str:
        stops = [{"from_": date(2026, 11, 27), "to": last}]
        return render("branch_lanes", "zh", {"params": params | {"lanes": [lane | {"stops": stops}]}})

    none = drawn(date(2026, 11, 26))
    assert "lane-stop" not in none
    text = re.sub("<[^>]+>", "", none)
    assert "停钟 11/26 当天就恢复了，没有停" in text
    assert "11/27" not in text
    assert "停钟 11/27 至 11/27" in re.sub("<[^>]+>", "", drawn(date(2026, 11, 27)))


@pytest.mark.parametrize(("word", "said"), [("start", "受理"), ("received", "收到"), ("told", "告知")])
def test_the_first_day_of_a_strip_says_what_happened_on_it(word: str, said: str) -> None:
    days = [{"day": date(2020, 9, 22), "mark": "start", "number": None, "name": None}]
    params = {"question": "最晚", "latest": date(2020, 9, 28), "days": days, "today": date(2020, 9, 22)}
    html = render("clock_strip", "zh", {"params": params | {"caption": "", "start_word": word}})
    assert f"<small>{said}</small>" in html


def test_an_unknown_drawing_is_an_error() -> None:
    with pytest.raises(Exception, match="unicorn"):
        render("icon", "zh", {"params": {"name": "unicorn"}})


def page(lang: str, parent: str, **variables: object) -> str:
    """A page in one of the two frames, with every block filled."""
    blocks = "".join(
        f"{{% block {name} %}}<p>{name}</p>{{% endblock %}}" for name in ("heading", "main", "aside", "foot")
    )
    full: dict[str, object] = {
        "title": "开餐饮店", "city": "郑州", "simulated": True, "signed_in": None, "language_url": "/en", "language_label": "EN",
        "doors": [{"href": "/", "label": "首页", "icon": "home", "active": True, "office": False}], "mode": "", "theme": "", "mode_url": "/m",
        "css_url": "/static/onecity.css", "bar": "home", "back_url": "/", "sign_in_url": "/in", "sign_out_url": "/out",
        "csrf": "t0ken",
    }  # fmt: skip
    source = f'{{% extends "components/shell/{parent}.html" %}}{blocks}'
    return ENVIRONMENTS[lang].from_string(source).render(full | variables)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("parent", ["citizen", "desk"])
@pytest.mark.parametrize("bar", ["home", "inner"])
def test_frame(lang: str, parent: str, bar: str) -> None:
    html = page(lang, parent, bar=bar, signed_in="林晓梅", mode="elder", theme="dark")
    assert_clean(html)
    assert html.count("<main") == 1
    assert html.count('id="main"') == 1
    assert html.index('class="skip"') < html.index("<header")
    assert words(lang)["ui.shell.simulated" if parent == "citizen" else "ui.shell.simulated_short"] in html
    assert 'method="post" action="/out"' in html
    assert 'name="csrf" value="t0ken"' in html
    assert 'data-theme="dark"' in html
    assert 'data-mode="elder"' in html
    for block in ("heading", "main", "aside", "foot"):
        assert html.count(f"<p>{block}</p>") == 1


@pytest.mark.parametrize("parent", ["citizen", "desk"])
def test_frame_without_the_optional(parent: str) -> None:
    bare = f'{{% extends "components/shell/{parent}.html" %}}{{% block main %}}x{{% endblock %}}'
    html = ENVIRONMENTS["zh"].from_string(bare).render(title="a", city="郑州", css_url="/c")
    assert "<aside" not in html
    assert 'class="decision' not in html
    assert words("zh")["ui.shell.simulated_short"] in html or words("zh")["ui.shell.simulated"] in html


def test_words_are_the_same_in_both_languages() -> None:
    chinese, english = (words(lang) for lang in LANGUAGES)
    singles = {key for key in english if key.endswith(".one") and key.removesuffix(".one") in english}
    assert set(chinese) == set(english) - singles, "Chinese does not tell one from several"
    for key, said in chinese.items():
        assert key.startswith(("ui.", "features.", "machinery.watch.")), key
        assert set(re.findall(r"\{\w+\}", said)) == set(re.findall(r"\{\w+\}", english[key])), key
        assert not BANNED_PATTERN.search(said), key
        assert not re.search(r"[\u4e00-\u9fff]", english[key]), key


def test_every_word_of_a_template_exists() -> None:
    known = words("zh")
    for template in COMPONENTS.rglob("*.html"):
        for key, goes_on in re.findall(r"""\bt\("(ui\.[\w.]+)"( ~)?""", template.read_text("utf-8")):
            assert any(k.startswith(key) for k in known) if goes_on else key in known, (template, key)


def test_colours_stand_in_one_file() -> None:
    for sheet in [WEB / "static" / "base.css", *COMPONENTS.rglob("style.css")]:
        assert COLOUR.search(sheet.read_text("utf-8")) is None, sheet
    for template in COMPONENTS.rglob("*.html"):
        assert not re.search(r"(?:fill|stroke)=\"#|#[0-9a-fA-F]{6}\b", template.read_text("utf-8")), template


def test_every_colour_used_is_a_token() -> None:
    tokens = set(re.findall(r"(--[\w-]+)\s*:", (WEB / "static" / "tokens.css").read_text("utf-8")))
    for sheet in [WEB / "static" / "base.css", *COMPONENTS.rglob("style.css")]:
        used = set(re.findall(r"var\((--[\w-]+)", sheet.read_text("utf-8")))
        assert used <= tokens, (sheet, used - tokens)


def test_the_two_dark_lists_are_one() -> None:
    text = (WEB / "static" / "tokens.css").read_text("utf-8")
    chosen = re.search(r'^\[data-theme="dark"\] \{(.*?)^\}', text, re.DOTALL | re.MULTILINE)
    preferred = re.search(r'^  :root:not\(\[data-theme="light"\]\) \{(.*?)^  \}', text, re.DOTALL | re.MULTILINE)
    assert chosen is not None
    assert preferred is not None
    assert chosen[1].split() == preferred[1].split()


def test_only_two_weights_and_no_component_with_a_script() -> None:
    for sheet in [*WEB.rglob("*.css")]:
        weights = set(re.findall(r"font-weight:\s*(\w+)", sheet.read_text("utf-8")))
        assert weights <= {"400", "700"}, sheet
        assert "font-face" not in sheet.read_text("utf-8")
    assert {path.parent for path in WEB.rglob("*.js")} == {WEB / "static"}
