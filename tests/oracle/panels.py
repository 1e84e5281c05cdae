"""Panels that are hard to score alike: ties, constants, NaN, tiny and unequal eras."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

MODELS = ["continuous", "few", "hundred", "single", "constant", "gaps", "copy", "heavy"]
FEATURES = [
    "f_random",
    "f_other",
    "f_skewed",
    "f_copy",
    "f_sum",
    "f_constant",
    "f_float",
]


@st.composite
def panels(draw, largest=60):
    """Draw a panel of one to three eras; the index is sorted, as Numerai's is."""
    sizes = draw(st.lists(st.integers(1, largest), min_size=1, max_size=3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = sum(sizes)
    frame = pd.DataFrame(index=pd.Index([f"n{i:04d}" for i in range(n)], name="id"))
    frame["era"] = np.repeat([f"{i + 1:04d}" for i in range(len(sizes))], sizes)
    frame["target"] = draw(st.sampled_from(TARGETS))(rng, n)
    base = rng.normal(size=n) + frame["target"].fillna(0)
    frame["continuous"] = base
    frame["few"] = rng.integers(0, draw(st.integers(2, 5)), n) / 4
    frame["hundred"] = base.round(1)
    frame["single"] = base.astype("float32")
    frame["constant"] = draw(st.sampled_from([0.0, 0.5, 7.0]))
    frame["gaps"] = base.mask(rng.random(n) < draw(st.sampled_from([0.02, 0.15, 0.3])))
    frame["copy"] = frame["continuous"] * 3 + 1
    frame["heavy"] = base**9
    frame["mm"] = draw(st.sampled_from(METAMODELS))(rng, base)
    frame["f_random"] = rng.integers(0, 5, n).astype(np.int8)
    frame["f_other"] = rng.integers(0, 5, n).astype(np.int8)
    frame["f_skewed"] = (rng.random(n) < 0.1).astype(np.int8)
    frame["f_copy"] = frame["f_random"]
    frame["f_sum"] = frame["f_random"] + frame["f_other"]
    frame["f_constant"] = np.int8(2)
    frame["f_float"] = rng.normal(size=n)
    return frame


def _bins(rng, n):
    return rng.choice([0, 0.25, 0.5, 0.75, 1], n, p=[0.05, 0.2, 0.5, 0.2, 0.05])


TARGETS = [
    _bins,
    lambda rng, n: np.where(rng.random(n) < 0.1, np.nan, _bins(rng, n)),
    lambda rng, n: rng.normal(size=n),
    lambda rng, n: rng.normal(size=n) + 100,
    lambda rng, n: np.full(n, 0.25),
]
METAMODELS = [
    lambda rng, base: base + rng.normal(size=len(base)),
    lambda rng, base: base.round(),
    lambda rng, base: base.mask(rng.random(len(base)) < 0.1) - rng.random(len(base)),
    lambda rng, base: base * 0 + 0.5,
]
