import os

import pytest
from calls import CALLS
from engine import try_all
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize("name", CALLS)
@settings(
    max_examples=int(os.environ.get("NUMLEARN_FUZZ_EXAMPLES", "1")),
    derandomize="NUMLEARN_FUZZ_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_people_bring_is_read_right_or_refused(name, seed):
    for kind, variation, outcome, detail in try_all(CALLS[name], seed):
        assert outcome == kind, f"{variation}: {outcome} {detail}"
