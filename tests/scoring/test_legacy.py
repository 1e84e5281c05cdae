import numpy as np
import pytest

from numlearn.scoring import corr_2021, era_corr_2021, era_mmc_2021, mmc_2021

T = np.array([0, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5, 0.75, 0.75, 1])
P = np.array([0.1, 0.2, 0.15, 0.4, 0.5, 0.45, 0.6, 0.55, 0.8, 0.9])
M = np.array([0.3, 0.1, 0.2, 0.5, 0.4, 0.6, 0.45, 0.7, 0.65, 0.8])
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


def test_panel_and_one_era_agree_where_models_have_gaps(panel, models):
    corr, mmc = corr_2021(panel, models), mmc_2021(panel, models, "mm")
    for era, rows in panel.groupby("era"):
        p, m, t = rows[models], rows["mm"], rows["target"]
        np.testing.assert_allclose(corr.loc[era], era_corr_2021(p, t), atol=1e-14)
        np.testing.assert_allclose(mmc.loc[era], era_mmc_2021(p, m, t), atol=1e-13)
