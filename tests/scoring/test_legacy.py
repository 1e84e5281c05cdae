import numpy as np
import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.scoring import (
    corr_2021,
    era_corr_2021,
    era_fnc_2021,
    era_mmc_2021,
    fnc_2021,
    mmc_2021,
    mmc_2021_resampled,
)

T = np.array([0, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5, 0.75, 0.75, 1])
P = np.array([0.1, 0.2, 0.15, 0.4, 0.5, 0.45, 0.6, 0.55, 0.8, 0.9])
M = np.array([0.3, 0.1, 0.2, 0.5, 0.4, 0.6, 0.45, 0.7, 0.65, 0.8])
FEATURES = [f"feature_{i}" for i in range(4)]
WHOLE = ["good", "ties", "constant"]


def uniform(x):
    return (x.rank(method="first") - 0.5) / len(x)


def published_corr(p, t):
    """Numerai's documents of April 2021."""
    return np.corrcoef(t, p.rank(pct=True, method="first"))[0, 1]


def published_mmc(p, m, t):
    """Numerai's example scripts of April 2021, with one blend."""
    p, m = uniform(p), uniform(m)
    by = np.column_stack([m, np.full(len(m), p.mean())])
    rest = p - by @ np.linalg.lstsq(by, p, rcond=None)[0]
    return np.cov(rest, t)[0, 1] / 0.29**2


def published_fnc(p, f, t):
    """Numerai's documents of April 2021."""
    ranks = uniform(p)
    f = f.to_numpy(float)
    rest = ranks - f @ (np.linalg.pinv(f) @ ranks)
    return published_corr(pd.Series(rest / rest.std()), t)


def test_toy_figures():
    assert era_corr_2021(P, T) == pytest.approx(0.9216805029374057, abs=1e-15)
    assert era_mmc_2021(P, M, T) == pytest.approx(0.22359945071003332, abs=1e-15)
    assert era_mmc_2021(M, M, T) == pytest.approx(0, abs=1e-15)
    assert era_corr_2021(np.ones(10), T) == pytest.approx(
        np.corrcoef(T, range(10))[0, 1]
    )
    assert era_corr_2021(T, T) < 1


def test_corr_and_mmc_as_published(panel):
    corr, mmc = corr_2021(panel, WHOLE), mmc_2021(panel, WHOLE, metamodel="mm")
    for era, rows in panel.groupby("era"):
        for model in WHOLE:
            p, m, t = rows[model], rows["mm"], rows["target"]
            assert corr.loc[era, model] == pytest.approx(
                published_corr(p, t), abs=1e-14
            )
            expected = published_mmc(p, m, t)
            assert mmc.loc[era, model] == pytest.approx(expected, abs=1e-13)


def test_fnc_as_published(panel):
    scores = fnc_2021(panel, WHOLE, FEATURES)
    for era, rows in panel.groupby("era"):
        p, f, t = rows["good"], rows[FEATURES], rows["target"]
        expected = published_fnc(p, f, t)
        assert scores.loc[era, "good"] == pytest.approx(expected, abs=1e-12)
        assert era_fnc_2021(p, f, t) == pytest.approx(expected, abs=1e-12)


def test_panel_and_one_era_agree_where_models_have_gaps(panel, models):
    corr, mmc = corr_2021(panel, models), mmc_2021(panel, models, "mm")
    fnc = fnc_2021(panel, ["good", "gaps", "late", "absent"], FEATURES)
    for era, rows in panel.groupby("era"):
        p, m, t = rows[models], rows["mm"], rows["target"]
        np.testing.assert_allclose(corr.loc[era], era_corr_2021(p, t), atol=1e-14)
        np.testing.assert_allclose(mmc.loc[era], era_mmc_2021(p, m, t), atol=1e-13)
        expected = era_fnc_2021(rows[fnc.columns], rows[FEATURES], t)
        np.testing.assert_allclose(fnc.loc[era], expected, atol=1e-12)


def test_resampling_everyone_from_one_staker_is_that_blend(panel):
    scores = mmc_2021_resampled(panel, ["good", "ties"], {"mm": 7.0}, share=1.0)
    expected = mmc_2021(panel, ["good", "ties"], "mm")
    pd.testing.assert_frame_equal(scores, expected, atol=1e-14)


def test_resampled_is_the_mean_over_drawn_blends(panel):
    rng = np.random.default_rng(3)
    stakers = [f"s{i}" for i in range(30)]
    panel = panel.assign(
        **{s: panel["good"] + 2 * rng.normal(size=len(panel)) for s in stakers}
    )
    stakes = pd.Series(rng.random(30), index=stakers)
    options = {"repetitions": 200, "seed": 1}
    scores = mmc_2021_resampled(panel, ["good", "ties"], stakes, **options)
    again = mmc_2021_resampled(panel, ["good", "ties"], stakes, **options)
    pd.testing.assert_frame_equal(scores, again)
    for era, rows in panel.groupby("era"):
        by_hand = []
        for _ in range(60):
            drawn = rng.choice(stakers, size=20)  # 67 % of 30, with replacement
            blend = (rows[drawn] * stakes[drawn].to_numpy()).sum(axis=1)
            by_hand.append(era_mmc_2021(rows["good"], blend, rows["target"]))
        assert scores.loc[era, "good"] == pytest.approx(np.mean(by_hand), abs=0.01)
    other = mmc_2021_resampled(panel, ["good"], stakes, repetitions=3, seed=2)
    assert not np.allclose(other["good"], scores["good"], atol=1e-6)
    last = panel[panel["era"] == "0004"]
    alone = mmc_2021_resampled(last, ["good", "ties"], stakes, **options)
    pd.testing.assert_frame_equal(alone, scores.loc[["0004"]])


def test_a_stakers_gaps_are_filled_and_no_stake_is_a_sentence(panel):
    scores = mmc_2021_resampled(panel, ["good"], {"late": 1.0, "gaps": 2.0, "mm": 0.0})
    assert scores["good"].notna().all()
    with pytest.raises(NumlearnError, match="No staker has a stake"):
        mmc_2021_resampled(panel, ["good"], {"mm": 0.0})
