import numpy as np
import pandas as pd
import pytest
import scipy.linalg  # noqa: F401  it brings a BLAS of its own, to be limited too
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True, scope="session")
def one_blas_thread():
    """Threads that wait for each other would make the suite crawl on a busy machine."""
    with threadpool_limits(1, user_api="blas"):
        yield


@pytest.fixture
def panel():
    """Four unequal eras; models with ties, NaN, a late start and no variation."""
    rng = np.random.default_rng(0)
    sizes = {"0001": 250, "0002": 200, "0003": 300, "0004": 230}
    n = sum(sizes.values())
    frame = pd.DataFrame(
        {
            "era": np.repeat(list(sizes), list(sizes.values())),
            "target": rng.choice(
                [0, 0.25, 0.5, 0.75, 1], n, p=[0.05, 0.2, 0.5, 0.2, 0.05]
            ),
            "good": rng.normal(size=n),
        },
        index=pd.Index([f"n{i:05d}" for i in range(n)], name="id"),
    )
    frame["good"] += frame["target"]
    frame["ties"] = frame["good"].round()
    frame["gaps"] = frame["good"].where(rng.random(n) > 0.1)
    frame["late"] = frame["good"].where(frame["era"] > "0002")
    frame["sparse"] = frame["good"].where(rng.random(n) > 0.5)
    frame["constant"] = 0.5
    frame["absent"] = np.nan
    frame["mm"] = frame["good"] + rng.normal(size=n)
    for i in range(4):
        frame[f"feature_{i}"] = rng.integers(0, 5, n).astype(np.int8)
    return frame


MODELS = ["good", "ties", "gaps", "late", "sparse", "constant", "absent"]


@pytest.fixture
def models():
    return list(MODELS)
