"""What hidden tests can reach, read from the sources without running them.

A variant changes what some names mean. Only questions whose tests can reach such a name, in the
tests' own code or through definitions of the solution, can judge it differently from the solution.
So the proof asks these questions alone as further students, and proves a question again only if
something has changed that its variants depend on.

What cannot be told counts as reached: a name in a string may be called, and parts of names may be
put together. Of comments and docstrings nothing depends.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.judge.declared import question_of_test
from grader.notebook import Notebook, question_of
from grader.release.variants import Variant, is_answer, kept_code

__all__ = ["Reach"]

WORD = re.compile(r"\w+")
MOST_READ = 4096  # texts whose statements are kept
SHORTEST_PART = 3  # letters of a string that may be a part of a name
ANYTHING = {"__import__", "eval", "exec", "globals", "locals", "modules"}  # they reach any name
OF_PYTEST = re.compile(r"Test|pytest|setup|teardown")  # it calls or reads these by itself
NAMING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTING = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class _Statement:
    """One statement at the top of a module.

    Args:
        text: its code, without comments and docstrings.
        names: what it defines; empty if that cannot be told, so that it always counts.
        words: names that it uses, also in strings.
        asked: the words without those that it takes from the reference, which runs no variant.
        strings: those of the words that are a string of their own, perhaps a part of a name.
    """

    text: str
    names: frozenset[str]
    words: frozenset[str]
    asked: frozenset[str]
    strings: frozenset[str]

    def is_used(self, words: Collection[str]) -> bool:
        return not self.names or not self.names.isdisjoint(words)


class Reach:
    """What the tests of each question can reach.

    Args:
        hidden_tests: text of hidden_tests.py.
        source: the solution notebook.
    """

    def __init__(self, hidden_tests: str, source: Notebook) -> None:
        self._tests: dict[str, list[_Statement]] = {}
        self._module: list[_Statement] = []
        for node in ast.parse(hidden_tests).body:
            question = question_of_test(node)
            place = self._tests.setdefault(question, []) if question else self._module
            place += _statements(ast.unparse(node))
        self._solution = list(_definitions(source))
        self._cells = {
            question_of(cell): list(_statements(cell["source"]))
            for cell in filter(is_answer, source["cells"])
        }
        self._asked = {question: self._asked_by(question) for question in self._tests}

    def judges(self, variant: Variant) -> tuple[str, ...]:
        """The questions that can judge a variant differently from the solution; its own is one.

        Args:
            variant: the variant.
        """
        changed = list(_statements(variant.code))
        if not all(statement.names for statement in changed):
            return tuple(dict.fromkeys([variant.question, *self._tests]))
        names = frozenset[str]().union(*(statement.names for statement in changed))
        others = [q for q, asked in self._asked.items() if not names.isdisjoint(asked)]
        return tuple(dict.fromkeys([variant.question, *others]))

    def texts(self, variants: Sequence[Variant], questions: Iterable[str]) -> list[str]:
        """All code that the scores of some variants depend on.

        Args:
            variants: the variants.
            questions: those that judge them.
        """
        tests = [s for q in sorted(questions) for s in self._used_by(q)]
        own = [s for q in sorted({v.question for v in variants}) for s in self._cells.get(q, ())]
        changed = [s for variant in variants for s in _statements(variant.code)]
        words = _words([*tests, *own, *changed]) | self._composed(tests)
        reached = _closure(self._solution, words)
        return [statement.text for statement in (*tests, *own, *changed, *reached)]

    def _used_by(self, question: str) -> list[_Statement]:
        """The tests of a question, and what they use of the module."""
        tests = self._tests.get(question, [])
        return [*tests, *_closure(self._module, _words(tests))]

    def _asked_by(self, question: str) -> frozenset[str]:
        """The names that student code may look up while the tests of a question run."""
        tests = self._used_by(question)
        words = frozenset[str]().union(*(statement.asked for statement in tests))
        words |= self._composed(tests)
        reached = _closure(self._solution, words)
        return (words | _words(reached)).union(*(statement.names for statement in reached))

    def _composed(self, tests: Iterable[_Statement]) -> frozenset[str]:
        """Names of the solution that the tests may have put together from strings."""
        names = {name for statement in self._solution for name in statement.names}
        parts = {part for statement in tests for part in statement.strings}
        parts = {part for part in parts if len(part) >= SHORTEST_PART}
        return frozenset(name for name in names if any(part in name for part in parts))


def _closure(statements: Sequence[_Statement], words: frozenset[str]) -> list[_Statement]:
    """The statements that words lead to, directly or through others, in their order."""
    known: frozenset[str] = frozenset()
    while known != words and not words & ANYTHING:
        known, used = words, [s for s in statements if s.is_used(words)]
        words = words | _words(used)
    return list(statements) if words & ANYTHING else [s for s in statements if s.is_used(words)]


def _words(statements: Iterable[_Statement]) -> frozenset[str]:
    return frozenset[str]().union(*(statement.words for statement in statements))


def _definitions(source: Notebook) -> Iterator[_Statement]:
    """What a notebook defines for the reference and for variants."""
    for cell in source["cells"]:
        if cell["cell_type"] == "code":
            yield from _statements(kept_code(cell))


@lru_cache(MOST_READ)
def _statements(code: str) -> tuple[_Statement, ...]:
    """The statements of some code, which is read once: a variant's is asked for several times."""
    return tuple(_read(code))


def _read(code: str) -> Iterator[_Statement]:
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, *NAMING)) and ast.get_docstring(node, clean=False):
            node.body[:1] = [] if isinstance(node, ast.Module) else [ast.Pass()]
    for node in tree.body:
        found = list(_found(node))
        yield _Statement(
            ast.unparse(node),
            frozenset() if _is_common(node) else frozenset(_names(node)),
            frozenset(word for word, _ in found),
            frozenset(word for word, origin in found if origin != "reference"),
            frozenset(word for word, origin in found if origin == "string"),
        )


def _is_common(node: ast.stmt) -> bool:
    """Whether pytest calls or reads it without a test that names it."""
    if not isinstance(node, NAMING):
        return False
    fixture = " ".join(map(ast.unparse, node.decorator_list))
    return bool(OF_PYTEST.match(node.name)) or "autouse" in fixture


def _names(node: ast.stmt) -> Iterator[str]:
    """What a statement defines; nothing if it may do more than that."""
    if isinstance(node, NAMING):
        yield node.name
        for inner in ast.walk(node):
            if isinstance(inner, ast.Global):
                yield from inner.names
    elif isinstance(node, IMPORTING):
        names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        yield from () if "*" in names else names
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        is_plain = len(names) == len(targets) and "pytestmark" not in names
        yield from names if is_plain else ()


def _found(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """The words of a statement, each with where it stands: code, string or reference."""
    for inner in ast.walk(node):
        match inner:
            case ast.Attribute(value=ast.Name(id="reference"), attr=name):
                yield name, "reference"
            case ast.Attribute(attr=name) | ast.Name(id=name):
                yield name, "code"
            case ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield name, "code"
            case ast.alias(name=name):
                yield name.rpartition(".")[2], "code"
            case ast.Constant(value=str(text)):
                origin = "string" if WORD.fullmatch(text) else "code"
                yield from ((word, origin) for word in WORD.findall(text))
