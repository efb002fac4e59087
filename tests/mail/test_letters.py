"""Letters: every folder renders with what it documents, and headers carry Chinese whole."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from craftsman import actions
from craftsman.mail.files import as_bytes
from craftsman.mail.letters import PARTS, SUPPLIED, TEMPLATES, as_message, names_needed, render
from craftsman.mail.outbox import OF_ACCOUNTS
from craftsman.programme.load import load_programme
from models import Message
from tests.mail.mailing import CONTEXT, EVENT, NOW, SENDER

ACTIONS = Path(str(actions.__file__)).parent
LETTERS = sorted(folder.name for folder in TEMPLATES.iterdir() if folder.name != "_base")
# names whose values are lines of the letter
LISTS = {"lines", "names", "records"}
_NAMES = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=80)


def _documented(letter: str) -> set[str]:
    source = (TEMPLATES / letter / "body.txt").read_text(encoding="utf-8")
    comment = re.search(r"\{#-(.*?)-#\}", source, re.DOTALL)
    assert comment is not None
    return set(re.findall(r"^ {5}(\w+) ", comment[1], re.MULTILINE))


def _filled(letter: str) -> dict[str, object]:
    return {name: [f"‹{name}›"] if name in LISTS else f"‹{name}›" for name in _documented(letter) | SUPPLIED}


def _bytes(
    name: str = "赵示例", context: dict[str, object] = CONTEXT, message_id: str = f"<{'a' * 40}@example.org>"
) -> bytes:
    row = Message(
        event_key=EVENT,
        letter="gate-waiting",
        recipient="zhao@example.org",
        recipient_name=name,
        context=context,
        message_id=message_id,
        due_at=NOW,
        queued_at=NOW,
    )
    return as_bytes(as_message(row, SENDER, NOW))


def _message(sent: bytes) -> EmailMessage:
    return message_from_bytes(sent, EmailMessage, policy=policy.default)


def test_all_letters_are_there() -> None:
    assert LETTERS == [
        "account-invitation",
        "act-recorded",
        "appeal-ruling",
        "award",
        "ballot-invitation",
        "break-glass",
        "contest-posted",
        "gate-waiting",
        "judge-invitation",
        "notice-posted",
        "objection-ruling",
        "password-changed",
        "password-reset",
        "receipt",
        "regret",
        "reminder",
        "returned-nomination",
        "returned-workbook",
        "review-invitation",
    ]


@pytest.mark.parametrize("letter", LETTERS)
def test_letter_has_three_parts(letter: str) -> None:
    assert sorted(file.name for file in (TEMPLATES / letter).iterdir()) == sorted(PARTS)


@pytest.mark.parametrize("letter", LETTERS)
def test_letter_needs_what_it_documents(letter: str) -> None:
    assert names_needed(letter) == _documented(letter)


@pytest.mark.parametrize("letter", LETTERS)
def test_letter_shows_all_it_documents(letter: str) -> None:
    rendered, names = render(letter, _filled(letter)), _documented(letter) | SUPPLIED
    shown = [set(re.findall(r"‹(\w+)›", part)) for part in (rendered.subject + rendered.text, rendered.html)]
    assert shown == [names, names]
    assert "undefined" not in f"{rendered}".lower()


@pytest.mark.parametrize("letter", LETTERS)
def test_both_parts_say_the_same(letter: str) -> None:
    rendered = render(letter, _filled(letter))
    body = re.sub(r"<head>.*</head>|<[^>]+>", "", rendered.html, flags=re.DOTALL)
    assert "".join(body.split()) == "".join(rendered.text.split())


@pytest.mark.parametrize("letter", LETTERS)
def test_lacking_name_is_never_blank(letter: str) -> None:
    for name in _documented(letter):
        context = _filled(letter)
        del context[name]
        with pytest.raises(UndefinedError, match=name):
            render(letter, context)


@pytest.mark.parametrize("letter", LETTERS)
def test_subject_is_one_short_line(letter: str) -> None:
    context = dict.fromkeys(_filled(letter), "一行\r\nBcc: all@example.org")
    assert "\n" not in render(letter, context).subject


@pytest.mark.parametrize(("approval_no", "said"), [("", "入选“甲”名单"), ("冀表〔2026〕1号", "获授“甲”称号")])
def test_only_approved_projects_honour(approval_no: str, said: str) -> None:
    rendered = render("award", {**_filled("award"), "tier_title": "甲", "approval_no": approval_no})
    assert (said in rendered.text, "授" in rendered.text) == (True, bool(approval_no))


@pytest.mark.parametrize(("taken", "said"), [(0, "重新报送全表"), (9, "只须重新报送批注件中标出的各行")])
def test_marked_rows_alone_go_back(taken: int, said: str) -> None:
    rendered = render("returned-workbook", {**_filled("returned-workbook"), "taken_count": taken})
    assert said in rendered.text


def test_unknown_phone_leaves_no_line() -> None:
    rendered = render("password-reset", {**_filled("password-reset"), "office_phone": ""})
    assert ("联系电话" in rendered.text, "联系电话" in rendered.html) == (False, False)


def test_names_stand_on_lines() -> None:
    rendered = render("regret", {**_filled("regret"), "names": ["某甲", "某乙"], "count": 2})
    assert "\n　　某甲\n　　某乙\n" in rendered.text


def test_programme_names_every_letter() -> None:
    # letters of the installation's own belong to no programme
    named = load_programme("hebei-great-craftsman", 2026).rules.letters
    assert sorted([*named, "break-glass", *OF_ACCOUNTS]) == LETTERS


def test_every_letter_is_written_by_an_act() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in ACTIONS.rglob("*.py"))
    assert [letter for letter in LETTERS if f'"{letter}"' not in sources] == []


def test_markup_in_context_is_text() -> None:
    rendered = render("gate-waiting", {**_filled("gate-waiting"), "stage_title": "<b>初评</b>&"})
    assert "&lt;b&gt;初评&lt;/b&gt;&amp;" in rendered.html
    assert "<b>初评</b>&" in rendered.text


def test_headers_of_a_letter() -> None:
    message = _message(_bytes())
    assert {name: str(message[name]) for name in ("From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted")} == {
        "From": "河北省总工会活动办公室 <office@example.org>",
        "To": "赵示例 <zhao@example.org>",
        "Subject": "【待签批】2026年河北大工匠年度人物专家初评结果",
        "Message-ID": f"<{'a' * 40}@example.org>",
        "Date": "Mon, 02 Mar 2026 01:00:00 +0000",
        "Auto-Submitted": "auto-generated",
    }


def test_letter_is_plain_and_html() -> None:
    message = _message(_bytes())
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert (message.get_content_type(), html.get_content_charset()) == ("multipart/alternative", "utf-8")
    assert "赵示例：" in plain.get_content()
    assert "2026年3月2日" in plain.get_content()


def test_long_message_id_stays_whole() -> None:
    made = f"<{'a' * 40}@{'e' * 50}.example.org>"
    assert _message(_bytes(message_id=made))["Message-ID"] == made


def _decoded(header: str) -> str:
    return str(make_header(decode_header(header)))


# read by RFC 2047 itself: the parser of Python 3.11 puts a blank between the encoded words of a long name
@given(_NAMES, _NAMES)
def test_any_name_and_subject_survive(name: str, title: str) -> None:
    sent = message_from_bytes(_bytes(name, {**CONTEXT, "stage_title": title}))
    shown, address = parseaddr(sent["To"])
    assert (_decoded(shown), address) == (name, "zhao@example.org")
    assert _decoded(sent["Subject"]) == f"【待签批】2026年河北大工匠年度人物{title}结果"
