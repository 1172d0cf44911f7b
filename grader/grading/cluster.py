"""A Dask cluster as the crew: for classes that outgrow one machine.

A worker needs the installed kit and nothing else. The assignment is a task of its own, so Dask
sends it to each worker once, and makes it again if all workers that hold it are lost. A submission
travels as bytes. Results come back as pickles of plain data: workers are trusted like the grader.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any

from grader.course.bundle import Bundle, kit_digest
from grader.errors import UsageError
from grader.grading.crew import Workers

__all__ = ["ClusterCrew"]

CONNECT_TIMEOUT_S = 15


class ClusterCrew:
    """The workers of a Dask scheduler; a context manager.

    Args:
        address: the scheduler's, such as `tcp://10.0.0.5:8786`.

    Raises:
        UsageError: Dask is not installed, no scheduler answers at the address, it has no worker,
            or a worker has another version of the kit.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
            from distributed.client import FutureCancelledError
            from distributed.comm.addressing import get_address_host_port
            from distributed.scheduler import KilledWorker
        except ImportError:
            raise UsageError(
                "--scheduler needs Dask; install it with: pip install 'chainrule[cluster]'"
            ) from None
        self.deaths: tuple[type[BaseException], ...] = (
            KilledWorker,
            FutureCancelledError,
            CancelledError,
        )
        self._address = address
        try:
            get_address_host_port(address, strict=True)
        except (ValueError, TypeError, NotImplementedError):
            raise UsageError(
                f"--scheduler {address}: not an address; write one such as tcp://10.0.0.5:8786"
            ) from None
        try:
            self._client = Client(address, timeout=CONNECT_TIMEOUT_S, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise UsageError(
                f"--scheduler {address}: nobody answers there ({type(error).__name__}); "
                "start one with: dask scheduler"
            ) from None
        try:
            self._refuse_unfit_workers()
        except UsageError:
            self._client.close()
            raise

    def __enter__(self) -> ClusterCrew:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @property
    def size(self) -> int:
        """One submission at a time on each worker, whatever its threads."""
        return max(len(self._client.nthreads()), 1)

    @contextmanager
    def at_work(self, bundle: Bundle, size: int) -> Iterator[Workers]:
        """Workers that hold the assignment.

        Args:
            bundle: the assignment.
            size: not used, because the caller hands over no more than that many workers need.
        """
        held = self._client.submit(_itself, bundle, key=f"bundle-{bundle.digest}-{bundle.figures}")
        with self._client.get_executor(pure=False, retries=0) as executor:
            yield Workers(executor, held)

    def _refuse_unfit_workers(self) -> None:
        """Refuse a cluster without workers, or with workers that would grade by other rules."""
        digests: dict[str, Any] = self._client.run(kit_digest, on_error="return")
        if not digests:
            raise UsageError(
                f"--scheduler {self._address}: there is no worker; start one on each core with: "
                f"dask worker {self._address} --nthreads 1"
            )
        for worker, digest in digests.items():
            if digest != kit_digest():
                raise UsageError(
                    f"--scheduler {self._address}: the worker {worker} has another version of the "
                    "kit, or none; install the same version there"
                )


def _itself(bundle: Bundle) -> Bundle:
    return bundle
