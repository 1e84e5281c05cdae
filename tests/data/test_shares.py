import numpy as np
import pandas as pd
import pytest

import numlearn as nl
from numlearn.errors import NumlearnError


@pytest.fixture
def panel():
    return pd.DataFrame(
        {
            "era": ["0002", "0001", "0002", "0010", "0002"],
            "feature_a": np.array([0, 4, 4, 1, 4], dtype=np.int8),
            "feature_b": np.int8(2),
            "target": [0.5, np.nan, 0.0, 0.5, 1.0],
        },
        index=[f"n{k}" for k in range(5)],
    )


def test_era_sizes_counts_every_row_in_the_order_of_eras(panel):
    sizes = nl.data.era_sizes(panel)
    assert sizes.to_dict() == {"0001": 1, "0002": 3, "0010": 1}
    assert list(sizes.index) == ["0001", "0002", "0010"]
    assert sizes.dtype.kind == "i"


def test_bin_shares_are_of_the_known_values(panel):
    shares = nl.data.bin_shares(panel, ["feature_a", "feature_b"])
    assert list(shares.index) == [0, 1, 2, 4]
    assert shares["feature_a"].to_list() == pytest.approx([0.2, 0.2, 0, 0.6])
    assert shares["feature_b"].to_list() == [0, 0, 1, 0]
    known = nl.data.bin_shares(panel, ["target"])["target"]
    assert known.to_dict() == {0.0: 0.25, 0.5: 0.5, 1.0: 0.25}


def test_recode_looks_all_bins_up_at_once(panel):
    features = panel[["feature_a", "feature_b"]]
    moved = nl.data.recode(features, [1, 2, 3, 4, 0])
    assert moved["feature_a"].to_list() == [1, 0, 0, 2, 0]
    assert moved.index.equals(features.index)
    halves = nl.data.recode(features, [0, 0.25, 0.5, 0.75, 1])
    assert halves["feature_b"].eq(0.5).all()
    assert features["feature_a"].dtype == np.int8


def test_recode_refuses_a_bin_without_a_code(panel):
    with pytest.raises(NumlearnError, match="bins from 2 to 4, but there are 3 codes"):
        nl.data.recode(panel[["feature_a"]].replace({0: 2, 1: 2}), [1, 2, 3])
    with pytest.raises(NumlearnError, match="Bins are whole numbers"):
        nl.data.recode(panel[["feature_a"]] / 2, [1, 2, 3])
    with pytest.raises(NumlearnError, match="bins from -1"):
        nl.data.recode(panel[["feature_a"]] - 1, [1, 2, 3, 4, 5])
