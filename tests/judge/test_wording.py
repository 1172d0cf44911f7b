"""Every sentence is in one place, and a second language needs no other."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from diagnosis import SOLUTIONS, Trials

from grader.errors import JudgeError
from grader.judge.catalogue import Catalogue
from grader.judge.wording import GENERIC, Wording, all_hints, say, speaking
from grader.locale import translations
from tests.kit.files import ROOT
from tests.kit.pseudo import LANGUAGE, pseudo, write_translation

NAMES = [path.parent.name for path in sorted(SOLUTIONS.glob("*/messages.yml"))]
TEXTS = {name: (SOLUTIONS / name / "messages.yml").read_text(encoding="utf-8") for name in NAMES}
TESTS = {
    name: ast.parse((SOLUTIONS / name / "hidden_tests.py").read_text(encoding="utf-8"))
    for name in NAMES
}


def said(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """Every key that stands in a call of `say`, with the names of the values."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
            for key in ast.walk(node.args[0]):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, {str(keyword.arg) for keyword in node.keywords}


def wanted(sentence: str) -> set[str]:
    fields = string.Formatter().parse(sentence)
    return {name for _, name, _, _ in fields if name}


def test_every_assignment_has_its_sentences_in_one_file() -> None:
    assert set(NAMES) == {path.parent.name for path in SOLUTIONS.glob("*/mistakes.py")}


@pytest.mark.parametrize("name", NAMES)
def test_every_hidden_test_and_every_mistake_has_its_sentence(name: str) -> None:
    wording = Wording.from_text(TEXTS[name])
    functions = [node for node in TESTS[name].body if isinstance(node, ast.FunctionDef)]
    tests = {node.name for node in functions if node.name.startswith("test_")}
    assert set(wording.claims) == tests
    mistakes = (SOLUTIONS / name / "mistakes.py").read_text(encoding="utf-8")
    assert set(wording.hints) == {m.id for m in Catalogue.from_source(mistakes).mistakes}


@pytest.mark.parametrize("name", NAMES)
def test_no_sentence_has_marks_of_markdown_which_a_page_would_show(name: str) -> None:
    wording = Wording.from_text(TEXTS[name])
    for sentences in (wording.claims, wording.hints, wording.remarks, wording.generic):
        assert not [sentence for sentence in sentences.values() if "`" in sentence]


# What a hint may name: what stands in the formulas and examples of the notebook (0, 1, 2, a label,
# 0.1966), and what anybody would try.
DIGITS = {"0", "1", "2", "3", "0.01", "0.1", "0.1966", "100", "1000"}


@pytest.mark.parametrize("name", NAMES)
def test_no_hint_names_a_number_that_only_the_hidden_tests_know(name: str) -> None:
    for hint in Wording.from_text(TEXTS[name]).hints.values():
        assert set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?", hint)) <= DIGITS, hint


def test_no_sentence_on_a_form_names_a_number_but_those_that_are_filled_in() -> None:
    for key, sentence in GENERIC.items():
        text = sentence if isinstance(sentence, str) else " ".join(sentence)
        digits = set(re.findall(r"\d+", re.sub(r"\{[^}]*\}", "", text)))
        assert digits <= {"0", "2"}, key  # zero, and the base of a logarithm


@pytest.mark.parametrize("name", NAMES)
def test_every_remark_is_written_filled_in_and_used(name: str) -> None:
    remarks = Wording.from_text(TEXTS[name]).remarks
    calls = list(said(TESTS[name]))
    assert len(calls) > 20
    for key, values in calls:
        assert wanted(remarks[key]) <= values, key
    keys = {node.value for node in ast.walk(TESTS[name]) if isinstance(node, ast.Constant)}
    assert set(remarks) <= keys


def test_every_sentence_of_the_judge_is_written() -> None:
    for path in (ROOT / "grader" / "judge").glob("*.py"):
        for key, values in said(ast.parse(path.read_text(encoding="utf-8"))):
            if key in GENERIC:
                written = GENERIC[key]
                sentences = [written] if isinstance(written, str) else written
                for sentence in sentences:
                    assert wanted(sentence) <= values | {"shape", "expected"}, key


def test_a_missing_sentence_costs_no_grade() -> None:
    assert say("no_such_thing", count=3) == "no such thing"


def test_an_error_in_a_translation_falls_back_to_english() -> None:
    with speaking(Wording(generic={"no_key": "{nome} manca"})):
        assert say("no_key", name="grads", key="W1") == "grads has no key 'W1'"


def test_what_a_language_lacks_is_said_in_english() -> None:
    text = "en:\n  hints: {a: Look., b: Think.}\nde:\n  hints: {a: Schau hin.}\n"
    assert Wording.from_text(text, "de").hints == {"a": "Schau hin.", "b": "Think."}
    assert Wording.from_text(text, "fr").hints == {"a": "Look.", "b": "Think."}
    assert sorted(all_hints(text)) == ["Look.", "Schau hin.", "Think."]


@pytest.mark.parametrize(
    "text", ["en: [", "- a", "en: words", "en:\n  hints: words", "en: 3", "en: {hints: [a]}"]
)
def test_a_broken_file_is_one_line(text: str) -> None:
    with pytest.raises(JudgeError, match=r"^messages\.yml: [^\n]+$"):
        Wording.from_text(text)


GERMAN = """
de:
  claims: {test_update_of_the_biases: b1 und b2 gehen denselben Schritt.}
  hints: {sgd_update.weights_only: Zwei der vier Parameter bleiben stehen.}
  remarks: {entry_after_update: "params[{key!r}] nach dem Schritt"}
  generic:
    entry_at: "{name} bei {entry}"
    other_numbers: "{name} sollte {expected} sein, ist aber {found}"
"""


@pytest.mark.slow
def test_a_second_language_reaches_claim_hint_and_remark(tmp_path: Path) -> None:
    with TemporaryDirectory() as folder:
        trials = Trials("two_layer_net", Path(folder))
        trials.wording = Wording.from_text(TEXTS["two_layer_net"] + GERMAN, "de")
        source = (SOLUTIONS / "two_layer_net" / "mistakes.py").read_text(encoding="utf-8")
        trials.catalogue = Catalogue.from_source(source, trials.wording.hints)
        (mistake,) = (m for m in trials.catalogue.mistakes if m.id == "sgd_update.weights_only")
        trial = trials.judge("sgd_update", mistake.code)
    (check,) = (check for check in trial.checks if not check.passed and check.points == 0)
    assert check.claim == "b1 und b2 gehen denselben Schritt."
    assert check.message.startswith("params['b1'] nach dem Schritt bei [")
    assert " sollte " in check.message
    assert trial.hints == ("Zwei der vier Parameter bleiben stehen.",)


def test_a_mistake_without_a_hint_anywhere_is_our_error() -> None:
    source = (
        "from grader.judge.catalogue import Mistake\n"
        "MISTAKES = [Mistake(id='a.b', question='a', code='def a(): pass')]\n"
    )
    with pytest.raises(JudgeError, match=r"no hint for 'a\.b'"):
        Catalogue.from_source(source, {})
    assert Catalogue.from_source(source, {"a.b": "Look."}).mistakes[0].hint == "Look."


def test_the_kits_translation_goes_before_other_words_in_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_translation(tmp_path)
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    text = "en:\n  generic: {changed: 'mind {name}', ragged: 'ragged {name}'}\n"
    own = f"{text}{LANGUAGE}:\n  generic: {{ragged: 'own {{name}}'}}\n"
    with speaking(Wording.from_text(own, LANGUAGE)):
        assert say("changed", name="x") == pseudo(str(GENERIC["changed"])).format(name="x")
        assert say("ragged", name="x") == "own x"
    with speaking(Wording.from_text(own, "fr")):
        assert say("changed", name="x") == "mind x"
