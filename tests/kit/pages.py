"""Pages as a browser would see them."""

from __future__ import annotations

import re
import warnings
from functools import cache
from html.parser import HTMLParser
from typing import Any

from grader.notebook import Notebook
from tests.kit.files import ROOT

IMAGES = tuple(f"data:image/{kind};base64," for kind in ("png", "jpeg", "gif", "webp", "svg+xml"))
EVIL = "</pre><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}"


def nbconvert_page(notebook: Notebook) -> str:
    """The notebook as nbconvert shows it with the settings of a course, and so formgrader."""
    import nbformat  # only some tests need it, and it takes a second

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about an output of which nothing is shown
        html, _ = _exporter().from_notebook_node(nbformat.from_dict(notebook))
    return str(html)


@cache
def _exporter() -> Any:
    from nbconvert import HTMLExporter
    from traitlets.config import PyFileConfigLoader

    settings = PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config()
    return HTMLExporter(config=settings)


class Page(HTMLParser):
    """Tags, their attributes, and the text.

    `tags` has each tag with its attributes; `attributes` has all of them as (tag, name, value),
    repeated ones too.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self._pieces: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self._pieces.append(data)

    def count(self, tag: str) -> int:
        return sum(found == tag for found, _ in self.tags)

    @property
    def text(self) -> str:
        return "".join(self._pieces)


def assert_inert(html: str) -> Page:
    """Assert that a page has no scripts or handlers, and links only to data and to itself."""
    page = Page(html)
    for tag, attributes in page.tags:
        assert tag not in {"script", "iframe", "object", "embed", "form", "input", "link", "base"}
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "xlink:href", "action", "data"):
            images = IMAGES if (tag, name) == ("img", "src") else IMAGES[:1]
            assert (attributes.get(name) or "#").startswith((*images, "#"))
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv"))
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert not re.search(r"url\((?!#)|@import", html)
    return page
