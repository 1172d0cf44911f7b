"""Names from a download are made safe before they are shown."""

from __future__ import annotations

from grader.intake.naming.handed import shown


def test_a_name_is_shown_as_it_is_and_a_terminals_commands_are_not() -> None:
    assert shown("Bob O'Brien, Zoë (3).ipynb") == "Bob O'Brien, Zoë (3).ipynb"
    assert shown("शर्मा, José") == "शर्मा, José"
    assert shown("\x1b[31m\u202ered\n") == "??31m?red?"
