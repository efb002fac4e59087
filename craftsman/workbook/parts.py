"""The parts of an .xlsx package as bytes, to be added to in place so that all else stays as it is."""

import posixpath
import re
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, ZipFile

WORKBOOK, TYPES = "xl/workbook.xml", "[Content_Types].xml"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Unusual(Exception):  # noqa: N818  (it names what the file is)
    """The file is not written as Excel, WPS and the template write theirs; another way must be found."""


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it, with the part that holds it."""

    name: str
    shown: bool
    part: str


class Parts(dict[str, bytes]):
    """Part name -> content; a part that is not there is Unusual."""

    @classmethod
    def of(cls, package: bytes) -> "Parts":
        """Unpack a package that was found safe."""
        with ZipFile(BytesIO(package)) as source:
            return cls({name: source.read(name) for name in source.namelist()})

    @classmethod
    def of_sheet(cls, package: bytes, sheet: str) -> bytes:
        """The part of one sheet alone; a sheet that is not found is Unusual."""
        with ZipFile(BytesIO(package)) as source:
            names = source.namelist()
            parts = cls({name: source.read(name) for name in (WORKBOOK, _relations_of(WORKBOOK)) if name in names})
            found = [entry.part for entry in parts.sheets() if entry.name == sheet and entry.part in names]
            if len(found) != 1:
                raise Unusual(sheet)
            return source.read(found[0])

    def __missing__(self, name: str) -> bytes:
        """Raise Unusual."""
        raise Unusual(name)

    def packed(self) -> bytes:
        """The package again."""
        target = BytesIO()
        with ZipFile(target, "w", ZIP_DEFLATED) as package:
            for name, data in self.items():
                package.writestr(name, data)
        return target.getvalue()

    def sheets(self) -> list[SheetEntry]:
        """The sheets in their order."""
        parts = {key: part for _, key, part in self._relations(WORKBOOK)}
        return [
            SheetEntry(
                sheet.get("name", ""),
                sheet.get("state", "visible") == "visible",
                parts[sheet.get(f"{{{OFFICE}}}id", "")],
            )
            for sheet in self._parsed(WORKBOOK).iter(f"{_MAIN}sheet")
        ]

    def related(self, part: str, kind: str) -> str:
        """The one part of a kind that belongs to another."""
        found = [target for of_kind, _, target in self._relations(part) if of_kind == f"{OFFICE}/{kind}"]
        if len(found) != 1:
            raise Unusual(kind)
        return found[0]

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let a part refer to another by its absolute name; returns the key."""
        name = _relations_of(part)
        key = f"rIdAdded{len(self._relations(part))}"
        self.insert(name, b"</Relationships>", f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="/{target}"/>')
        return key

    def insert(self, part: str, before: bytes, text: str) -> None:
        """Write text before the last such tag of a part."""
        head, tag, tail = self[part].rpartition(before)
        if not tag:
            raise Unusual(part)
        self[part] = head + text.encode() + tag + tail

    def append(self, part: str, group: str, item: bytes) -> int:
        """Add an item at the end of a counted group, such as fills; returns its number."""
        tag = group.encode()
        found = re.search(
            rb"(<" + tag + rb'\b[^>]* ?count=")(\d+)("[^>]*>)(.*?)(</' + tag + b">)", self[part], re.DOTALL
        )
        if found is None:
            raise Unusual(group)
        head, number, middle, items, end = found.groups()
        grown = b"%s%d%s%s%s%s" % (head, int(number) + 1, middle, items, item, end)
        self[part] = self[part][: found.start()] + grown + self[part][found.end() :]
        return int(number)

    def _parsed(self, part: str) -> ET.Element:
        # in another encoding an entity could hide that is refused elsewhere
        if b"\0" in self[part] or b"<!" in self[part]:
            raise Unusual(part)
        return ET.fromstring(self[part])  # noqa: S314

    def _relations(self, part: str) -> list[tuple[str, str, str]]:
        folder = posixpath.dirname(f"/{part}")
        return [
            (
                one.get("Type", ""),
                one.get("Id", ""),
                posixpath.normpath(posixpath.join(folder, one.get("Target", "")))[1:],
            )
            for one in self._parsed(_relations_of(part))
        ]


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"
