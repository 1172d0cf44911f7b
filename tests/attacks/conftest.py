"""One world and one judging process per tier, for all attacks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

if sys.platform != "linux":
    collect_ignore_glob = ["test_*.py"]
else:
    from grader.box.tiers import Tier
    from tests.attacks.world import Judge, open_world

    CLOSED = (Tier.NAMESPACES, Tier.LANDLOCK)

    OWNER = 65_432  # a uid that nobody has

    @pytest.fixture(
        scope="module",
        params=[(tier, owner) for owner in (0, OWNER) for tier in CLOSED],
        ids=lambda pair: pair[0].name.lower() + ("-owner" if pair[1] else ""),
    )
    def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
        """A judging process whose boxes have this tier, and the world around it.

        Once as we are, and once as an unprivileged account that owns the installation.
        """
        tier, owner = request.param
        if owner and os.getuid():
            pytest.skip("only root can become another account; we are an unprivileged one already")
        with open_world(owner) as world:
            judge = Judge(world, tier)
            if refusal := judge.refusal():
                judge.close()
                pytest.skip(f"{tier.name} does not work here: {refusal}")
            yield judge
            judge.close()
