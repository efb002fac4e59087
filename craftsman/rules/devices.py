"""How little is kept of a browser and where it stands: enough to know one's own session again, not to trace anybody."""

from ipaddress import IPv6Address, ip_address

# the first that is found names it: most browsers claim to be Chrome or Safari too
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("HuaweiBrowser", "华为浏览器"),
    ("QQBrowser", "QQ浏览器"),
    ("360SE", "360浏览器"),
    ("QIHU", "360浏览器"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("OpenHarmony", "鸿蒙"),
    ("HarmonyOS", "鸿蒙"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_family(user_agent: str) -> str:
    """The browser and the system that it runs on, without versions, as Chrome（Windows）."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "其他浏览器")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser}（{system}）" if system else browser


def masked_address(address: str) -> str:
    """The network that an address belongs to, as 203.0.*.* or 2001:db8:*; empty for what is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return ":".join(f"{int(part, 16):x}" for part in found.exploded.split(":")[:2]) + ":*"
    plain = found.ipv4_mapped if isinstance(found, IPv6Address) else found
    return ".".join(str(plain).split(".")[:2]) + ".*.*"
