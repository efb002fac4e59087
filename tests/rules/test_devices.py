"""What is kept of a browser tells its family and network, no more."""

import pytest

from craftsman.rules.devices import browser_family, masked_address

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15"


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (f"{WINDOWS} Chrome/126.0.0.0 Safari/537.36", "Chrome（Windows）"),
        (f"{WINDOWS} Chrome/126.0.0.0 Safari/537.36 Edg/126.0", "Edge（Windows）"),
        (f"{PHONE} Mobile/15E148 MicroMessenger/8.0.49", "微信（iPhone）"),
        (f"{PHONE} Version/17.0 Mobile/15E148 Safari/604.1", "Safari（iPhone）"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox（Linux）"),
        ("curl/8", "其他浏览器"),
    ],
)
def test_browsers_are_told_by_family(agent: str, family: str) -> None:
    assert browser_family(agent) == family


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("203.0.113.7", "203.0.*.*"),
        ("::ffff:203.0.113.7", "203.0.*.*"),
        ("2001:db8:1:2::3", "2001:db8:*"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_addresses_are_cut_to_their_network(address: str, masked: str) -> None:
    assert masked_address(address) == masked
