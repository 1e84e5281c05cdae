"""Keeps count of what was compared with numerai-tools, and prints it at the end."""

from collections import defaultdict

import numpy as np
import pytest
import scipy.linalg  # noqa: F401  it brings a BLAS of its own, to be limited too
from threadpoolctl import threadpool_limits

LEDGER = defaultdict(lambda: dict.fromkeys(["panels", "scores", "nan", "aside"], 0))


class Ledger:
    """Compares two tables of scores and remembers the largest difference."""

    def compare(self, name, ours, theirs, tolerance=1e-10):
        ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
        assert ours.shape == theirs.shape
        np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs), err_msg=name)
        known = ~np.isnan(theirs)
        largest = np.abs(ours - theirs)[known].max(initial=0.0)
        line = LEDGER[name]
        line["panels"] += 1
        line["scores"] += int(known.sum())
        line["nan"] += int((~known).sum())
        line["largest"] = max(line.get("largest", 0.0), largest)
        assert largest <= tolerance, f"{name}: {largest:.1e} from numerai-tools"

    def set_aside(self, name, scores):
        """Count scores that rounding decides: neither library has the right one."""
        LEDGER[name]["aside"] += scores


@pytest.fixture(scope="session")
def ledger(tell):
    with threadpool_limits(1, user_api="blas"):
        yield Ledger()

    for name, line in sorted(LEDGER.items()):
        text = (
            f"{name:<28} {line['panels']:5d} panels, {line['scores']:6d} scores, "
            f"{line['nan']:5d} NaN in both, largest difference {line['largest']:.1e}"
        )
        if line["aside"]:
            text += f", {line['aside']} near-ties set aside"
        tell("compared with numerai-tools", text)
