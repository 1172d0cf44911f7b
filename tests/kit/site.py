"""An archive with the names of a Python runtime for the browser, and no runtime in it."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

PACKAGES = {"numpy": "numpy-2-wasm32.whl", "matplotlib": "matplotlib-3-wasm32.whl"}


def archive_of_runtime(path: Path, *, with_packages: bool = True) -> Path:
    """Write the archive; `with_packages=False` leaves numpy and matplotlib out."""
    lock = {"packages": {name: {"file_name": file} for name, file in PACKAGES.items()}}
    files = {"pyodide.mjs": "", "pyodide-lock.json": json.dumps(lock)}
    if with_packages:
        files |= dict.fromkeys(PACKAGES.values(), "")
    with tarfile.open(path, "w:bz2") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"pyodide/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return path
