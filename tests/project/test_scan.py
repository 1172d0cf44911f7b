"""The scanner of the desk is asked for by its command; what it finds is for `make nightly`."""

from __future__ import annotations

import subprocess
import sys

from tests.kit.files import ROOT

SCRIPT = ROOT / "scripts" / "scan_desk.py"


def test_without_a_scanner_the_script_says_how_it_is_used() -> None:
    command = [sys.executable, str(SCRIPT), "no-such-wapiti"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and done.stderr.startswith("usage: ")


def test_nightly_scans_with_the_versions_of_the_scanners_lock() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "scripts/scan_desk.py $(VENV)/scanner/bin/wapiti" in makefile
    lock = (ROOT / "requirements-scan.lock").read_text(encoding="utf-8")
    assert "wapiti3==" in lock and "--hash=sha256:" in lock
