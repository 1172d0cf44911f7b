"""HTML pages that are one file and load nothing; what a student gets runs nothing either."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from grader.locale.translations import language, translated

__all__ = ["inline_script", "render", "safe_html", "safe_markdown"]

# Of what students' outputs may show: tables and text, no links, no styles, nothing that acts.
TAGS = {
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "p", "br", "hr", "pre", "code"),
    *("em", "strong", "b", "i", "u", "s", "sub", "sup", "ul", "ol", "li", "div", "span"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "blockquote"),
}
ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}


def render(template: str, **values: Any) -> str:
    """Fill a page of `grader/templates/`; every value is escaped unless marked as safe."""
    return _environment().get_template(template).render(**values)


def inline_script(name: str) -> tuple[Markup, str]:
    """A script of `grader/templates/`, and the source that lets a page's policy run only it."""
    text = files("grader.pages").joinpath("templates", name).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"'sha256-{digest}'"  # noqa: S704 — our own file


def safe_html(html: str) -> Markup:
    """HTML from a submission, reduced to harmless tags."""
    return Markup(nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES))  # noqa: S704 — sanitised


def safe_markdown(text: str) -> Markup:
    """Markdown from a submission as harmless HTML; HTML inside it is shown, not obeyed."""
    html: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return safe_html(html)


def _gettext(text: str, /, **values: Any) -> Markup:
    """A sentence for a page: it may hold our own tags, its values are escaped."""
    return Markup(translated(text)).format(**values)  # noqa: S704 — ours, and its translation


def _ngettext(text: str, many: str, count: int, /, **values: Any) -> Markup:
    """The same for one, or for many."""
    return Markup(translated(text, many, count)).format(count=count, **values)  # noqa: S704


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("grader.pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(gettext=_gettext, ngettext=_ngettext, language=language)
    environment.filters["zip"] = zip
    environment.filters["points"] = lambda value: "–" if value is None else f"{value:.4g}"
    environment.filters["percent"] = lambda share: (
        "–" if share is None else f"{100 * share:.0f}\N{NO-BREAK SPACE}%"
    )
    return environment
