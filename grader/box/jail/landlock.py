"""Landlock: which files the box may open, under any uid (Linux 5.13 and later)."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from grader.box.jail import kernel

__all__ = ["abi", "restrict"]

CREATE_RULESET_VERSION = 1  # asks for the version instead of making a rule set
RULE_PATH_BENEATH = 1
PR_SET_NO_NEW_PRIVS = 38
READ_FILE, READ_DIR = 1 << 2, 1 << 3
EXECUTE = 1 << 0
ALL_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
ALL_LATEST = (1 << 16) - 1  # from version 5 on, with device control
FILE_RIGHTS = EXECUTE | 1 << 1 | READ_FILE | 1 << 14 | 1 << 15  # rights that fit a plain file
NET_BIND_AND_CONNECT = 3  # version 4
SCOPE_SOCKETS_AND_SIGNALS = 3  # version 6: abstract sockets, signals


def abi() -> int:
    """The kernel's Landlock version; 0 when there is none."""
    try:
        no_size = ctypes.c_size_t(0)
        return kernel.call("landlock_create_ruleset", None, no_size, CREATE_RULESET_VERSION)
    except OSError:
        return 0


def restrict(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """Allow this process and its children to open these files and nothing else, for good.

    TCP (version 4), abstract sockets and signals to the outside (version 6) are refused too,
    if the kernel has that version.

    Args:
        readable: files and folders that may be read, with all that is in them.
        writable: files and folders that may be read and changed, but not executed.

    Raises:
        OSError: there is no Landlock.
    """
    version = abi()
    handled = ALL_BY_ABI.get(version, ALL_LATEST)
    ruleset = _create(version, handled)
    for path in readable:
        _allow(ruleset, path, READ_FILE | READ_DIR)
    for path in writable:
        _allow(ruleset, path, handled & ~EXECUTE)
    kernel.prctl(PR_SET_NO_NEW_PRIVS, 1)
    kernel.call("landlock_restrict_self", ruleset, 0)
    os.close(ruleset)


def _create(version: int, handled: int) -> int:
    fields = [handled]
    if version >= 4:
        fields.append(NET_BIND_AND_CONNECT)
    if version >= 6:
        fields.append(SCOPE_SOCKETS_AND_SIGNALS)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    return kernel.call("landlock_create_ruleset", attributes, ctypes.c_size_t(len(attributes)), 0)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # not every distribution has every folder
    try:
        allowed = rights if path.is_dir() else rights & FILE_RIGHTS
        rule = struct.pack("=Qi", allowed, descriptor)
        kernel.call("landlock_add_rule", ruleset, RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)
