"""HTML pages that are one file and load nothing; pages for students run no script either."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
import nh3
from markupsafe import Markup, escape

from grader.intake.pictures import INLINE_IMAGES
from grader.locale.translations import language, translated
from grader.pages.code import MAX_CODE
from grader.pages.markdown import MAX_MARKDOWN, Attachments, markdown_as_html

__all__ = ["Allowance", "inline_script", "render", "safe_html", "safe_markdown"]

# Outputs of students may have tables and text; no links, no styles, nothing that acts.
TAGS = {
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "p", "br", "hr", "pre", "code"),
    *("em", "strong", "b", "i", "u", "s", "sub", "sup", "ul", "ol", "li", "div", "span"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "blockquote"),
}
MAX_HTML = 1 << 20  # characters of one output
MAX_SIGNS = 3_000  # in one output that is read as HTML
MAX_SHOWN = 20_000  # characters of what is not
ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
HEADING = re.compile("(</?h)[1-6]>")


def render(template: str, **values: Any) -> str:
    """Fill a template; every value is escaped unless it is marked as safe.

    Args:
        template: name of a file in `grader/pages/templates/`.
        values: by the name that the template uses.
    """
    return _environment().get_template(template).render(**values)


def inline_script(name: str) -> tuple[Markup, str]:
    """A script of `grader/pages/templates/`, and its digest for the page's security policy.

    With that digest the policy lets the browser run this script and no other.
    """
    text = files("grader.pages").joinpath("templates", name).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"'sha256-{digest}'"  # noqa: S704 — our own file


@dataclass
class Allowance:
    """What one page may spend on texts of a student: parsers take long for some that are short.

    Args:
        markdown: characters that are still read as Markdown.
        signs: how many signs that begin a tag or an entity are still read as HTML. A parser of HTML
            takes time that grows with the square of their number.
        code: characters of code that still get colours, each of which can cost a tag.
    """

    markdown: int = 5 * MAX_MARKDOWN
    signs: int = 4 * MAX_SIGNS
    code: int = 5 * MAX_CODE

    def of_markdown(self, text: str) -> int:
        """How many characters of a text are read as Markdown; they are spent."""
        room = min(self.markdown, len(text), MAX_MARKDOWN)
        self.markdown -= room
        return room

    def of_code(self, source: str) -> int:
        """How many characters of some code get colours; they are spent."""
        room = min(self.code, len(source), MAX_CODE)
        self.code -= room
        return room

    def of_html(self, html: str) -> str:
        """The HTML if it can be read, and is spent; else its beginning, as text."""
        signs = html.count("<") + html.count("&")
        if len(html) > MAX_HTML or signs > min(self.signs, MAX_SIGNS):
            return f"<pre>{escape(html[:MAX_SHOWN])}</pre>"
        self.signs -= signs
        return html


def safe_html(html: str, allowance: Allowance) -> Markup:
    """HTML from a submission, reduced to harmless tags.

    Args:
        html: an output.
        allowance: of the page.
    """
    kept = nh3.clean(allowance.of_html(html), tags=TAGS, attributes=ATTRIBUTES)
    return Markup(_below_ours(kept))  # noqa: S704 — sanitised


def safe_markdown(
    text: str, allowance: Allowance, attachments: Attachments | None = None
) -> Markup:
    """Markdown from a submission as harmless HTML; HTML inside it is shown as text.

    A picture is shown only if the notebook holds it; of any other, the description is shown.

    Args:
        text: the source of a text cell.
        allowance: of the page.
        attachments: the cell's pictures: name → image type → base64.
    """
    kept = nh3.clean(
        markdown_as_html(text, attachments, room=allowance.of_markdown(text)),
        tags=TAGS | {"img"},
        attributes={**ATTRIBUTES, "img": {"src", "alt"}},
        attribute_filter=_safe_attribute,
        url_schemes={"data"},
    )
    return Markup(_below_ours(kept))  # noqa: S704 — sanitised


def _below_ours(html: str) -> str:
    """Sanitised HTML with all headings one level below that of a cell: they are no part of ours."""
    return HEADING.sub(r"\g<1>4>", html)


def _safe_attribute(tag: str, name: str, value: str) -> str | None:
    is_source = (tag, name) == ("img", "src")
    return value if not is_source or value.startswith(INLINE_IMAGES) else None


def _gettext(text: str, /, **values: Any) -> Markup:
    """A sentence for a page; it may have our own tags in it, and its values are escaped."""
    return Markup(translated(text)).format(**values)  # noqa: S704 — ours, and its translation


def _ngettext(text: str, many: str, count: int, /, **values: Any) -> Markup:
    """The same, for one or for many."""
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
