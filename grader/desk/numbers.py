"""Numbers in addresses: at most nine digits, so that Python and every database can hold them.

A longer one matches no address, and so finds the page for what is not there.
"""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor  # codespell:ignore

__all__ = ["ID", "NUMBER"]

NUMBER = "{number:short}"  # of an attempt
ID = "{id:short}"


class _Short(Convertor[int]):  # codespell:ignore
    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("short", _Short())
