"""What a reader and a browser meet in a page: words, cells, addresses, ids, pictures."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from xml.etree import ElementTree

_CELLS = ("td", "th", "dd", "dt", "li", "figcaption", "summary")
_ADDRESSES = ("href", "src", "xlink:href", "action", "data", "srcset", "poster")


class Page(HTMLParser):
    """A page taken apart."""

    def __init__(self, text: str):
        super().__init__()
        self.words: list[str] = []
        self.cells: list[str] = []
        self.addresses: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.tags: Counter[str] = Counter()
        self._open: list[int] = []
        self._in_style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self._in_style = self._in_style or tag == "style"
        self.addresses += [(tag, value or "") for name, value in attrs if name in _ADDRESSES]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag in _CELLS:
            self._open.append(len(self.cells))
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in _CELLS:
            self._open.pop()
        if tag == "style":
            self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            return
        self.words.append(data)
        for cell in self._open:
            self.cells[cell] += data

    @property
    def text(self) -> str:
        """Everything a reader reads, on one line."""
        return " ".join(" ".join(self.words).split())


def svgs(html: str) -> list[ElementTree.Element]:
    """The pictures of a page, each read as XML."""
    return [ElementTree.fromstring(found) for found in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]


def title(svg: ElementTree.Element) -> str:
    """The title of a picture."""
    return svg[0].text or ""


def dots(svg: ElementTree.Element, colour: str) -> int:
    """Circles of a colour: Vega draws a point as a path that starts with an arc."""
    paths = [e for e in svg.iter() if e.tag.endswith("path") and e.get("fill") == colour]
    return sum(bool(re.match(r"M[\d.]+,0A", e.get("d", ""))) for e in paths)
