"""Answers as normalised words, without everything that people change first when they copy.

Code is only tokenised, never parsed or executed. Comments, docstrings and layout are dropped, a
chosen name becomes a placeholder, and functions are sorted by name. So renaming and moving code
makes no difference. Sizes are bounded, since a submission may be hostile.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import keyword
import re
import tokenize
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from grader.notebook import Cell, Notebook, is_added, is_manual, is_solution, question_of

__all__ = ["Answer", "Word", "answers", "grams", "vocabulary", "words_of_code", "words_of_prose"]

MAX_SOURCE = 40_000  # characters of one answer; the rest is ignored
MAX_WORDS = 3_000
GRAM = 5  # words in a row that are compared as one
SKIPPED = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
    *(tokenize.ENDMARKER, tokenize.ENCODING),
}
NAME = "\0"  # stands for any name that a student chose
FIXED = {*keyword.kwlist, *dir(builtins)}
PROSE = re.compile(r"[^\W_]+")
IMPORTED = re.compile(r"^\s*(?:import|from)\s.*$", re.MULTILINE)


@dataclass(frozen=True)
class Word:
    """One token of an answer, as it is compared.

    Args:
        text: normalised.
        name: the name that the student chose, if `text` is the placeholder; else "".
        line: its line in the source, from 0.
    """

    text: str
    name: str
    line: int


@dataclass(frozen=True)
class Answer:
    """Everything that one student wrote for one question; added cells are the question "".

    Args:
        source: as the student wrote it.
        words: the normalised words.
        is_prose: whether it is a written answer, not code.
    """

    source: str
    words: tuple[Word, ...]
    is_prose: bool = False


def answers(notebook: Notebook, known: Set[str]) -> dict[str, Answer]:
    """The answers of a notebook, by question.

    Args:
        notebook: a repaired submission, or the release.
        known: names that are not the student's choice, from `vocabulary`.
    """
    sources: dict[str, list[str]] = {}
    prose = set()
    for cell in notebook["cells"]:
        question = _owner(cell)
        if question is not None:
            sources.setdefault(question, []).append(cell["source"][:MAX_SOURCE])
            if cell["cell_type"] == "markdown":
                prose.add(question)
    return {
        question: _answer(texts, question in prose, known) for question, texts in sources.items()
    }


def vocabulary(release: Notebook) -> frozenset[str]:
    """Names that students do not choose: of Python, and of the release's functions and modules."""
    names = set(FIXED)
    for cell in release["cells"]:
        if cell["cell_type"] == "code":
            names |= set(re.findall(r"^(?:def|class)\s+(\w+)", cell["source"], re.MULTILINE))
            for line in IMPORTED.findall(cell["source"]):
                names |= set(re.findall(r"\w+", line))
    return frozenset(names)


def grams(words: Sequence[Word]) -> Iterator[tuple[str, ...]]:
    """Yield every run of `GRAM` words; chosen names become numbers, in the order of the run."""
    for start in range(max(len(words) - GRAM + 1, min(1, len(words)))):
        numbers: dict[str, int] = {}
        yield tuple(
            str(numbers.setdefault(word.name, len(numbers))) + NAME if word.name else word.text
            for word in words[start : start + GRAM]
        )


def words_of_code(source: str, known: Set[str]) -> tuple[Word, ...]:
    """The normalised tokens of code, valid or not, with functions sorted by name.

    Args:
        source: the code.
        known: names that are not the student's choice, from `vocabulary`.
    """
    parts: list[tuple[str, list[Word]]] = [("", [])]
    tokens = [
        token for token in _tokens(source) if token.type not in (tokenize.COMMENT, tokenize.NL)
    ]
    brackets: list[bool] = []  # for each open one, whether it belongs to a call, index or literal
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        if after and token.string in ("def", "class", "async") and token.start[1] == 0:
            parts.append((after.string, []))
        if not (
            _is_docstring(token, before, after) or _is_grouping(token, before, after, brackets)
        ):
            text = _text(token, before, after, bool(brackets), known)
            if text:
                name = token.string if text == NAME else ""
                parts[-1][1].append(Word(text, name, token.start[0] - 1))
    ordered = sorted(parts, key=lambda part: part[0])
    return tuple(word for _, part in ordered for word in part)[:MAX_WORDS]


def words_of_prose(text: str) -> tuple[Word, ...]:
    """The words of a written answer, in lower case and without punctuation."""
    lines = enumerate(text.split("\n"))
    found = (Word(m[0].casefold(), "", n) for n, line in lines for m in PROSE.finditer(line))
    return tuple(found)[:MAX_WORDS]


def _owner(cell: Cell) -> str | None:
    """The question that a cell answers; "" for added code, None for all other cells."""
    if is_solution(cell) or is_manual(cell):
        return question_of(cell)
    return "" if is_added(cell) and cell["cell_type"] == "code" else None


def _answer(sources: Sequence[str], is_prose: bool, known: Set[str]) -> Answer:
    source = "\n".join(sources)[:MAX_SOURCE]
    words = words_of_prose(source) if is_prose else words_of_code(source, known)
    return Answer(source, words, is_prose)


def _tokens(source: str) -> list[tokenize.TokenInfo]:
    """The tokens of Python code; after a line that is not Python, those of each line by itself."""
    found: list[tokenize.TokenInfo] = []
    source = source.encode(errors="replace").decode()  # Python 3.12 refuses lone surrogates
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            found.append(token)
    except (tokenize.TokenError, SyntaxError):
        done = found[-1].end[0] if found else 0
        for number, line in enumerate(source.split("\n")[done:], done + 1):
            with contextlib.suppress(tokenize.TokenError, SyntaxError):
                for token in tokenize.generate_tokens(io.StringIO(line.strip()).readline):
                    found.append(token._replace(start=(number, token.start[1])))
    return found


def _is_docstring(
    token: tokenize.TokenInfo, before: tokenize.TokenInfo | None, after: tokenize.TokenInfo | None
) -> bool:
    """Whether a string stands alone, as docstrings and commented-out code do."""
    starts = before is None or before.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    return (
        token.type == tokenize.STRING
        and starts
        and (after is None or after.type in (tokenize.NEWLINE, tokenize.ENDMARKER))
    )


def _is_grouping(
    token: tokenize.TokenInfo,
    before: tokenize.TokenInfo | None,
    after: tokenize.TokenInfo | None,
    brackets: list[bool],
) -> bool:
    """Whether a token is a needless bracket or a trailing comma; updates the open brackets."""
    match token.string:
        case "[" | "{":
            brackets.append(True)
        case "(":
            called = (
                before is not None
                and before.string not in keyword.kwlist
                and (before.type == tokenize.NAME or before.string in (")", "]"))
            )
            brackets.append(called)
            return not called
        case ")" | "]" | "}":
            return bool(brackets) and not brackets.pop()
        case ",":
            return after is not None and after.string in (")", "]", "}")
    return False


def _text(
    token: tokenize.TokenInfo,
    before: tokenize.TokenInfo | None,
    after: tokenize.TokenInfo | None,
    is_inside: bool,
    known: Set[str],
) -> str:
    match token.type:
        case kind if kind in SKIPPED:
            return ""
        case tokenize.NAME:
            is_attribute = before is not None and before.string == "."
            is_keyword = is_inside and after is not None and after.string == "="
            return token.string if token.string in known or is_attribute or is_keyword else NAME
        case tokenize.NUMBER:
            return _number(token.string)
        case tokenize.STRING:
            text = token.string.lstrip("rRbBuUfF").strip("\"'")
            return f"'{text}'" if len(text.split()) == 1 else "''"
        case _:
            return token.string.strip()


def _number(text: str) -> str:
    """A number by its value: 1, 1. and 1e0 are the same."""
    try:
        return f"{float(text):g}"
    except ValueError:
        return text
