"""Every form can be sent twice, by a double click or the back button: carried out once, or harmless, and why.

What goes through `carry_out` or `done_once` is told by the number of its form and done once (their own tests show it,
and tests/faults repeats thousands). Each other form stands in the table below with the reason why two are no harm.
"""

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType

from fastapi.routing import APIRoute

from craftsman.portal.app import AUDIENCES

ONCE = {"carry_out", "done_once"}
LOOKS = "shows a page or checks what was typed, and changes nothing"
RECORDED = "each look at personal data is a look, and is recorded as one"
FIRST = "only the first finds the step open; the second is told to begin anew"
SAME = "the act asks what stands: the same again changes nothing"
HARMLESS = {
    "/login": "two sessions, of which the browser keeps one",
    "/logout": "the second is sent to the log-in page",
    "/login/code": FIRST,
    "/login/passkey": FIRST,
    "/leads": LOOKS,
    "/objections": LOOKS,
    "/accounts/new/bulk/check": LOOKS,
    "/calendars/check": LOOKS,
    "/doctor": LOOKS,
    "/accounts": LOOKS,
    "/experts": LOOKS,
    "/experts/check": LOOKS,
    "/experts/{number}/contact": RECORDED,
    "/grants/new/bulk/check": LOOKS,
    "/reference/check": LOOKS,
    "/rounds/new/check": LOOKS,
    "/rounds/new/edit": LOOKS,
    "/outreach/{year}": LOOKS,
    "/rounds/{key}/documents": LOOKS,
    "/rounds/{key}/draws/new/check": LOOKS,
    "/rounds/{key}/draws/new/edit": LOOKS,
    "/rounds/{key}/experts": LOOKS,
    "/rounds/{key}/leads": LOOKS,
    "/rounds/{key}/nominations": LOOKS,
    "/rounds/{key}/stages/{stage}/assignment": LOOKS,
    "/rounds/{key}/stages/{stage}/correction/check": LOOKS,
    "/rounds/{key}/stages/{stage}/endorsement": LOOKS,
    "/rounds/{key}/stages/{stage}/endorsement/preview": LOOKS,
    "/rounds/{key}/stages/{stage}/endorsement/upload": LOOKS,
    "/rounds/{key}/stages/{stage}/ranking": LOOKS,
    "/rounds/{key}/stages/{stage}/supplements": LOOKS,
    "/rounds/{key}/stages/{stage}/supplements/preview": LOOKS,
    "/rounds/{key}/stages/{stage}/tally/check": LOOKS,
    "/rounds/{key}/stages/{stage}/tally/mark": LOOKS,
    "/rounds/{key}/leads/{receipt}/contact": RECORDED,
    "/objections/{objection_id}/objector": RECORDED,
    "/outreach/visits/{number}/photos": RECORDED,
    "/rounds/{key}/amendments/pack": "a pack of the same state is the same bytes, and each that leaves is recorded",
    "/rounds/{key}/bundles/{number}": RECORDED,
    "/personal/due/confirm": "each is confirmed by itself; the second finds those done that the first did",
    "/personal/export": RECORDED,
    "/personal/sweep": SAME,
    "/rounds/{key}/nominations/{case_no}/personal/{number}/show": "a look that was agreed to is good once",
    "/sheets/{assignment_id}/draft": "an older draft does not take the place of a newer one",
    "/notices/{notice_id}/clearance": SAME,
}


def calls(module: ModuleType) -> dict[str, set[str]]:
    """What each function of a module calls, by name, through functions of the module too."""
    tree = ast.parse(inspect.getsource(module))
    direct = {
        function.name: {name for node in ast.walk(function) if (name := _name(node))}
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    for _ in direct:
        for name, called in direct.items():
            direct[name] = called | {deeper for one in called for deeper in direct.get(one, set())}
    return direct


def _name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def posts() -> Iterator[tuple[str, bool]]:
    """Each address that takes a form, and whether it is carried out once by its number."""
    for module in AUDIENCES:
        called = calls(module)
        for route in module.router.routes:
            if isinstance(route, APIRoute) and "POST" in (route.methods or ()):
                yield route.path, bool(called[route.endpoint.__name__] & ONCE)


def test_every_form_is_done_once_or_harmless() -> None:
    found = dict(posts())
    assert len(found) > 120
    assert {path for path, once in found.items() if not once} == HARMLESS.keys()
