import numpy as np
import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.scoring import reputation, reputation_2021, reputation_weights_2021

DAY_3 = [0.10, 0.35, 0.60, 0.85, *[1] * 12, 0.90, 0.65, 0.40, 0.15]


def test_weights_of_the_documents_picture():
    np.testing.assert_allclose(reputation_weights_2021(3), DAY_3)
    assert [reputation_weights_2021(d).sum() for d in (1, 7, 20)] == pytest.approx(
        [16] * 3
    )
    with pytest.raises(NumlearnError, match="days 1 to 20"):
        reputation_weights_2021(21)


def test_reputation_of_2021_is_a_weighted_mean():
    scores = pd.DataFrame({"a": np.random.default_rng(0).normal(size=25)})
    found = reputation_2021(scores, day=3)
    assert found["a"].isna().sum() == 19
    expected = np.average(scores["a"].iloc[-20:], weights=DAY_3)
    assert found["a"].iloc[-1] == pytest.approx(expected)


def test_missed_rounds_of_2021():
    scores = pd.Series(0.05, index=range(30))
    scores.iloc[[0, 15, 18]] = np.nan  # not started yet, first miss, second miss
    example = pd.Series(0.02, index=range(30))
    filled = scores.copy()
    filled.iloc[[15, 18]] = [0.02, -0.1]
    expected = np.average(filled.iloc[10:], weights=reputation_weights_2021())
    found = reputation_2021(scores.to_frame("a"), example=example)["a"]
    assert found.iloc[-1] == pytest.approx(expected)
    assert found.first_valid_index() == 20
    harsher = reputation_2021(scores.to_frame("a"))["a"]
    assert harsher.iloc[-1] < found.iloc[-1]


def test_reputation_now_is_the_mean_of_a_year():
    scores = pd.DataFrame({"a": np.arange(60.0), "b": [np.nan] * 30 + [1.0] * 30})
    found = reputation(scores)
    assert found["a"].iloc[[0, -1]].tolist() == [0, np.mean(np.arange(8, 60))]
    assert found["b"].iloc[-1] == 1
    assert reputation(scores, rounds=2)["a"].iloc[-1] == 58.5
