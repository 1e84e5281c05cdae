import inspect
import os
import sys
from pathlib import Path

import pytest
from calls import CALLS, LEFT_OUT
from engine import try_all
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "house"))
import face

IN_CI = os.environ.get("CI", "") not in ("", "0", "false")
EXAMPLES = int(os.environ.get("NUMLEARN_FUZZ_EXAMPLES", "10" if IN_CI else "1"))
DATA = {"panel", "predictions", "scores", "submission", "signal", "X"}


def test_every_function_of_such_data_is_fuzzed():
    tried = {name.partition(" ")[0] for name in CALLS}
    takes = {
        name
        for name, function in face.callables()
        if DATA & set(inspect.signature(function).parameters)
    }
    assert takes - tried == set(LEFT_OUT)


@pytest.mark.parametrize("name", CALLS)
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_people_bring_is_read_right_or_refused(name, seed):
    for kind, variation, outcome, detail in try_all(CALLS[name], seed):
        assert outcome == kind, f"{variation}: {outcome} {detail}"
