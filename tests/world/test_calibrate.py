import importlib
import sys

import numpy as np
import pandas as pd
import pytest

from numlearn._files import course_root

sys.path.append(str(course_root() / "benchmarks"))
calibrate = importlib.import_module("calibrate")


def test_bands_are_judged_on_the_mean():
    names = [q.name for q in calibrate.QUANTITIES]
    results = pd.DataFrame(0.02, index=["seed 1", "seed 2"], columns=names)
    results["sharpe"] = [0.4, 1.2]
    results["lag_1"] = [0.1, 0.9]
    frame = calibrate.table(results)
    assert frame.loc["mean", "met"] is True
    assert frame.loc["sharpe", "met"] is True and frame.loc["lag_1", "met"] is False
    assert frame.loc["exposure", "met"] is None
    assert frame.loc["sharpe", "sd"] == pytest.approx(0.8 / 2**0.5)
    text = calibrate.to_markdown(frame)
    assert "seeds 1, 2" in text and "**no**" in text
    assert len(text.splitlines()) == len(frame) + 2


def test_a_world_is_measured():
    """Small, so the figures mean little: what must hold in any world is checked."""
    values = calibrate.measure(0, eras=130, rows=200)
    assert set(values) == {q.name for q in calibrate.QUANTITIES}
    assert np.isfinite(list(values.values())).all()
    assert values["link_id"] == 0 and values["link_position"] < 5
    assert 0.7 < values["feature_std"] < 1.3
    assert values["link_targets"] > values["link_nearest"]
