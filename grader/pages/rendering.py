"""HTML pages that are one file and load nothing; pages for students run no script either."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import jinja2
import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from grader.intake.pictures import INLINE_IMAGES, PREFIX
from grader.locale.translations import language, translated

__all__ = ["inline_script", "render", "safe_html", "safe_markdown"]

Attachments: TypeAlias = Mapping[str, Mapping[str, str]]

# Outputs of students may have tables and text; no links, no styles, nothing that acts.
TAGS = {
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "p", "br", "hr", "pre", "code"),
    *("em", "strong", "b", "i", "u", "s", "sub", "sup", "ul", "ol", "li", "div", "span"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "blockquote"),
}
ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}


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


def safe_html(html: str) -> Markup:
    """HTML from a submission, reduced to harmless tags."""
    return Markup(nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES))  # noqa: S704 — sanitised


def safe_markdown(text: str, attachments: Attachments | None = None) -> Markup:
    """Markdown from a submission as harmless HTML; HTML inside it is shown as text.

    A picture is shown only if the notebook holds it; of any other, the description is shown.

    Args:
        text: the source of a text cell.
        attachments: the cell's pictures: name → image type → base64.
    """
    markdown = _Markdown("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    for token in (inner for block in tokens for inner in block.children or ()):
        if token.type == "image":
            _put_in_place(token, attachments or {})
    html: str = markdown.renderer.render(tokens, markdown.options, {})
    kept = nh3.clean(
        html,
        tags=TAGS | {"img"},
        attributes={**ATTRIBUTES, "img": {"src", "alt"}},
        attribute_filter=_safe_attribute,
        url_schemes={"data"},
    )
    return Markup(kept)  # noqa: S704 — sanitised


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Every link is read; nh3 judges links and pictures afterwards."""
        return True


def _put_in_place(picture: Token, attachments: Attachments) -> None:
    """Put an attachment into the page; leave the description of what is not in the notebook."""
    source = str(picture.attrs.get("src", ""))
    for kind, data in attachments.get(source.removeprefix(PREFIX), {}).items():
        source = f"data:{kind};base64,{data}"
    if source.startswith(INLINE_IMAGES):
        picture.attrs["src"] = source
    else:
        picture.type = "text"


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
