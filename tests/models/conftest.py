import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="session")
def panel():
    """Forty weekly eras of a hundred rows, which features explain in part."""
    rng = np.random.default_rng(0)
    eras = np.repeat([f"{e:04d}" for e in range(1, 41)], 100)
    block = rng.integers(0, 5, (6, len(eras)), dtype=np.int8)
    names = [f"feature_{i}" for i in range(6)]
    frame = pd.DataFrame(block.T, columns=names)
    frame.insert(0, "era", eras)
    signal = frame["feature_0"] + frame["feature_1"] + rng.normal(0, 3, len(frame))
    rank = signal.groupby(frame["era"]).rank(pct=True)
    for name, shift in (("target", 0), ("target_b_20", 0.07)):
        bins = np.searchsorted([0.05, 0.25, 0.75, 0.95], (rank + shift) % 1)
        frame[name] = (bins / 4).astype(np.float32)
    frame.index = pd.Index([f"n{i:05d}" for i in range(len(frame))], name="id")
    return frame
