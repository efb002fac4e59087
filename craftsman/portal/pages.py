"""Pages out of templates: everything escaped, nothing undefined, nothing inline."""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from craftsman.actions import statuses
from craftsman.actions.statuses import ROLE_NAMES
from craftsman.clock import chinese_day, chinese_instant, chinese_until
from craftsman.errors import Refused
from craftsman.portal import svg, words
from craftsman.portal.beside import beside_fields
from craftsman.portal.event_facts import facts_of
from craftsman.portal.language import CHINESE, ENGLISH, EnglishEnvironment, phrases_in
from craftsman.portal.subjects import about, person
from craftsman.portal.timeline import timeline
from craftsman.workbook.list_names import list_name

CHARTS: Mapping[str, Callable[..., Markup]] = {
    "bars": svg.bars,
    "funnel": svg.funnel,
    "dots": svg.dots,
    "timeline": timeline,
}
FILTERS: Mapping[str, Callable[..., object]] = {
    "instant": chinese_instant,
    "until": chinese_until,
    "moment": words.moment,
    "day": chinese_day,
    "number": words.number,
    "points": words.points,
    "in_full": words.in_full,
    "facts": facts_of,
    "person": person,
    "about": about,
    "told": words.told,
    "roles": words.roles,
    "file_size": words.file_size,
    "list_name": list_name,
}


class Pages:
    """The templates of one installation, read from `templates/pages`."""

    def __init__(self, folder: Path) -> None:
        self.static = folder / "static"
        english = EnglishEnvironment(autoescape=True, **_options(folder))
        self.environments = {CHINESE: Environment(autoescape=True, **_options(folder)), ENGLISH: english}
        # a new stylesheet or script gets a new address, so that it can be cached for long
        files = sorted(self.static.iterdir())
        version = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
        shared: dict[str, Any] = {
            "words": words,
            "ROLE_NAMES": ROLE_NAMES,
            "statuses": statuses,
            "version": version,
        }
        for environment in self.environments.values():
            environment.filters.update(dict[str, Any](FILTERS))
            environment.globals.update({**shared, **CHARTS})
        self.phrases = phrases_in(folder.parent / "locale")
        english.speak(self.phrases)
        english.globals.update({name: partial(draw, said=self.phrases.said) for name, draw in CHARTS.items()})

    def answer(
        self,
        template: str,
        values: Mapping[str, Any],
        *,
        status: int = 200,
        language: str = CHINESE,
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> HTMLResponse:
        """Render a page as an answer of this status; `names` are what English pages say for those of a selection."""
        with self.phrases.naming(names):
            html = self._html(template, values, language)
            if isinstance(refused := values.get("refused"), Refused):
                lines = (refused.reason, *refused.details)
                chinese = html if language == CHINESE else self._html(template, values, CHINESE)
                html = beside_fields(html, lines, chinese, str if language == CHINESE else self.phrases.said)
        return HTMLResponse(html, status_code=status)

    def _html(self, template: str, values: Mapping[str, Any], language: str) -> str:
        return self.environments[language].get_template(template).render({"language": language, **values})


def _options(folder: Path) -> dict[str, Any]:
    return {
        "loader": FileSystemLoader(folder),
        "undefined": StrictUndefined,
        # templates change with the program, and a look at the files at every page would be for nothing
        "auto_reload": False,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
