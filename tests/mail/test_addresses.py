"""Addresses as people give them and as they stand on the wire."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from craftsman.mail.addresses import is_address, masked, on_the_wire
from craftsman.mail.files import as_bytes
from craftsman.mail.letters import as_message
from models import Message
from tests.mail.mailing import CONTEXT, EVENT, NOW, SENDER


@pytest.mark.parametrize("address", ["zhao@工会.中国", "zhao@例子.example.org", "a.b+c@example.org"])
def test_chinese_domain_can_be_written_to(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address", ["赵@工会.中国", '"赵 示例"@example.org', "zhao@工会..中国", f"zhao@{'工' * 70}.中国", "zhao@工 会.中国"]
)
def test_what_servers_refuse_is_no_address(address: str) -> None:
    assert not is_address(address)


@pytest.mark.parametrize(
    ("address", "wire"),
    [("zhao@例子.测试", "zhao@xn--fsqu00a.xn--0zwm56d"), ("zhao@example.org", "zhao@example.org")],
)
def test_domain_is_ascii_on_the_wire(address: str, wire: str) -> None:
    assert on_the_wire(address) == wire


@pytest.mark.parametrize("name", ["赵, 示例", 'a" <x@example.org>,', "赵示例@单位", "=?utf-8?q?x?="])
def test_odd_name_is_one_recipient(name: str) -> None:
    row = Message(
        event_key=EVENT,
        letter="gate-waiting",
        recipient="zhao@例子.测试",
        recipient_name=name,
        context=CONTEXT,
        message_id="<a@example.org>",
        due_at=NOW,
        queued_at=NOW,
    )
    read = message_from_bytes(as_bytes(as_message(row, SENDER, NOW)), EmailMessage, policy=policy.default)
    assert [one.addr_spec for one in read["To"].addresses] == ["zhao@xn--fsqu00a.xn--0zwm56d"]


def test_masked_address_keeps_its_domain() -> None:
    assert masked("zhao@example.org") == "z***@example.org"
