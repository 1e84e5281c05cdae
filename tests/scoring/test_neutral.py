import numpy as np
import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.scoring import (
    era_exposure,
    era_fnc,
    era_neutralize,
    exposure,
    fnc,
    max_exposure,
    neutralize,
)
from numlearn.scoring._projection import Projection

T = np.array([0, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5, 0.75, 0.75, 1])
P = np.array([0.1, 0.2, 0.15, 0.4, 0.5, 0.45, 0.6, 0.55, 0.8, 0.9])
F = np.array([[0, 1, 2, 3, 4, 0, 1, 2, 3, 4], [4, 3, 2, 1, 0, 1, 2, 3, 4, 0]]).T
FEATURES = [f"feature_{i}" for i in range(4)]


def test_numerais_figure():
    assert era_fnc(P, F, T) == pytest.approx(0.566295316961771, abs=1e-14)
    frame = pd.DataFrame({"era": "1", "p": P, "target": T, "f": F[:, 0], "g": F[:, 1]})
    found = fnc(frame, ["p"], ["f", "g"]).loc["1", "p"]
    assert found == pytest.approx(0.566295316961771, abs=1e-14)
    assert fnc(frame.assign(p=0.1), "p", ["f"])["p"].isna().all()


def test_proportions_of_a_neutralizer_of_zeros():
    x, zeros = pd.Series([1.0, 2.0, 4.0, 5.0]), np.zeros((4, 1))
    for proportion in (0, 0.5, 1):
        expected = x - proportion * x.mean()
        pd.testing.assert_series_equal(era_neutralize(x, zeros, proportion), expected)
    assert np.isnan(era_neutralize(np.ones(4), zeros)).all()
    assert np.isnan(era_neutralize(np.full(4, 0.1), zeros)).all()


def test_the_panel_is_neutralised_era_by_era(panel, models):
    shuffled = panel.sample(frac=1, random_state=0)
    for proportion in (0.0, 0.5, 1.0):
        found = neutralize(shuffled, models, FEATURES, proportion=proportion)
        assert found.index.equals(shuffled.index)
        assert found.columns.tolist() == models
        for _, rows in panel.groupby("era"):
            expected = era_neutralize(rows[models], rows[FEATURES], proportion)
            pd.testing.assert_frame_equal(found.loc[rows.index], expected, atol=1e-12)
    exposed = exposure(panel.assign(**found), ["good"], FEATURES)
    assert exposed.abs().max(axis=None) < 1e-12
    assert found["good"].groupby(panel["era"]).mean().abs().max() < 1e-12
    assert found["gaps"].isna().equals(shuffled["gaps"].isna())


def test_fnc_of_the_panel(panel, models):
    panel.loc[panel.index[::17], "target"] = np.nan
    scores = fnc(panel, models, features=FEATURES)
    for era, rows in panel.groupby("era"):
        expected = era_fnc(rows[models], rows[FEATURES], rows["target"])
        np.testing.assert_allclose(
            scores.loc[era].drop("ties"),
            np.delete(expected, models.index("ties")),
            atol=1e-12,
        )
    assert scores["late"].isna().tolist() == [True, True, False, False]
    assert scores[["constant", "absent", "sparse"]].isna().all(axis=None)


def test_exposure_of_the_panel(panel, models):
    table = exposure(panel, models, FEATURES)
    assert table.index.names == ["era", "feature"]
    for era, rows in panel.groupby("era"):
        expected = era_exposure(rows[models], rows[FEATURES])
        np.testing.assert_allclose(table.loc[era], expected, atol=1e-14)
        pandas = rows[FEATURES].corrwith(rows["good"])
        np.testing.assert_allclose(table.loc[era]["good"], pandas, atol=1e-14)
    widest = max_exposure(panel, models, FEATURES)
    expected = table.abs().groupby(level="era").max()
    pd.testing.assert_frame_equal(widest, expected)
    assert exposure(panel, FEATURES[:1], FEATURES[:1]).to_numpy() == pytest.approx(1)


def lstsq_rest(x, columns, center):
    a = columns.T.astype(float)
    if center:
        a = np.column_stack([a, np.ones(len(a))])
    return x - (a @ np.linalg.lstsq(a, x.T, rcond=1e-6 if center else None)[0]).T


def columns_of(kind, rng):
    ints = rng.integers(0, 5, (40, 600)).astype(np.int8)
    floats = rng.normal(size=(5, 600))
    return {
        "integers": ints,
        "dependent integers": np.vstack(
            [ints, ints[:3], 4 - ints[3:4], ints[:1] * 0 + 2]
        ),
        "large integers": ints.astype(np.int64) * 3000,
        "more columns than rows": rng.integers(0, 5, (700, 600)).astype(np.int8),
        "negative": -ints,
        "floats": floats,
        "float32": floats.astype(np.float32),
        "dependent floats": np.vstack([floats, floats[:2]]),
        "nearly dependent": np.vstack(
            [floats, floats[0] + 1e-3 * rng.normal(size=600)]
        ),
        "hardly different": np.vstack(
            [floats, floats[0] + 1e-5 * rng.normal(size=600)]
        ),
        "constant": np.full((2, 600), 3.0),
        "none": ints[:0],
    }[kind]


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize(
    "kind",
    [
        "integers",
        "dependent integers",
        "large integers",
        "more columns than rows",
        "negative",
        "floats",
        "float32",
        "dependent floats",
        "nearly dependent",
        "hardly different",
        "constant",
        "none",
    ],
)
def test_projection_is_least_squares(kind, center):
    rng = np.random.default_rng(0)
    columns = columns_of(kind, rng)
    x = rng.normal(size=(3, 600)) + 0.5
    found = Projection(columns, center).residual(x)
    np.testing.assert_allclose(found, lstsq_rest(x, columns, center), atol=1e-9)


@pytest.mark.parametrize("kind", ["dependent integers", "nearly dependent"])
def test_projection_stays_fast_and_leaves_nothing_behind(kind):
    rng = np.random.default_rng(0)
    columns = columns_of(kind, rng)
    projection = Projection(columns)
    assert projection.basis is None
    rest = projection.residual(rng.normal(size=(3, 600)))
    centerd = columns - columns.mean(axis=1, keepdims=True)
    assert np.abs(rest @ centerd.T).max() < 2e-12
    assert np.abs(rest.mean(axis=1)).max() < 1e-14


def test_mistakes_are_sentences(panel):
    panel["feature_0"] = panel["feature_0"].astype(float)
    panel.iloc[3, panel.columns.get_loc("feature_0")] = np.nan
    for function in (fnc, neutralize, exposure):
        with pytest.raises(NumlearnError, match="has NaN or inf in some era"):
            function(panel, ["good"], FEATURES)
    with pytest.raises(NumlearnError, match="has NaN or inf in some era"):
        era_neutralize(panel["good"], panel[FEATURES])
    with pytest.raises(NumlearnError, match="no column 'feature_9'"):
        fnc(panel, ["good"], ["feature_9"])


def test_a_wrong_guess_is_answered_with_the_right_call(panel):
    with pytest.raises(
        TypeError, match=r"the call is neutralize\(panel, predictions, n"
    ):
        neutralize(panel, ["good"], features=["feature_0"])
