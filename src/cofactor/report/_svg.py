"""A Vega-Lite chart as one inline SVG: no script, no font to fetch, a title and a description, ink in the page's colour."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from cofactor.errors import MissingExtraError

INK = "#010203"
"""Drawn in the page's text colour, dark or light."""
FONT = "system-ui, -apple-system, Segoe UI, Roboto, sans-serif"
_UNSEEN = re.compile(r"(\.\d\d)\d+")
"""Places behind the point that no eye can see."""
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"


def to_svg(spec: dict[str, Any], *, key: str, title: str, description: str) -> str:
    """A Vega-Lite chart as an `svg` element to put into a page; `key` keeps its ids apart from those of other pictures."""
    try:
        import vl_convert
    except ImportError as error:
        raise MissingExtraError("vl-convert-python", "report") from error
    # no address is allowed: a picture is drawn from the numbers it was handed
    drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return _inlined(drawn, key, title, description)


def _inlined(drawn: str, key: str, title: str, description: str) -> str:
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    root = ElementTree.fromstring(drawn)
    width = root.get("width", "")
    for name in ("height", "width", "class"):
        root.attrib.pop(name, None)
    root.attrib |= {
        "role": "img", "aria-labelledby": f"{key}-title {key}-desc", "style": f"max-width:{float(width):.0f}px"
    }  # fmt: skip
    for element in root.iter():
        # Vega labels every mark for screen readers; one title and one description read better than a hundred points
        for name in [n for n in element.attrib if n.startswith("aria-") and element is not root]:
            del element.attrib[name]
        if element is not root:
            element.attrib.pop("role", None)
            element.attrib.pop("class", None)
    for position, (tag, text) in enumerate((("title", title), ("desc", description))):
        child = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": f"{key}-{tag}"})
        child.text = text
        root.insert(position, child)
    text = ElementTree.tostring(root, encoding="unicode")
    text = re.sub(r'(\bid="|url\(#|href="#)(?!' + re.escape(key) + r")", rf"\g<1>{key}-", text)
    text = re.sub(r"rgb\(1, ?2, ?3\)", INK, text)
    text = text.replace(INK, "currentColor")
    return re.sub(r' (d|transform)="[^"]*"', lambda found: _UNSEEN.sub(r"\1", found[0]), text)
