"""Marked copies of the tables that a command refuses, written beside them."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from craftsman.cli.base import save_file
from craftsman.cli.language import say
from craftsman.errors import Refused
from craftsman.store.files import shortened_name

RETURNED = "退回"


@contextmanager
def marked_beside(file: Path, content: bytes, marked: Callable[[bytes, Refused], bytes | None]) -> Generator[None]:
    """Where the table in a file is refused for its cells, write its marked copy beside it and tell where it is."""
    try:
        yield
    except Refused as refused:
        made = marked(content, refused)
        if made is None:
            raise
        copy = file.with_name(shortened_name(file.stem.removesuffix(f"-{RETURNED}"), f"-{RETURNED}.xlsx"))
        save_file(copy, made, replace=True)
        told = say(f"错处已在 {copy} 中标出，改正后提交这份表即可。", f"The cells are marked in {copy}.")
        raise type(refused)(refused.reason, [*refused.details, told]) from refused
