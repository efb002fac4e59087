"""Pages in English: every sentence stands in the catalogue, and what people type stays what they typed."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment

from craftsman.portal import english
from craftsman.portal.language import EnglishEnvironment, catalogue_of
from craftsman.portal.messages import CATALOGUE, PACKAGE, PAGES, REFUSALS, gathered, renewed
from craftsman.portal.phrases import PLACE, Phrases
from craftsman.portal.said import joined_in, said_by
from craftsman.portal.sentences import sentences
from tests.portal.scene import Scene

HAN = re.compile(r"[\u4e00-\u9fff]")
WORDS = {"提交": "Submit", "共 {count} 人，{state}": "{count} people, {state}", "通过": "Passed", "意见": "Comment"}


def environment() -> EnglishEnvironment:
    made = EnglishEnvironment(autoescape=True)
    made.speak(Phrases(WORDS))
    return made


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("<p>共 {{ count }} 人</p>", ["共 {count} 人"]),
        ("<p>\n  多行的\n  句子</p>", ["多行的 句子"]),
        ("<b>先</b>后", ["先", "后"]),
        ("{% if a %}有{% else %}无{% endif %}", ["有", "无"]),
        ('<a href="/x/{{ a }}" title="看 {{ a.name }}">到</a>', ["看 {name}", "到"]),
        ("{{ one.no }} 与 {{ two.no }} 相同", ["{no} 与 {no2} 相同"]),
        ("{{ a.no }}、{{ b.no }}、{{ c.no }}、{{ no2 }} 各一", ["{no}、{no2}、{no3}、{no22} 各一"]),
        ('<input value="甲" placeholder="乙"><textarea>丙</textarea>', ["乙"]),
        ('<option>甲</option><option value="b">乙</option>', ["乙"]),
        ("{% macro m() %}宏里{% endmacro %}{{ '常量' }}<!-- 不说 -->", ["宏里", "常量"]),
        ('<a {% if x %}class="y"{% endif %}>词</a>', ["词"]),
    ],
)
def test_runs_between_tags_are_sentences(template: str, said: list[str]) -> None:
    assert list(sentences(Environment(autoescape=True).parse(template))) == said


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("<p> 共 {{ count }} 人，{{ state }} </p>", "<p> 3 people, Passed </p>"),
        ("<td>{{ state }}</td>", "<td>Passed</td>"),
        (
            '<input value="{{ state }}"><textarea>{{ state }}</textarea>',
            '<input value="通过"><textarea>通过</textarea>',
        ),
        ("<option>{{ state }}</option>", "<option>通过</option>"),
        ('<option value="{{ state }}">{{ state }}</option>', '<option value="通过">Passed</option>'),
        ('<input placeholder="意见">没有译文', '<input placeholder="Comment">没有译文'),
        ("<p>共 {{ evil }} 人，{{ state }}</p>", "<p>共 &lt;b&gt; 人，Passed</p>"),
        ("<p>{{ 1 + 0 }}、{{ 1 + 1 }}、{{ 1 + 2 }} 共计</p>", "<p>1、2、3 共计</p>"),
    ],
)
def test_english_says_what_the_catalogue_knows(template: str, page: str) -> None:
    assert environment().from_string(template).render(count=3, state="通过", evil="<b>") == page


def test_values_cannot_speak_for_others() -> None:
    template = environment().from_string("<p>共 {{ count }} 人，{{ state }}</p>")
    assert template.render(count="{state}\0state\0", state="<i>") == "<p>{state}\0state\0 people, &lt;i&gt;</p>"


def test_catalogue_is_renewed() -> None:
    assert CATALOGUE.read_bytes() == renewed(CATALOGUE, PAGES), "run `make messages` and translate what is new"


def test_every_sentence_has_its_english() -> None:
    with CATALOGUE.open("rb") as opened:
        known = {str(one.id): str(one.string) for one in read_po(opened, locale="en")}
    assert [message for message in gathered(PAGES) if not known.get(message)] == []
    names = {message: (re.findall(r"{\w+}", message), re.findall(r"{\w+}", said)) for message, said in known.items()}
    assert [message for message, (asked, given) in names.items() if sorted(asked) != sorted(given)] == []
    # the link that leads back to Chinese says so in Chinese
    assert [message for message, said in known.items() if HAN.search(said)] == ["中文"]


PHRASES = {
    "没有账号“{1}”。": "There is no account “{1}”.",
    "{1}由{2}办理，不能由{3}办理。": "{2}, not {3}, handles {1}.",
    "没有{1}。": "There is no {1}.",
    "{1} 的经过": "Timeline of {1}",
    "工作人员": "staff",
    "周{1}": "weekday {1}",
    "{1} 封": "{1} letters",
    "{1}（{2}）": "{1} ({2})",
    "{1}：加权得分 {2}": "{1}: weighted total {2}",
    "得 {1} 分（{2}）": "{1} points ({2})",
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("工作人员", "staff"),
        ("没有账号“甲.乙”。", "There is no account “甲.乙”."),
        ("没有账号。", "There is no 账号."),
        ("三号由工作人员办理，不能由您办理。", "staff, not 您, handles 三号."),
        ("2026-x-1 的经过", "Timeline of 2026-x-1"),
        ("没有账号“{1}”。", "There is no account “{1}”."),
        ("没有人知道的话", "没有人知道的话"),
        # what says little of its own is not found in names and words of people
        ("周示例", "周示例"),
        ("3 封", "3 letters"),
        ("某函 封", "某函 封"),
        ("甲某（甲乙）", "甲某（甲乙）"),
        ("工作人员（1）", "staff (1)"),
        # brackets close where they open; places stand at both ends; lists, stops and days are read
        ("得 1（甲 2 分（3））分（工作人员）", "得 1（甲 2 分（3））分（工作人员）"),
        ("得 （1 分（2） 分（工作人员）", "得 （1 分（2） 分（工作人员）"),
        ("工作人员：加权得分 87.5", "staff: weighted total 87.5"),
        ("工作人员、3 封；2026年4月13日 09:00。", "staff, 3 letters; 13 Apr 2026, 09:00."),
        ("工作人员、甲某", "工作人员、甲某"),
        ("2026年2月30日", "2026年2月30日"),
        ("", ""),
        ("没有" + "长" * 400 + "。", "没有" + "长" * 400 + "。"),
    ],
)
def test_sentences_of_parts_are_said_anew(text: str, said: str) -> None:
    assert Phrases(PHRASES).said(text) == said


def test_names_are_known_while_a_page_is_made() -> None:
    phrases = Phrases(PHRASES)
    with phrases.naming({"申报受理": "Intake"}):
        assert phrases.said("没有申报受理。") == "There is no Intake."
    assert phrases.said("申报受理") == "申报受理"


def test_lists_are_said_word_by_word() -> None:
    template = environment().from_string("{{ words | join('、') }}")
    assert template.render(words=["通过", "<某>"]) == "Passed, &lt;某&gt;"


def test_refusals_in_english_are_still_said() -> None:
    known = catalogue_of(REFUSALS)
    # by its pieces between places: parsing all of the engine takes seconds, and `make messages` does it
    said = "".join(file.read_text("utf-8") for file in [*PACKAGE.rglob("*.py"), *PAGES.rglob("*.html")])
    said = re.sub(r'"\s*\n\s*f?"', "", said)
    assert [message for message in known if not all(one in said for one in PLACE.split(message)[::2])] == []
    places = {message: (re.findall(r"{\w+}", message), re.findall(r"{\w+}", said)) for message, said in known.items()}
    assert [message for message, (asked, given) in places.items() if sorted(asked) != sorted(given)] == []
    assert [message for message, said in known.items() if HAN.search(said)] == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (english.day(date(2026, 4, 13)), "13 Apr 2026"),
        (english.day(None), "—"),
        (english.instant(datetime(2026, 4, 13, 1, 5, tzinfo=UTC)), "13 Apr 2026, 09:05"),
        (english.until(datetime(2026, 4, 13, 16, tzinfo=UTC)), "13 Apr 2026, 24:00"),
        (english.until(None), "—"),
        (english.moment("2026-04-13T01:05:07+00:00"), "13 Apr 2026, 09:05:07"),
        (english.number(1234.5), "1,234.5"),
        (english.told("x"), "x"),
        (english.told(date(2026, 4, 13)), "13 Apr 2026"),
        (english.filters(Phrases(PHRASES).said)["roles"]("staff"), "staff"),
    ],
)
def test_dates_and_numbers_are_english(told: object, said: str) -> None:
    assert told == said


def test_visitor_chooses_the_language(scene: Scene) -> None:
    visitor = scene.visitor()
    assert 'lang="zh-CN"' in visitor.get("/login").text
    answer = visitor.get("/language/en?next=/login")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    page = visitor.get("/login").text
    assert '<html lang="en">' in page
    assert HAN.findall(re.sub(r'<a href="/language/zh-CN.*?</a>', "", page.partition("<main")[2])) == []
    assert "There is no such page; check the address" in visitor.get("/nowhere").text
    assert visitor.get("/language/zh-CN?next=//evil.example/").headers["location"] == "/tasks"
    assert visitor.get("/language/xx").status_code == 404


def test_names_of_the_programme_are_english(scene: Scene) -> None:
    clerk, path = scene.visitor("clerk"), f"/rounds/{scene.round.key}"
    clerk.get("/language/en?next=/tasks")
    page = clerk.get(f"{path}/calendar").text
    assert ("Hebei Great Craftsmen of the Year 2026" in page, "; Expert review: planned 2026-01-05 to" in page) == (
        True,
        True,
    )


def test_notes_of_the_catalogue_name_no_machine() -> None:
    assert {"/" in line for line in CATALOGUE.read_text().splitlines() if line.startswith("#:")} == {False}


def test_sentences_are_found_in_code(tmp_path: Path) -> None:
    code = "raise Refused(f'没有“{a.b}”和{c[0]}。')\nWORD = '词'\nx = f'{y}：好'\n"
    (tmp_path / "some.py").write_text(code, "utf-8")
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli" / "other.py").write_text("x = '命令'", "utf-8")
    assert said_by(tmp_path) == {"没有“{1}”和{2}。": True, "词": False, "{1}：好": False}
    (tmp_path / "a.html").write_text("{{ '第 ' ~ number ~ ' 条' }}{{ a ~ 'b' }}", "utf-8")
    assert list(joined_in(tmp_path)) == ["第 {1} 条"]


def test_gathering_finds_words_of_tables(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>页面</p>", "utf-8")
    found = gathered(tmp_path)
    assert (found["页面"], "办理中" in found) == ("a.html", True)
