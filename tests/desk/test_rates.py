from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from grader.desk import rates
from grader.desk.rates import Bucket, Slots, address_of


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_grants_some_at_once_and_then_fills_again() -> None:
    clock = Clock()
    bucket = Bucket(3, 6, clock)
    assert [bucket.take("a") for _ in range(4)] == [0, 0, 0, 10]
    clock.now += 9.5
    assert bucket.take("a") == 1
    clock.now += 0.5
    assert (bucket.take("a"), bucket.take("a")) == (0, 10)
    clock.now += 10_000
    assert [bucket.take("a") for _ in range(4)] == [0, 0, 0, 10]


def test_each_has_a_bucket_of_their_own_and_asking_is_free() -> None:
    bucket = Bucket(1, 6, Clock())
    assert (bucket.wait("a"), bucket.wait("a"), bucket.take("a")) == (0, 0, 0)
    assert (bucket.wait("a"), bucket.take("b")) == (10, 0)


def test_what_is_kept_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_KEYS", 2)
    bucket = Bucket(1, 6, Clock())
    for key in ("a", "b", "c"):
        bucket.take(key)
    assert [bucket.wait(key) for key in ("a", "b", "c")] == [0, 10, 10]


def test_each_has_so_many_slots_at_once() -> None:
    slots = Slots(1)
    with slots.one("a") as first, slots.one("a") as second, slots.one("b") as third:
        assert (first, second, third) == (True, False, True)
    with slots.one("a") as again:
        assert again


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002::"),
        ("2001:db8:1:2:ffff::1", "20010db800010002::"),
        ("unknown", ""),
        ("192.0.2.7\r\nSet-Cookie: a", ""),
    ],
)
def test_an_address_is_one_place(host: str, key: str) -> None:
    connection = HTTPConnection({"type": "http", "client": (host, 1), "headers": []})
    assert address_of(connection) == key
