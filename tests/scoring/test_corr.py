import numpy as np
import pandas as pd
import pytest

import numlearn as nl
from numlearn.errors import NumlearnError
from numlearn.scoring import corr, era_corr

T = np.array([0, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5, 0.75, 0.75, 1])
P = np.array([0.1, 0.2, 0.15, 0.4, 0.5, 0.45, 0.6, 0.55, 0.8, 0.9])


def without(x, *positions):
    x = x.copy()
    x[list(positions)] = np.nan
    return x


@pytest.mark.parametrize(
    ("prediction", "score"),
    [
        (P, 0.9633840015908145),
        (1 - P, -0.9633840015908145),
        (np.exp(5 * P), 0.9633840015908145),
        (T, 0.9999022081618952),
        (np.repeat([0.0, 1.0], 5), 0.6828427124746189),
        (without(P, 0), 0.9092144619932242),
        (without(P, 9), 0.8909),
        (without(P, 6), 0.9857),
        (without(P, 0, 1, 2), np.nan),
        (np.full(10, 0.3), np.nan),
        (np.full(10, np.nan), np.nan),
    ],
)
def test_numerais_figures(prediction, score):
    tolerance = 1e-14 if len(str(score)) > 7 else 5e-5
    assert era_corr(prediction, T) == pytest.approx(score, abs=tolerance, nan_ok=True)
    frame = pd.DataFrame({"era": "0001", "target": T, "p": prediction})
    value = corr(frame, "p").loc["0001", "p"]
    assert value == pytest.approx(score, abs=tolerance, nan_ok=True)


def test_two_of_ten_missing_still_score():
    assert np.isfinite(era_corr(without(P, 0, 1), T))
    assert np.isfinite(era_corr(P, without(T, 3, 4)))


def test_the_panel_is_scored_era_by_era(panel, models):
    scores = nl.scoring.corr(panel, models)
    assert scores.index.tolist() == ["0001", "0002", "0003", "0004"]
    assert scores.index.name == "era"
    assert scores.columns.tolist() == models
    for era, rows in panel.groupby("era"):
        expected = era_corr(rows[models], rows["target"])
        np.testing.assert_allclose(scores.loc[era], expected, atol=1e-14)
    assert scores["late"].isna().tolist() == [True, True, False, False]
    assert scores[["sparse", "constant", "absent"]].isna().all(axis=None)


def test_one_models_nan_never_touches_another(panel, models):
    alone = pd.concat([corr(panel, [name]) for name in models], axis=1)
    pd.testing.assert_frame_equal(corr(panel, models), alone, rtol=0, atol=1e-15)


def test_predictions_are_columns_or_a_frame(panel):
    expected = corr(panel, ["good"])
    pd.testing.assert_frame_equal(corr(panel, "good"), expected)
    pd.testing.assert_frame_equal(corr(panel, panel["good"]), expected)
    pd.testing.assert_frame_equal(corr(panel, panel[["good"]]), expected)
    pd.testing.assert_frame_equal(corr(panel, "good", target=panel["target"]), expected)
    shuffled = panel.sample(frac=1, random_state=0)
    pd.testing.assert_frame_equal(corr(shuffled, "good"), expected, atol=1e-15)


def test_ids_are_matched_and_extra_ids_count_as_missing():
    target = pd.Series(T, index=list("abcdefghij"))
    prediction = pd.Series(P, index=list("abcdefghij"))
    assert era_corr(prediction[::-1], target) == pytest.approx(0.9633840015908145)
    assert era_corr(prediction[1:], target) == pytest.approx(0.9092144619932242)
    extra = pd.concat([prediction, pd.Series([0.1, 0.2, 0.3], index=list("xyz"))])
    assert np.isnan(era_corr(extra, target))


def test_more_models_than_one_block(panel):
    rng = np.random.default_rng(1)
    many = pd.DataFrame(rng.normal(size=(len(panel), 37)), index=panel.index)
    many = many.mask(rng.random(many.shape) < 0.001)
    scores = corr(panel, many)
    for era, rows in panel.groupby("era"):
        expected = era_corr(many.loc[rows.index], rows["target"])
        np.testing.assert_allclose(scores.loc[era], expected, atol=1e-14)


def test_tiny_eras_and_constant_targets_score_nan():
    frame = pd.DataFrame(
        {
            "era": ["1", "2", "2", "2"],
            "target": [0.5, 0.1, 0.1, 0.1],
            "p": [1, 2, 3, 4.0],
        }
    )
    assert corr(frame, "p")["p"].isna().all()
    assert corr(frame.assign(target=np.nan), "p")["p"].isna().all()


def test_mistakes_are_sentences(panel):
    with pytest.raises(NumlearnError, match="no column 'nothing'"):
        corr(panel, "good", target="nothing")
    with pytest.raises(NumlearnError, match="no rows"):
        corr(panel.iloc[:0], "good")
    with pytest.raises(NumlearnError, match="no column 'era'"):
        corr(panel.drop(columns="era"), "good")
    with pytest.raises(NumlearnError, match="not numbers"):
        corr(panel, ["era"])
    with pytest.raises(NumlearnError, match="is not that of the panel"):
        corr(panel, panel[["good"]].iloc[1:])
    with pytest.raises(NumlearnError, match="same length"):
        era_corr(P[1:], T)
    twice = pd.Series(P, index=list("aacdefghij"))
    with pytest.raises(NumlearnError, match="each id once"):
        era_corr(twice, pd.Series(T))
