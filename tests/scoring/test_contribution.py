import numpy as np
import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.scoring import (
    bmc,
    corr,
    corr_and_mmc,
    era_metamodel_corr,
    era_mmc,
    metamodel_corr,
    mmc,
    orthogonalize,
)

T = np.array([0, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5, 0.75, 0.75, 1])
P = np.array([0.1, 0.2, 0.15, 0.4, 0.5, 0.45, 0.6, 0.55, 0.8, 0.9])
M = np.array([0.3, 0.1, 0.2, 0.5, 0.4, 0.6, 0.45, 0.7, 0.65, 0.8])
WITHOUT_FIRST = np.r_[np.nan, P[1:]]


@pytest.mark.parametrize(
    ("p", "m", "t", "score"),
    [
        (P, M, T, 0.2663192104108182),
        (P, M, T * 4, 0.2663192104108182),
        (P, M, T * 4 - 2, 0.2663192104108182),
        (P, M, T - 0.5, 0.06657980260270455),
        (WITHOUT_FIRST, M, T, 0.13066012779165925),
        (M, M, T, 0.0),
        (-M, M, T, 0.0),
        (np.full(10, 0.3), M, T, 0.0),
        (P, np.full(10, 0.3), T, np.nan),
    ],
)
def test_numerais_figures(p, m, t, score):
    assert era_mmc(p, m, t) == pytest.approx(score, abs=1e-15, nan_ok=True)
    frame = pd.DataFrame({"era": "0001", "p": p, "m": m, "target": t})
    found = mmc(frame, ["p"], "m").loc["0001", "p"]
    assert found == pytest.approx(score, abs=1e-15, nan_ok=True)


def test_orthogonalize():
    up, corner = np.arange(5.0), np.array([1.0, 0, 1, 0, 1])
    assert orthogonalize(up, up).tolist() == [0] * 5
    assert orthogonalize(up, corner).tolist() == [-2, 1, 0, 3, 2]
    assert np.isnan(orthogonalize(up, up * 0)).all()


def test_panel_and_one_era_agree(panel, models):
    scores = mmc(panel, models, metamodel="mm")
    for era, rows in panel.groupby("era"):
        expected = era_mmc(rows[models], rows["mm"], rows["target"])
        np.testing.assert_allclose(scores.loc[era], expected, atol=1e-14)
    assert (scores["constant"] == 0).all()
    assert scores["absent"].isna().all()
    assert scores.loc["0001":"0002", "late"].isna().all()
    pd.testing.assert_frame_equal(bmc(panel, models, "mm"), scores)
    pd.testing.assert_frame_equal(mmc(panel, models, panel["mm"]), scores)


@pytest.mark.parametrize("missing", [0.0, 0.1, 0.5])
def test_both_scores_at_once(panel, models, missing):
    gone = np.random.default_rng(0).random(len(panel)) < missing
    panel = panel.assign(mm=panel["mm"].mask(gone))
    first, second = corr_and_mmc(panel, models, "mm")
    pd.testing.assert_frame_equal(first, corr(panel, models))
    pd.testing.assert_frame_equal(second, mmc(panel, models, "mm"))


def test_correlation_with_the_metamodel(panel, models):
    scores = metamodel_corr(panel, models, "mm")
    for era, rows in panel.groupby("era"):
        expected = era_metamodel_corr(rows[models], rows["mm"])
        np.testing.assert_allclose(scores.loc[era], expected, atol=1e-14)
    normal = np.random.default_rng(0).normal(size=4000)
    assert era_metamodel_corr(normal, normal) > 0.95


def test_a_metamodel_that_is_not_there(panel):
    with pytest.raises(NumlearnError, match="no column 'nothing'"):
        mmc(panel, ["good"], metamodel="nothing")
    with pytest.raises(NumlearnError, match="is not that of the panel"):
        mmc(panel, ["good"], metamodel=panel["mm"].iloc[1:])
