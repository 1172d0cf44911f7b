"""One world and one judging process per tier, for all attacks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

if sys.platform != "linux":
    collect_ignore_glob = ["test_*.py"]
else:
    from tests.attacks.world import AS_WE_ARE, Judge, name_of, open_world

    @pytest.fixture(scope="module", params=AS_WE_ARE, ids=name_of)
    def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
        """A judging process whose boxes have this tier, by this account, and the world around."""
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
