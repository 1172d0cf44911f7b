"""Scan the desk with wapiti, a scanner that is not ours: `python scripts/scan_desk.py WAPITI`.

The desk is opened on two students of the sample class, on loopback, and scanned twice: by a
stranger, and by a student who is signed in. Modules that ask other machines are left out, and so
are the lines on which pages wait for news and the way out. It ends with 1 if anything was found.
"""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
GRADER = (sys.executable, "-m", "grader")
ID = "two_layer_net"
CLASS = ("ada", "farah")
MODULES = (
    "backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,"
    "redirect,sql,timesql,upload,xss"
)
SCAN_S, ATTACK_S = 120, 30  # to look for pages, and for each module
WHOLE_S = 900  # then the scanner is ended


def main(arguments: Sequence[str]) -> int:
    """Scan, and print what was found.

    Args:
        arguments: the command of wapiti.
    """
    if len(arguments) != 1 or shutil.which(arguments[0]) is None:
        print("usage: python scripts/scan_desk.py WAPITI", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _make_class(root)
        with _served(root) as address:
            cookie = _signed_in(root, address)
            found = [
                line
                for who, given in (("a stranger", ""), (f"the student {CLASS[0]}", cookie))
                for line in _scanned(arguments[0], root, address, who, given)
            ]
    print("\n".join(found) or "nothing was found")
    return 1 if found else 0


def _make_class(root: Path) -> None:
    for name in ("course.yml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    for name in ("assignments", "solutions"):
        shutil.copytree(ROOT / name / ID, root / name / ID)
    rows = "".join(f"{student},{student.capitalize()},\n" for student in CLASS)
    (root / "roster.csv").write_text(f"id,first_name,role\n{rows}tea,Tea,teacher\n", "utf-8")
    for student in CLASS:
        work = ROOT / "examples" / "submitted" / student / ID
        shutil.copytree(work, root / "submitted" / student / ID)
    for words in (("autograde", ID), ("invite",)):
        subprocess.run([*GRADER, *words, "--quiet"], cwd=root, check=True, timeout=WHOLE_S)


@contextmanager
def _served(root: Path) -> Iterator[str]:
    """The address of the desk while it is open."""
    command = [*GRADER, "serve", "--port", "0", "--workers", "1"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout  # noqa: S101 — told to mypy
        try:
            told = server.stdout.readline()
            yield told.split(" at ")[1].split(";")[0]
        finally:
            server.terminate()


def _signed_in(root: Path, address: str) -> str:
    """The cookie of a student."""
    row = next(
        line
        for line in (root / "links.csv").read_text(encoding="utf-8").splitlines()
        if line.startswith(f"{CLASS[0]},")
    )
    token = row.split("/in/")[1].split(",")[0]
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", f"/in/{token}")
    cookie = connection.getresponse().headers["set-cookie"].split(";")[0]
    connection.close()
    return str(cookie)


def _scanned(wapiti: str, root: Path, address: str, who: str, cookie: str) -> list[str]:
    """What wapiti found, a line each."""
    report = root / f"{'student' if cookie else 'stranger'}.json"
    command = [wapiti, "--url", f"{address}/", "--scope", "domain", "--module", MODULES]
    command += ["--max-scan-time", str(SCAN_S), "--max-attack-time", str(ATTACK_S)]
    command += ["--store-session", str(root / "session"), "--store-config", str(root / "config")]
    command += ["--flush-session", "--no-bugreport", "--format", "json", "--output", str(report)]
    for path in (f"/assignments/{ID}", f"/assignments/{ID}/attempts/1", "/out", "/openid"):
        command += ["--start", address + path]
    for path in ("/out", "/news", f"/assignments/{ID}/attempts/1/events"):
        command += ["--exclude", address + path]
    if cookie:
        command += ["--cookie-value", cookie]
    subprocess.run(command, check=True, timeout=WHOLE_S, stdout=subprocess.DEVNULL)
    data = json.loads(report.read_text(encoding="utf-8"))
    print(f"{who}: {data['infos']['crawled_pages_nbr']} pages, {MODULES.count(',') + 1} modules")
    return [
        f"{who}: {kind}: {one['method']} {one['path']} {one['info']}"
        for kind, several in (data["vulnerabilities"] | data["anomalies"]).items()
        for one in several
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
