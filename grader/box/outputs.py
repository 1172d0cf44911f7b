"""Cell outputs from the box, rebuilt from a whitelist before anyone stores or shows them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from grader.box.terminal import overwritten
from grader.locale.translations import N_, gettext

__all__ = ["LIBRARIES", "clean_outputs", "error_in_words", "harmless_tex"]

MAX_OUTPUTS = 500
MAX_LIMIT = 1_000_000  # no limit that the box keeps is higher
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
UNSAFE = re.compile("[\x00-\x08\x0b-\x1a\x1c-\x1f\ud800-\udfff]")
MAX_SHOWN = 100  # characters of a line that a remark quotes
REMARKS = {
    "program": N_("[not run, since the grader runs no programs and installs nothing: {line}]"),
    "backend": N_("[no effect, since the grader always draws figures in the notebook: {line}]"),
    "magic": N_("[no effect, since the grader does not have this magic: {line}]"),
    "colab": N_("[no effect, since the grader does not run in Colab: {line}]"),
    "style": N_("[no effect, since this version of matplotlib has no such style: {line}]"),
    "input": N_("[nobody can type here, so the answer is an empty text: {line}]"),
}
ACTIVE_TEX = re.compile(r"\\(class|cssId|data|href|mmlToken|require|style)(?![A-Za-z])")
LIBRARIES = ("numpy", "matplotlib", "tqdm")  # what a notebook may count on, and docs/student.md
TEXT_TYPES = ("text/plain", "text/html", "text/markdown", "text/latex")


def clean_outputs(raw: Any) -> list[dict[str, Any]]:
    """Valid nbformat outputs from what the box sent; everything else is left out.

    HTML is kept as data, so code that shows it must sanitise it (`grader.pages.feedback` does).
    """
    if not isinstance(raw, list):
        return []
    return [clean for output in raw[:MAX_OUTPUTS] for clean in _clean(output)]


def _clean(output: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(output, dict):
        return
    # comparing an array with text gives an array, so only plain values are looked at
    match {key: value for key, value in output.items() if isinstance(value, str | dict | list)}:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str() as text}:
            yield {"output_type": "stream", "name": name, "text": _text(overwritten(text))}
        case {"output_type": "error", "ename": str() as name, "evalue": str() as value}:
            raw = output.get("traceback")
            lines = [line for line in raw if isinstance(line, str)] if isinstance(raw, list) else []
            told = error_in_words(name, value)
            lines[-1:] = [line.replace(value, told, 1) for line in lines[-1:]]
            yield {
                "output_type": "error",
                "ename": _text(name),
                "evalue": _text(told),
                "traceback": [_text(line) for line in lines],
            }
        case {"output_type": "display_data", "data": dict() as data}:
            yield {"output_type": "display_data", "data": _bundle(data), "metadata": {}}
        case {"output_type": "execute_result", "data": dict() as data}:
            count = output.get("execution_count")
            yield {
                "output_type": "execute_result",
                "data": _bundle(data),
                "metadata": {},
                "execution_count": count if type(count) is int and count >= 0 else None,
            }
        case {"output_type": "cut"}:
            yield from _cut(output.get("mib"), output.get("pieces"))
        case {"output_type": "remark", "kind": str() as kind, "what": str() as what}:
            if kind in REMARKS:
                text = gettext(REMARKS[kind], line=_text(what)[:MAX_SHOWN])
                yield {"output_type": "stream", "name": "stdout", "text": text + "\n"}


def error_in_words(name: str, text: str) -> str:
    """The text of an exception; if a module is missing, it says what there is instead.

    Args:
        name: the exception's type.
        text: its own text.
    """
    if name != "ModuleNotFoundError" or not text.startswith("No module named"):
        return text
    return gettext(
        "{error} (the grader has Python's own modules, {libraries} and the released files)",
        error=text,
        libraries=", ".join(LIBRARIES),
    )


def harmless_tex(text: str) -> str:
    """The text with those macros of MathJax as text that make links, classes and ids."""
    return ACTIVE_TEX.sub(r"⧵\1", text)


def _cut(mib: Any, pieces: Any) -> Iterator[dict[str, Any]]:
    if all(type(number) is int and 0 <= number < MAX_LIMIT for number in (mib, pieces)):
        text = gettext(
            "[output cut off here: a cell may show at most {size} MiB in {count} pieces]",
            size=mib,
            count=pieces,
        )
        yield {"output_type": "stream", "name": "stdout", "text": text + "\n"}


def _bundle(data: dict[Any, Any]) -> dict[str, str]:
    bundle = {kind: _text(data[kind]) for kind in TEXT_TYPES if isinstance(data.get(kind), str)}
    if "text/latex" in bundle:
        bundle["text/latex"] = harmless_tex(bundle["text/latex"])
    image = data.get("image/png")
    if isinstance(image, str) and _is_png(image):
        bundle["image/png"] = "".join(image.split())
    return bundle


def _is_png(text: str) -> bool:
    try:
        return base64.b64decode("".join(text.split()), validate=True).startswith(PNG_MAGIC)
    except (binascii.Error, ValueError):
        return False


def _text(text: str) -> str:
    """The text without characters that break JSON, XML or a terminal."""
    return UNSAFE.sub("", text)
