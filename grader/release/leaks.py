"""Finds secrets in a release. Lines are compared as tokens, wherever they are pasted.

The lines of solution regions, hidden_tests.py and mistakes.py are secret, and so are the hints of
messages.yml. A release is read as passages: every text in its notebook and files. Both sides are
cut into tokens, so that indentation, spacing, quotes, line breaks and comment signs make no
difference. Lines that say too little to be a secret (`return x`, imports, loop headers, unpacking
of shapes) do not count.
"""

from __future__ import annotations

import ast
import base64
import binascii
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from grader.course.solution import definition_lines, solution_region
from grader.judge.wording import all_hints
from grader.notebook import Cell, Notebook, cell_name, grade_id, is_solution

__all__ = ["Passage", "Secret", "find_leaks", "passages", "secrets"]

TOKEN = re.compile(r"\w+|[^\w\s]")
IGNORED = re.compile(r"[#`\\]|\.(?=\s|$)|(?<!\w)[>|](?=\s)", re.MULTILINE)
BULLET = re.compile(r"^[ \t>#]*(?:[-*+]|\d+\.)[ \t]+", re.MULTILINE)
TRAILING_COMMA = re.compile(r",\s*([)\]}])")
MATHS = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
PRINTABLE = re.compile(rb"[\t\n\r\x20-\x7e]{8,}")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
RIGHT_SIDE = re.compile(r'^(?:return|[\w ,."\[\]]+? (?:[-+*/@] )?=) ([^=].*)$')
WRAPPED = re.compile(r"^(return |[^()]*?= )\(([^()]*)\)$")  # brackets that only allow a line break
OPERATORS = frozenset("+-*/@%<>&|^~")
CONTINUES = frozenset("+-*/@%.[(")  # after a match, the line goes on and says something else
PRECEDES = frozenset("+-*/@%.")
KEYWORDS = frozenset(
    "and as assert break class continue def elif else for from if import in is lambda None not "
    "or pass raise return True False while with yield".split()
)
# Token patterns of lines that everybody writes the same way.
BOILERPLATE = re.compile(
    r"(?:import|from) .*"
    r"|raise NotImplementedError.*"
    r'|[\w ,]+ = \w+(?: \. shape(?: \[ \d+ \])?| \[ "? ?\w+ ?"? \])?'
    r'(?: , \w+(?: \. shape(?: \[ \d+ \])?| \[ "? ?\w+ ?"? \])?)*'
    r"|for [\w ,]+ in (?:range|enumerate|zip|reversed|np \. ndindex) \( [\w .,\[\]]* \) :"
    r"|\w+ = np \. (?:zeros|ones|empty)(?:_like)? \( [\w .,\[\]()]* \)"
    r"|\w+ = np \. random \. default_rng \( \w* \)"
    r"|\w+ = \w+ \. copy \( \)"
    r"|(?:plt|ax|axes|fig|figure) \. .*|fig , \w+ = plt .*"
)
LONG = 8  # lines of this weight or more are secret inside longer lines and formulas too
LIGHTEST = {"solution": 4, "right side": 6, "hidden_tests.py": 6, "mistakes.py": 4, "prose": 6}


@dataclass(frozen=True)
class Secret:
    """Something that must not be released.

    Args:
        tokens: its tokens, with a blank between two of them and at both ends.
        origin: where it is from, for the message.
        sample: the text as it is there.
        is_short: whether it counts only as a whole line and outside formulas.
    """

    tokens: str
    origin: str
    sample: str
    is_short: bool = False


@dataclass(frozen=True)
class Passage:
    """A text of the release.

    Args:
        place: the cell or file, for the message.
        tokens: all of its tokens.
        plain: its tokens without mathematical formulas.
    """

    place: str
    tokens: str
    plain: str


def find_leaks(secret: Iterable[Secret], released: Iterable[Passage]) -> list[str]:
    """Find the secrets that a release shows.

    Args:
        secret: what must not be released.
        released: all texts of the release.

    Returns:
        One line for each place and origin: where, what, and the remedy.
    """
    found: dict[tuple[str, str], Secret] = {}
    released = list(released)
    for item in secret:
        for passage in released:
            if _shows(passage, item):
                found.setdefault((passage.place, item.origin), item)
    return [
        f"{place}: shows {item.origin}: {item.sample!r}; reword or remove it there"
        for (place, _), item in found.items()
    ]


def _shows(passage: Passage, item: Secret) -> bool:
    if not item.is_short:
        return item.tokens in passage.tokens
    start = passage.plain.find(item.tokens)
    while start >= 0:
        before = passage.plain[:start].rstrip()[-1:]
        after = passage.plain[start + len(item.tokens) :].lstrip()[:1]
        if before not in PRECEDES and after not in CONTINUES:
            return True
        start = passage.plain.find(item.tokens, start + 1)
    return False


def _tokens(text: str) -> str:
    text = TRAILING_COMMA.sub(r"\1", IGNORED.sub(" ", text)).replace("'", '"')
    return f" {' '.join(TOKEN.findall(text))} "


def passages(release: Notebook, name: str, files: dict[str, bytes]) -> Iterator[Passage]:
    """Yield everything readable in a release: cells with metadata and attachments, other files.

    Args:
        release: the student notebook.
        name: its file name, for messages.
        files: the other files, by name; archives are opened.
    """
    yield _passage(f"{name}: its metadata", "\n".join(_strings(release.get("metadata"))))
    for cell in release["cells"]:
        place = f"{name}: cell {cell_name(cell)!r}"
        yield _passage(place, cell["source"], is_prose=cell["cell_type"] != "code")
        rest = {key: value for key, value in cell.items() if key != "source"}
        yield _passage(f"{place}, beside its source", "\n".join(_strings(rest)))
    for file, data in files.items():
        yield _passage(file, f"{file}\n{_readable(data)}", is_prose=file.endswith((".md", ".txt")))


def _passage(place: str, text: str, *, is_prose: bool = False) -> Passage:
    if not is_prose:
        return Passage(place, _tokens(text), _tokens(text))
    text = BULLET.sub("", text)
    return Passage(place, _tokens(text), _tokens(MATHS.sub(" . ", text)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, str):
        yield value
        yield from _decoded(value)


def _decoded(value: str) -> Iterator[str]:
    """The content of an attachment, if it is text in base64."""
    try:
        yield base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return


def _readable(data: bytes) -> str:
    if zipfile.is_zipfile(io.BytesIO(data)):  # .npz too
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join(f"{n}\n{_readable(archive.read(n))}" for n in archive.namelist())
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(text.decode("ascii") for text in PRINTABLE.findall(data))


def secrets(
    source: Notebook, release: Notebook, hidden_tests: str, mistakes: str, messages: str = ""
) -> list[Secret]:
    """What a release must not show.

    Args:
        source: the solution notebook.
        release: the student notebook; lines of code that its answer cells still show are public.
        hidden_tests: text of hidden_tests.py.
        mistakes: text of mistakes.py, "" if there is none.
        messages: text of messages.yml, whose hints are as secret as those in mistakes.py.

    Raises:
        JudgeError: messages.yml cannot be read.
        SyntaxError: hidden_tests.py or mistakes.py is not Python.
    """
    stubs = {
        name: cell for cell in release["cells"] if is_solution(cell) and (name := grade_id(cell))
    }
    names = {name for cell in stubs.values() for name in definition_lines(cell["source"])}
    public = {name: set(_code_lines(cell)) for name, cell in stubs.items()}
    weigh = _Scale(names)
    taken = {grade_id(cell) for cell in release["cells"]}
    found = [*_of_files(), *_of_tests(hidden_tests, taken, weigh)]
    for cell in filter(is_solution, source["cells"]):
        name = grade_id(cell) or ""
        found += _of_solution(cell, name, public.get(name, set()), weigh)
    found += _of_mistakes(mistakes, set().union(*public.values()), weigh)
    for hint in all_hints(messages):
        found += _of_prose(hint, "a hint of messages.yml", weigh)
    return list({item.tokens: item for item in reversed(found)}.values())[::-1]


class _Scale:
    """Weighs a line by the number of names, numbers and operators in it that say something."""

    def __init__(self, public_names: Iterable[str]) -> None:
        calls = "|".join(map(re.escape, sorted(public_names)))
        self._public_call = re.compile(rf" (?:{calls}) \( [^()]*\)" if calls else "(?!)")

    def __call__(self, tokens: str) -> int:
        """Weight of a line; a call of a function that students write counts as one word."""
        if BOILERPLATE.fullmatch(tokens.strip()):
            return 0
        words = self._public_call.sub(" call ", tokens).split()
        if not any(word[0].isalpha() and word not in KEYWORDS for word in words):
            return 0
        return sum(
            word in OPERATORS or ((word[0].isalnum() or word[0] == "_") and word not in KEYWORDS)
            for word in words
        )


def _code_lines(stub: Cell) -> Iterator[str]:
    """Token lines of a stub's code, without docstrings and comments, which may hold leaks."""
    hidden = _docstring_lines(stub["source"])
    for number, line in enumerate(stub["source"].split("\n"), 1):
        if number not in hidden and not line.lstrip().startswith("#"):
            yield _tokens(line)


def _docstring_lines(source: str) -> set[int]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(
            node
        ):
            text = node.body[0]
            found.update(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    return found


def _lines(code: str) -> Iterator[str]:
    """The lines of the code; an expression over several lines comes once more as one line."""
    open_lines: list[str] = []
    depth = 0
    for line in code.split("\n"):
        yield line
        open_lines.append(line)
        depth += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
        if depth <= 0:
            if len(open_lines) > 1:
                yield WRAPPED.sub(r"\1\2", " ".join(part.strip() for part in open_lines))
            open_lines, depth = [], 0


def _of_code(code: str, origin: str, lightest: int, weigh: _Scale) -> Iterator[Secret]:
    for line in _lines(code):
        tokens = _tokens(line)
        weight = weigh(tokens)
        if weight >= lightest:
            yield Secret(tokens, origin, line.strip(), weight < LONG)


def _right_sides(code: str, origin: str, weigh: _Scale) -> Iterator[Secret]:
    """The expressions that are assigned or returned, which leak in a visible check too."""
    for line in _lines(code):
        match = RIGHT_SIDE.match(_tokens(line).strip())
        if match and weigh(f" {match[1]} ") >= LIGHTEST["right side"]:
            yield Secret(f" {match[1]} ", origin, line.strip(), is_short=True)


def _of_solution(cell: Cell, name: str, public: set[str], weigh: _Scale) -> Iterator[Secret]:
    origin = f"the solution of {name!r}"
    region = solution_region(cell["source"])
    if cell["cell_type"] != "code":
        yield from _of_prose(region, origin, weigh)
        return
    code = "\n".join(line for line in region.split("\n") if not re.match(r"\s*(def|class|@)", line))
    for item in _of_code(code, origin, LIGHTEST["solution"], weigh):
        if item.tokens not in public:
            yield item
    yield from _right_sides(code, origin, weigh)


def _of_prose(text: str, origin: str, weigh: _Scale) -> Iterator[Secret]:
    for sentence in SENTENCE_END.split(text):
        tokens = _tokens(sentence)
        if weigh(tokens) >= LIGHTEST["prose"]:
            yield Secret(tokens, origin, sentence.strip())


def _of_files() -> Iterator[Secret]:
    for name, file in (("hidden_tests", "hidden_tests.py"), ("mistakes.py", "mistakes.py")):
        yield Secret(_tokens(name), f"the name of {file}", name)
    yield Secret(_tokens("messages.yml"), "the name of messages.yml", "messages.yml")


def _of_tests(text: str, taken: set[str | None], weigh: _Scale) -> Iterator[Secret]:
    """Code of the hidden tests and their names; not the docstrings, which students read anyway."""
    docstrings = _docstring_lines(text)
    lines = text.split("\n")
    code = "\n".join("" if n in docstrings else line for n, line in enumerate(lines, 1))
    yield from _of_code(code, "hidden_tests.py", LIGHTEST["hidden_tests.py"], weigh)
    for node in ast.parse(text, "hidden_tests.py").body:
        if not isinstance(node, ast.FunctionDef) or node.name in taken:
            continue
        if node.name.startswith("test_"):
            yield Secret(f" {node.name} ", "the name of a hidden test", node.name)


def _of_mistakes(text: str, public: set[str], weigh: _Scale) -> Iterator[Secret]:
    """Ids, hints and code: every string in the file except its docstring."""
    docstrings = _docstring_lines(text)
    for node in ast.walk(ast.parse(text, "mistakes.py")):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if node.lineno in docstrings:
            continue
        if re.fullmatch(r"\w+\.\w+", node.value):
            yield Secret(_tokens(node.value), "an id of mistakes.py", node.value)
        elif "\n" in node.value:
            code = re.sub(r"(?m)^\s*(?:def|class|@).*$", "", node.value)
            for item in _of_code(code, "mistakes.py", LIGHTEST["mistakes.py"], weigh):
                if item.tokens not in public:
                    yield item
        else:
            yield from _of_prose(node.value, "a hint of mistakes.py", weigh)
