"""The public pages of winners: templates without script, links that work in any folder of any web server."""

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from craftsman.documents.typesetting import ROOT
from craftsman.documents.wording import chinese_date

FOLDER = ROOT / "templates" / "site"
STYLE = "site.css"


def site_page(path: str, template: str, **values: Any) -> bytes:
    """The page that stands at this path of the site."""
    return _pages.get_template(template).render(up="../" * path.count("/"), **values).encode()


def site_style() -> bytes:
    """The style sheet of all pages."""
    return (FOLDER / STYLE).read_bytes()


_pages = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_pages.filters["chinese_date"] = chinese_date
