"""One world and one judging process per tier and account, for all attacks of a module."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from grader.box.tiers import Tier

if sys.platform != "linux":
    collect_ignore_glob = ["test_*.py"]
else:
    from tests.attacks.world import AS_WE_ARE, Judge, name_of, open_world

    @pytest.fixture(scope="module")
    def judge_of() -> Iterator[Callable[[Tier, int], Judge]]:
        """Opens a world and its judge when they are first asked for; the order of tests is free."""
        with ExitStack() as stack:

            @cache
            def judge_of(tier: Tier, owner: int) -> Judge:
                judge = Judge(stack.enter_context(open_world(owner)), tier)
                stack.callback(judge.close)
                return judge

            yield judge_of

    @pytest.fixture(params=AS_WE_ARE, ids=name_of)
    def judge(request: pytest.FixtureRequest, judge_of: Callable[[Tier, int], Judge]) -> Judge:
        """A judging process whose boxes have this tier, by this account, and the world around."""
        tier, owner = request.param
        if owner and os.getuid():
            pytest.skip("only root can become another account; we are an unprivileged one already")
        judge = judge_of(tier, owner)
        if judge.refusal:
            pytest.skip(f"{tier.name} does not work here: {judge.refusal}")
        return judge
