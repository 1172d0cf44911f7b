"""One world and one judging process per tier, for all attacks."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

if sys.platform != "linux":
    collect_ignore_glob = ["test_*.py"]
else:
    from grader.box.launch import WarmLauncher
    from grader.box.tiers import Tier
    from grader.course.settings import Limits
    from grader.errors import BoxError
    from tests.attacks.world import Judge, open_world

    CLOSED = (Tier.NAMESPACES, Tier.LANDLOCK)

    @pytest.fixture(scope="session")
    def refusals() -> dict[Tier, str]:
        """Why a tier does not work on this machine, by tier; "" where it does."""
        return {tier: _refusal(tier) for tier in CLOSED}

    def _refusal(tier: Tier) -> str:
        box_launcher = WarmLauncher(tier)
        try:
            box_launcher.open({}, Limits()).close()
        except BoxError as error:
            return str(error)
        finally:
            box_launcher.close()
        return ""

    @pytest.fixture(scope="module", params=CLOSED, ids=lambda tier: tier.name.lower())
    def judge(request: pytest.FixtureRequest, refusals: dict[Tier, str]) -> Iterator[Judge]:
        """A judging process whose boxes have this tier, and the world around it."""
        if refusals[request.param]:
            pytest.skip(f"{request.param.name} does not work here: {refusals[request.param]}")
        with open_world() as world:
            judge = Judge(world, request.param)
            yield judge
            judge.close()
