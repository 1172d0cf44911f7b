"""Bring `grader/locale/` up to date: the template, the translations, and their .mo files.

`make messages` runs it. Given the code of a new language, it starts a translation into it.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "grader"
FOLDER = PACKAGE / "locale"
TEMPLATE = FOLDER / "messages.pot"
METHODS = [("pages/templates/**.html", "jinja2"), ("**.py", "python")]
STRICT = {"pages/templates/**.html": {"silent": "false"}}
KEYWORDS = {**DEFAULT_KEYWORDS, "N_plural": (1, 2), "Sentence": None}


def extracted() -> Catalog:
    """Every sentence of the kit that can be translated, with the files that contain it."""
    catalog = Catalog(fuzzy=False)
    found = extract_from_dir(
        PACKAGE, METHODS, STRICT, KEYWORDS, ["Translators:"], strip_comment_tags=True
    )
    for name, _, message, comments, context in found:
        catalog.add(message, None, [(f"grader/{name}", 0)], auto_comments=comments, context=context)
    return catalog


def as_text(catalog: Catalog, *, header: bool = True) -> bytes:
    """The text of a .po file, without line numbers, since every edit would change them.

    Args:
        catalog: the template, or one translation.
        header: whether to write the entry with dates and plural forms.
    """
    text = io.BytesIO()
    write_po(text, catalog, width=100, omit_header=not header, include_lineno=False)
    return text.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """The content of a .mo file, which the kit reads."""
    binary = io.BytesIO()
    write_mo(binary, catalog)
    return binary.getvalue()


def translations() -> Iterator[tuple[Path, Catalog]]:
    """Each .po file, with its content."""
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        with path.open("rb") as file:
            yield path, read_po(file, locale=path.parents[1].name, domain="messages")


def main(new_languages: Sequence[str]) -> None:
    """Write all files again, and start translations into new languages."""
    template = extracted()
    TEMPLATE.write_bytes(as_text(template, header=False))
    for language in new_languages:
        path = FOLDER / language / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True)
        begun = Catalog(
            locale=language, project="Chainrule", copyright_holder="its translators", fuzzy=False
        )
        path.write_bytes(as_text(begun))
    for path, catalog in translations():
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        path.write_bytes(as_text(catalog))
        path.with_suffix(".mo").write_bytes(compiled(catalog))


if __name__ == "__main__":
    main(sys.argv[1:])
