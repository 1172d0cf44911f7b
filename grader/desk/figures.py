"""Figures of one desk, as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

__all__ = ["Figures"]

ANSWER_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 10)
GRADING_S = (0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1, 2, 5, 10, 30, 60, 120)
FEEDBACK_S = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 2, 5, 10, 30, 60, 120, 300, 900)


class Figures:
    """Counters and histograms; the queue is looked at when somebody asks.

    Attributes:
        requests: by method, route and status.
        answers: seconds until the last byte of an answer, by route.
        received: attempts that were acknowledged.
        outcomes: attempts that left the queue, by how.
        waited: seconds from the receipt until a worker begins.
        grading: seconds from then until the result is there.
        feedback: seconds from the receipt until students see the result.
    """

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.requests = Counter(
            "desk_requests", "Requests.", ("method", "route", "status"), registry=registry
        )
        self.answers = Histogram(
            "desk_answer_seconds",
            "Until the last byte.",
            ("route",),
            registry=registry,
            buckets=ANSWER_S,
        )
        self.received = Counter("desk_attempts_received", "Acknowledged.", registry=registry)
        self.outcomes = Counter(
            "desk_attempts_ended", "Left the queue.", ("outcome",), registry=registry
        )
        self.waited = Histogram(
            "desk_waiting_seconds", "Receipt to worker.", registry=registry, buckets=FEEDBACK_S
        )
        self.grading = Histogram(
            "desk_grading_seconds", "In a worker.", registry=registry, buckets=GRADING_S
        )
        self.feedback = Histogram(
            "desk_feedback_seconds",
            "From receipt to result.",
            registry=registry,
            buckets=FEEDBACK_S,
        )

    def watch_queue(self, look: Callable[[], tuple[int, int, float]]) -> None:
        """Also tell of the queue.

        Args:
            look: returns how many attempts wait, how many run, and the age of the oldest in s.
        """
        self._registry.register(_Queue(look))

    def text(self) -> bytes:
        """All figures in the text format of Prometheus."""
        return generate_latest(self._registry)


class _Queue(Collector):
    def __init__(self, look: Callable[[], tuple[int, int, float]]) -> None:
        self._look = look

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        waiting, running, oldest_s = self._look()
        length = GaugeMetricFamily("desk_queue_length", "Attempts in the queue.", labels=["state"])
        length.add_metric(["waiting"], waiting)
        length.add_metric(["running"], running)
        yield length
        yield GaugeMetricFamily(
            "desk_queue_oldest_seconds", "Age of the oldest attempt in the queue.", oldest_s
        )
