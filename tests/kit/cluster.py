"""A real Dask cluster on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT_S = 120  # on a busy machine everything takes long


@contextmanager
def started(program: str, folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{program}", "--no-dashboard"]
    with (folder / f"{program}.log").open("ab") as log:
        process = subprocess.Popen([*command, *arguments], cwd=folder, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def noted(note: Path) -> str:
    """The address in a file that the scheduler may still be writing."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        try:
            return str(json.loads(note.read_text())["address"])
        except (FileNotFoundError, json.JSONDecodeError):
            time.sleep(0.1)
    raise AssertionError(f"{note}: no scheduler has written it")


@contextmanager
def cluster(folder: Path, workers: int, *options: str) -> Iterator[str]:
    """Start a scheduler with some workers; gives its address."""
    note = folder / "scheduler.json"
    with started(
        "scheduler", folder, "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(note)
    ):
        address = noted(note)
        joined = ["--nworkers", str(workers), "--nthreads", "1", "--local-directory", str(folder)]
        with started("worker", folder, address, *joined, *options):
            wait_for(address, workers)
            yield address


def wait_for(address: str, workers: int) -> None:
    from distributed import Client

    with Client(address, timeout=WAIT_S, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=WAIT_S)
