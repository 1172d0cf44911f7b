"""The versions that a notebook was graded with."""

from __future__ import annotations

import platform
from typing import Any

import matplotlib
import numpy as np

from grader import __version__
from grader.system.versions import versions_of, with_versions


def test_a_notebook_says_what_it_was_graded_with() -> None:
    before: dict[str, Any] = {
        "cells": [],
        "metadata": {"grader": {"language": "de"}, "kernelspec": {}},
    }
    after = with_versions(before)
    assert versions_of(after) == (
        f"Python {platform.python_version()}, numpy {np.__version__}, "
        f"matplotlib {matplotlib.__version__}, Chainrule {__version__}"
    )
    assert after["metadata"]["grader"]["language"] == "de"
    assert versions_of(before) == ""


def test_without_a_notebook_no_version_is_told() -> None:
    assert versions_of(None) == ""
    assert versions_of({"metadata": {}}) == ""
