import numpy as np
import pandas as pd
import pytest
from numerai_tools import scoring as official

from numlearn import metamodel as mm
from numlearn import scoring
from numlearn.errors import NumlearnError

MODELS = ["a", "b", "ties", "gaps", "late", "unstaked"]
STAKES = {"a": 10.0, "b": 30.0, "ties": 5.0, "gaps": 20.0, "late": 15.0}


@pytest.fixture
def panel():
    """Three unequal eras; models with ties, gaps and a late start."""
    rng = np.random.default_rng(1)
    sizes = {"0001": 150, "0002": 210, "0003": 180}
    n = sum(sizes.values())
    truth = rng.normal(size=n)
    frame = pd.DataFrame(
        {"era": np.repeat(list(sizes), list(sizes.values()))},
        index=pd.Index([f"n{i:04d}" for i in range(n)], name="id"),
    )
    bins = [0.05, 0.25, 0.75, 0.95]
    noisy = pd.Series(truth + rng.normal(size=n)).rank(pct=True)
    frame["target"] = np.searchsorted(bins, noisy) / 4
    for name in MODELS:
        frame[name] = truth + rng.normal(size=n)
    frame["ties"] = frame["ties"].round()
    frame["gaps"] = frame["gaps"].where(rng.random(n) > 0.1)
    frame["late"] = frame["late"].where(frame["era"] > "0001")
    return frame


def by_hand(rows, stakes):
    """Numerai's own functions in Numerai's order: rank, fill, gaussianize, weigh."""
    filled = official.tie_kept_rank(rows[list(stakes)]).fillna(0.5)
    return official.stake_weight(official.gaussian(filled), pd.Series(stakes))


def test_equal_to_numerai_tools_where_all_is_there(panel):
    stakes = {name: STAKES[name] for name in ("a", "b", "ties")}
    ours = mm.stake_weighted(panel, MODELS, stakes)
    assert ours.index.equals(panel.index)
    for _, rows in panel.groupby("era"):
        np.testing.assert_allclose(ours[rows.index], by_hand(rows, stakes), atol=1e-13)


def test_a_missing_prediction_is_the_neutral_rank(panel):
    rows = panel[panel["era"] == "0002"]
    ours = mm.stake_weighted(panel, MODELS, STAKES)[rows.index]
    np.testing.assert_allclose(ours, by_hand(rows, STAKES), atol=1e-13)
    raw = official.stake_weight(rows[list(STAKES)], pd.Series(STAKES))
    assert raw.rank().corr(ours.rank()) < 0.999, "there a gap is a 0 of the raw scale"


def test_the_stake_of_a_model_that_did_not_submit_does_not_count(panel):
    first = panel[panel["era"] == "0001"]
    ours = mm.stake_weighted(first, MODELS, STAKES)
    present = {name: stake for name, stake in STAKES.items() if name != "late"}
    np.testing.assert_allclose(ours, by_hand(first, present), atol=1e-13)
    nobody = mm.stake_weighted(panel, ["late"], {"late": 1.0})
    assert nobody.isna().equals(panel["late"].isna())


def test_a_model_without_a_stake_weighs_nothing(panel):
    ours = mm.stake_weighted(panel, MODELS, STAKES)
    zero = mm.stake_weighted(panel, MODELS, {**STAKES, "unstaked": 0.0})
    fewer = mm.stake_weighted(panel, list(STAKES), STAKES)
    assert ours.equals(zero)
    assert ours.equals(fewer)


def test_the_order_of_rows_and_only_ratios_of_stakes_do_not_matter(panel):
    shuffled = panel.sample(frac=1, random_state=0)
    ours = mm.stake_weighted(shuffled, MODELS, pd.Series(STAKES) * 7)
    expected = mm.stake_weighted(panel, MODELS, STAKES)
    np.testing.assert_allclose(ours[panel.index], expected, atol=1e-13)


def test_stakes_that_change_by_era(panel):
    table = pd.DataFrame([STAKES, STAKES, STAKES], index=["0001", "0002", "0003"])
    table.loc["0002", "b"] = 0.0
    table.loc["0003"] = 0.0
    ours = mm.stake_weighted(panel, MODELS, table)
    constant = mm.stake_weighted(panel, MODELS, STAKES)
    without = mm.stake_weighted(panel, MODELS, {**STAKES, "b": 0.0})
    era = panel["era"]
    assert ours[era == "0001"].equals(constant[era == "0001"])
    assert ours[era == "0002"].equals(without[era == "0002"])
    assert ours[era == "0003"].isna().all()


def test_who_counts():
    stakes = pd.Series({"a": 0.5, "b": 1.0, "c": 20.0})
    assert mm.counted_stakes(stakes).equals(stakes)
    assert mm.counted_stakes(stakes, minimum=1.0).tolist() == [0, 1, 20]
    in_time = pd.Series({"c": False, "b": True, "a": True})
    assert mm.counted_stakes(dict(stakes), on_time=in_time).tolist() == [0.5, 1, 0]
    by_era = pd.DataFrame({"a": [True, True], "b": [True, False], "c": [False, True]})
    counted = mm.counted_stakes(stakes, on_time=by_era, minimum=1.0)
    assert counted.to_numpy().tolist() == [[0, 1, 0], [0, 0, 20]]
    table = pd.DataFrame({"a": [2.0, 3.0], "c": [1.0, 0.5]}, index=["0001", "0002"])
    counted = mm.counted_stakes(table, on_time=in_time, minimum=2.5)
    assert counted.to_numpy().tolist() == [[0, 0], [3, 0]]
    with pytest.raises(NumlearnError, match="lacks a model or an era"):
        mm.counted_stakes(stakes, on_time=in_time.drop("a"))
    for wrong, says in ((-1.0, "-1"), (np.nan, "nan"), (np.inf, "inf"), ("x", "text")):
        says = "numbers" if says == "text" else f"is {says}: a stake is a number"
        with pytest.raises(NumlearnError, match=says):
            mm.counted_stakes({"a": wrong})
    with pytest.raises(NumlearnError, match="is -1: a stake is a number"):
        frame = pd.DataFrame({"era": "1", "a": [1.0, 2.0]})
        mm.stake_weighted(frame, "a", {"a": -1.0})


def test_equal_weights_and_any_others(panel):
    ours = mm.equal_weighted(panel, MODELS)
    same = mm.stake_weighted(panel, MODELS, dict.fromkeys(MODELS, 3.0))
    np.testing.assert_allclose(ours, same, atol=1e-13)
    counted = mm.counted_stakes({**STAKES, "unstaked": 1.0}, minimum=10) > 0
    four = mm.equal_weighted(panel, ["a", "b", "gaps", "late"])
    ours = mm.stake_weighted(panel, MODELS, counted)
    np.testing.assert_allclose(ours, four, atol=1e-13)


def test_a_panel_that_is_streamed(panel, tmp_path):
    panel.to_parquet(tmp_path / "panel.parquet", row_group_size=100)
    pieces = [panel[panel["era"] == era] for era in ("0001", "0002", "0003")]
    for function in (mm.stake_weighted, mm.leave_one_out, mm.contribution):
        whole = function(panel, MODELS, STAKES)
        for source in (tmp_path / "panel.parquet", iter(pieces)):
            streamed = function(source, MODELS, STAKES)
            np.testing.assert_allclose(streamed, whole, atol=1e-13)
    assert mm.stake_weighted(pieces, MODELS, STAKES).index.equals(panel.index)
    assert mm.leave_one_out(pieces, MODELS, STAKES).index.equals(panel.index)
    with pytest.raises(NumlearnError, match="Era 0001 comes in two pieces"):
        mm.stake_weighted([panel[:50], panel[50:]], MODELS, STAKES)


def test_leave_one_out_is_the_blend_of_the_others(panel):
    ours = mm.leave_one_out(panel, MODELS, STAKES)
    assert ours.index.equals(panel.index)
    assert ours.columns.tolist() == MODELS
    for name in STAKES:
        others = {other: stake for other, stake in STAKES.items() if other != name}
        expected = mm.stake_weighted(panel, MODELS, others)
        np.testing.assert_allclose(ours[name], expected, atol=1e-12)
    everyone = mm.stake_weighted(panel, MODELS, STAKES)
    np.testing.assert_allclose(ours["unstaked"], everyone, atol=1e-12)


def test_nobody_else_leaves_nothing(panel):
    ours = mm.leave_one_out(panel, ["a", "b"], {"a": 1.0})
    assert ours["a"].isna().all()
    np.testing.assert_allclose(
        ours["b"], mm.stake_weighted(panel, ["a"], {"a": 1.0}), atol=1e-13
    )
    scores = mm.contribution(panel, ["a", "b"], {"a": 1.0})
    assert scores["a"].isna().all()
    assert scores["b"].notna().all()


def test_contribution_is_mmc_against_the_others(panel):
    models = ["a", "b", "ties", "unstaked"]
    stakes = {"a": 10.0, "b": 30.0, "ties": 5.0}
    ours = mm.contribution(panel, models, stakes)
    others = mm.leave_one_out(panel, models, stakes)
    for name in models:
        expected = scoring.mmc(panel, name, others[name])[name]
        np.testing.assert_allclose(ours[name], expected, atol=1e-13)
    rows = panel[panel["era"] == "0002"]
    theirs = official.correlation_contribution(
        rows[["b"]], others.loc[rows.index, "b"], rows["target"]
    )
    assert ours.loc["0002", "b"] == pytest.approx(theirs["b"], abs=1e-13)


def test_contribution_with_gaps_in_predictions_and_target(panel):
    panel["target"] = panel["target"].where(np.arange(len(panel)) % 9 > 0)
    ours = mm.contribution(panel, MODELS, STAKES)
    others = mm.leave_one_out(panel, MODELS, STAKES)
    filled = panel.groupby("era")["gaps"].transform(official.tie_kept_rank).fillna(0.5)
    expected = scoring.mmc(panel, filled, others["gaps"]).iloc[:, 0]
    np.testing.assert_allclose(ours["gaps"], expected, atol=1e-13)
    assert ours["late"].isna().tolist() == [True, False, False]
    panel["target"] = panel["target"].where(panel["era"] < "0003")
    assert mm.contribution(panel, MODELS, STAKES).loc["0003"].isna().all()


def test_one_era_on_arrays_and_memory_maps(panel, tmp_path):
    rows = panel[panel["era"] == "0002"]
    stakes = {**STAKES, "unstaked": 0.0}
    values = rows[MODELS].to_numpy()
    order = np.array([stakes[name] for name in MODELS])
    np.save(tmp_path / "era.npy", values.T.astype(np.float32))
    mapped = np.load(tmp_path / "era.npy", mmap_mode="r").T
    expected = mm.stake_weighted(rows, MODELS, stakes)
    for array, tolerance in ((values, 1e-13), (mapped, 1e-2)):
        blend = mm.era_stake_weighted(array, order)
        np.testing.assert_allclose(blend, expected, atol=tolerance)
    assert mm.era_stake_weighted(rows[MODELS], stakes).equals(expected)
    others = mm.era_leave_one_out(rows[MODELS], stakes)
    assert others.equals(mm.leave_one_out(rows, MODELS, stakes))
    scores = mm.era_contribution(values, order, rows["target"])
    np.testing.assert_allclose([scores], mm.contribution(rows, MODELS, stakes))


def test_inputs_stay_as_they_were(panel):
    before, stakes = panel.copy(), pd.Series(STAKES)
    for function in (mm.stake_weighted, mm.leave_one_out, mm.contribution):
        function(panel, MODELS, stakes)
    assert panel.equals(before)
    assert stakes.equals(pd.Series(STAKES))


def test_a_crowd_in_closed_form():
    similarity, corr, n = 0.5, 0.1, 20_000
    rng = np.random.default_rng(0)
    shared, own = np.sqrt(similarity), np.sqrt(1 - similarity)
    models = shared * rng.normal(size=(n, 1)) + own * rng.normal(size=(n, 64))
    target = corr / shared * (models.mean(axis=1) / np.sqrt(similarity))
    target += np.sqrt(1 - target.var()) * rng.normal(size=n)
    each = [np.corrcoef(m, target)[0, 1] for m in models.T]
    for count in (1, 4, 64):
        blend = np.corrcoef(models[:, :count].mean(axis=1), target)[0, 1]
        expected = mm.ensemble_corr(np.mean(each), similarity, count)
        assert blend == pytest.approx(expected, abs=0.012)
    assert mm.ensemble_corr(0.02, 1.0, 50) == pytest.approx(0.02)
    assert mm.ensemble_corr(0.02, 0.25, 10**9) == pytest.approx(0.04)
    worlds = pd.Series([0.02, 0.03], index=[1, 2])
    found = mm.ensemble_corr(worlds, worlds * 10, pd.Series([4, 9], index=[1, 2]))
    assert found.tolist() == [
        mm.ensemble_corr(x, 10 * x, n) for x, n in zip(worlds, (4, 9))
    ]


@pytest.mark.parametrize(
    ("corr", "similarity", "rival"), [(0.01, 0.05, 0.03), (0.008, 0.0, 0.033)]
)
def test_break_even_is_the_first_crowd_to_get_there(corr, similarity, rival):
    models = mm.break_even_crowd(corr, similarity, rival)
    before, there = mm.ensemble_corr(corr, similarity, [models - 1, models])
    assert before < rival <= there


def test_break_even_of_those_who_are_there_and_of_those_who_never_come():
    assert mm.break_even_crowd(0.01, 0.0, 0.02) == 4
    assert mm.break_even_crowd(0.03, 0.5, 0.03) == 1
    assert mm.break_even_crowd(0.01, 0.25, 0.02) == np.inf
    assert mm.break_even_crowd(0.0, 0.0, 0.01) == np.inf
    assert mm.break_even_crowd(-0.05, 0.0, 0.01) == np.inf


@pytest.mark.parametrize(
    ("stakes", "message"),
    [
        ({"a": -1.0}, "stake of 'a' is -1: a stake is a number, 0 or above"),
        ({"a": np.nan}, "stake of 'a' is nan"),
        ({"a": np.inf}, "stake of 'a' is inf"),
        ({"a": 0.0}, "No model has a stake"),
        ({}, "No model has a stake"),
        ({"nobody": 1.0}, "'nobody' has a stake and no predictions"),
        (pd.Series([1.0, 2.0], ["a", "a"]), "'a' has two stakes"),
        (np.ones(3), r"6 models and stakes of shape \(3,\)"),
        (pd.DataFrame({"a": [1.0]}, index=["0001"]), "has the era '0002'"),
        (pd.DataFrame({"a": [1.0, 1]}, index=["0001"] * 2), "Era 0001 has two rows"),
    ],
)
def test_stakes_that_cannot_be(panel, stakes, message):
    for function in (mm.stake_weighted, mm.leave_one_out, mm.contribution):
        with pytest.raises(NumlearnError, match=message):
            function(panel, MODELS, stakes)


def test_predictions_that_cannot_be(panel):
    with pytest.raises(NumlearnError, match="no column 'nobody'"):
        mm.stake_weighted(panel, ["nobody"], {"nobody": 1.0})
    with pytest.raises(NumlearnError, match="no column 'era'"):
        mm.stake_weighted(panel.drop(columns="era"), MODELS, STAKES)
    with pytest.raises(NumlearnError, match="rows × models"):
        mm.era_stake_weighted(np.ones(5), [1.0])


def test_a_target_in_another_order_and_stakes_of_eras_in_another_writing(panel):
    rows = panel[panel["era"] == "0002"]
    expected = mm.era_contribution(rows[MODELS], STAKES, rows["target"])
    mixed = rows["target"].sample(frac=1, random_state=0)
    found = mm.era_contribution(rows[MODELS], STAKES, mixed)
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(NumlearnError, match="is not that of the panel"):
        mm.era_contribution(rows[MODELS], STAKES, mixed.reset_index(drop=True))
    with pytest.raises(NumlearnError, match="give a number for each row"):
        mm.era_contribution(rows[MODELS], STAKES, mixed.to_numpy()[1:])
    table = pd.DataFrame([STAKES] * 3, index=[1, 2, 3])
    ours = mm.stake_weighted(panel, MODELS, table)
    pd.testing.assert_series_equal(ours, mm.stake_weighted(panel, MODELS, STAKES))
    with pytest.raises(NumlearnError, match="a row of the table"):
        mm.era_stake_weighted(rows[MODELS], table)
    with pytest.raises(NumlearnError, match="inf"):
        mm.era_stake_weighted(rows[MODELS].replace(rows["a"].iloc[0], np.inf), STAKES)
    with pytest.raises(NumlearnError, match="between -1 and 1"):
        mm.ensemble_corr(0.02, 1.5, 10)
