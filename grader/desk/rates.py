"""How often somebody may try: buckets that fill again with time, kept in memory.

Each server counts for itself, and begins anew when it starts. That is enough to hold up who guesses
or floods, and it costs no write to the database.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

from starlette.requests import HTTPConnection

__all__ = ["Bucket", "Rates", "Slots", "TooOften", "address_of"]

MOST_KEYS = 50_000  # then those who were not seen for longest are forgotten
NEIGHBOURS_BITS = 64  # of an IPv6 address: one household or laboratory has all of them


class TooOften(Exception):
    """Somebody tries too often.

    Args:
        wait_s: seconds until the next try is granted.
    """

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class Bucket:
    """Grants `most` tries at once, and then `per_minute`, to each key.

    Args:
        most: tries that may come at once.
        per_minute: tries that are granted again in a minute.
        clock: the time in seconds, from any moment on.
    """

    def __init__(
        self, most: int, per_minute: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._per_s, self._clock = most, per_minute / 60, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._turn = threading.Lock()

    def take(self, key: str) -> int:
        """Count a try.

        Returns:
            0 if it is granted, else the seconds until the next one is.
        """
        with self._turn:
            left = self._now(key)
            if left < 1:
                return self._wait(left)
            self._keep(key, left - 1)
            return 0

    def wait(self, key: str) -> int:
        """The seconds until a try is granted; 0 if one is now. It does not count as a try."""
        with self._turn:
            return self._wait(self._now(key))

    def _now(self, key: str) -> float:
        left, since = self._left.get(key, (float(self._most), 0.0))
        return min(self._most, left + (self._clock() - since) * self._per_s)

    def _wait(self, left: float) -> int:
        return 0 if left >= 1 else math.ceil((1 - left) / self._per_s)

    def _keep(self, key: str, left: float) -> None:
        self._left[key] = (left, self._clock())
        self._left.move_to_end(key)
        while len(self._left) > MOST_KEYS:
            self._left.popitem(last=False)


class Slots:
    """Lets each key have so many of something at once.

    Args:
        most: how many.
    """

    def __init__(self, most: int) -> None:
        self._most, self._turn = most, threading.Lock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one(self, key: str) -> Iterator[bool]:
        """Hold one of a key's slots; yields whether there was one left."""
        with self._turn:
            is_free = self._taken[key] < self._most
            self._taken[key] += is_free
        try:
            yield is_free
        finally:
            with self._turn:
                self._taken[key] -= is_free
                if not self._taken[key]:
                    del self._taken[key]


@dataclass(frozen=True)
class Rates:
    """The limits of a desk. A lecture hall is one address, so addresses get more than people.

    Args:
        failed: sign-ins of an address that failed, by link, by a program's token or by a provider.
        begun: sign-ins of an address that went to the provider.
        signed_in: sign-ins of a person.
        uploads: notebooks of a person.
        uploads_there: notebooks of an address.
        lines: connections on which a person waits for news, all at once.
    """

    failed: Bucket = field(default_factory=lambda: Bucket(60, 60))
    begun: Bucket = field(default_factory=lambda: Bucket(600, 300))
    signed_in: Bucket = field(default_factory=lambda: Bucket(20, 10))
    uploads: Bucket = field(default_factory=lambda: Bucket(30, 30))
    uploads_there: Bucket = field(default_factory=lambda: Bucket(1000, 600))
    lines: Slots = field(default_factory=lambda: Slots(8))

    def may_sign_in(self, address: str) -> None:
        """See that sign-ins from an address did not fail too often just now.

        Raises:
            TooOften: they did.
        """
        _within(self.failed.wait(address))

    def begin(self, address: str) -> None:
        """Count a browser that goes to the provider.

        Raises:
            TooOften: there were too many from this address.
        """
        self.may_sign_in(address)
        _within(self.begun.take(address))

    def sign_in(self, person: str) -> None:
        """Count a sign-in of a person.

        Raises:
            TooOften: there were too many.
        """
        _within(self.signed_in.take(person))

    def upload(self, person: str, address: str) -> None:
        """Count a notebook.

        Raises:
            TooOften: there were too many of this person, or from this address.
        """
        _within(self.uploads.take(person))
        _within(self.uploads_there.take(address))


def _within(wait_s: int) -> None:
    if wait_s:
        raise TooOften(wait_s)


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from, as a key: an address, or a network of IPv6 that is one place."""
    try:
        address = ip_address(connection.client.host if connection.client else "")
    except ValueError:  # a proxy that names something else: all of these are one place
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return f"{int(address) >> (128 - NEIGHBOURS_BITS):x}::"
    return str(address)
