"""One shape for tables of scores: whatever people have is read right or refused."""

import warnings

import numpy as np
import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.staking import RULES, replay, score_table, simulate

ROUNDS = pd.RangeIndex(843, 873, name="round")


@pytest.fixture
def own():
    """Thirty daily rounds of one model, both paid scores, small steps."""
    rng = np.random.default_rng(7)
    table = rng.normal([0.01, 0.002], [0.02, 0.008], (30, 2))
    return pd.DataFrame(table, ROUNDS, ["corr", "mmc"])


@pytest.fixture
def expected(own):
    return replay(own, "2026-01")["model"].to_numpy()


@pytest.mark.parametrize(
    "names",
    [
        ["CORR20", "MMC20"],
        ["corr20", "mmc20"],
        ["corr20V2", "canon_mmc"],
        ["v2_corr20", "mmc"],
        ["corr_20", "MMC"],
    ],
)
def test_the_names_of_numerapi_and_of_numerais_files_are_read(own, names, expected):
    found = replay(own.set_axis(names, axis=1), "2026-01")
    np.testing.assert_array_equal(found["model"], expected)


@pytest.mark.parametrize(
    "name", ["roundNumber", "round", "Round Number", "round_number"]
)
def test_a_column_that_says_the_round_is_no_model(own, expected, name):
    table = own.reset_index(names=name)
    np.testing.assert_array_equal(replay(table, "2026-01")["model"], expected)
    found = simulate(table, "2026-01", rounds=9, paths=9)
    assert list(found.final) == ["model"]


def test_newest_first_is_sorted(own, expected):
    np.testing.assert_array_equal(replay(own[::-1], "2026-01")["model"], expected)
    shuffled = own.sample(frac=1, random_state=0)
    np.testing.assert_array_equal(replay(shuffled, "2026-01")["model"], expected)
    text = own.set_axis([f"era{n}" for n in range(1, 31)])
    forward = replay(text, "2021-03")
    pd.testing.assert_frame_equal(replay(text[::-1], "2021-03"), forward)


def test_several_models_come_in_two_levels_or_as_a_dict(own, expected):
    other = own / 2
    both = pd.concat({"a": own, "b": other}, axis=1)
    shapes = [
        both,
        both.swaplevel(axis=1),
        both[both.columns[::-1]],
        {"a": own, "b": other},
        {
            "corr": both.xs("corr", axis=1, level=1),
            "mmc": both.xs("mmc", axis=1, level=1),
        },
    ]
    for shape in shapes:
        found = replay(shape, "2026-01")
        np.testing.assert_array_equal(found["a"], expected)
        np.testing.assert_array_equal(found["b"], replay(other, "2026-01")["model"])


def test_tables_of_two_scores_are_aligned_by_their_labels(own):
    corr = pd.DataFrame({"a": own["corr"], "b": own["corr"] / 2})
    mmc = pd.DataFrame({"a": own["mmc"], "b": -own["mmc"]})
    forward = replay({"corr": corr, "mmc": mmc}, "2026-01")
    turned = replay({"mmc": mmc[["b", "a"]][::-1], "corr": corr}, "2026-01")
    pd.testing.assert_frame_equal(turned[["a", "b"]], forward)


def test_arguments_stay_as_they_are(own):
    for table in (own, own.reset_index(), own[::-1]):
        before = table.copy()
        replay(table, "2026-01")
        pd.testing.assert_frame_equal(table, before)


def test_dtypes_do_not_matter(own, expected):
    for dtype in ("Float64", "float32"):
        found = replay(own.astype(dtype), "2026-01")["model"]
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_missed_round_pays_and_burns_nothing(own):
    zero = own.copy()
    zero.loc[850] = 0.0
    gaps = own.copy()
    gaps.loc[850] = np.nan
    for table in (gaps, own.drop(index=850)):
        pd.testing.assert_frame_equal(replay(table), replay(zero))
        with pytest.raises(NumlearnError, match=r"round 85[01]"):
            replay(table, missed="refuse")
    with pytest.raises(NumlearnError, match="neither 'zero' nor 'refuse'"):
        replay(own, missed="skip")


@pytest.mark.filterwarnings("ignore:The rules")
def test_a_model_may_miss_a_round_that_others_have(own):
    models = pd.DataFrame({"a": own["corr"], "b": own["corr"]})
    models.loc[850, "b"] = np.nan
    found = replay(models)
    pd.testing.assert_frame_equal(found, replay(models.fillna(0.0)))
    assert found["a"].iloc[-1] != found["b"].iloc[-1]
    with pytest.raises(NumlearnError, match="round 850 of b"):
        replay(models, missed="refuse")


def test_what_is_half_there_or_not_yet_there_is_no_missed_round(own):
    half, late = own.copy(), own.copy()
    half.loc[850, "mmc"] = np.nan
    late.iloc[:3] = np.nan
    for table, place in ((half, 850), (late, 843)):
        with pytest.raises(NumlearnError, match=f"gaps, the first in round {place}"):
            replay(table)


def test_daily_scores_are_thinned_for_weekly_rounds(own):
    weekly = own.iloc[::5].reset_index(drop=True)
    expected = replay(weekly, "2021-03")
    pd.testing.assert_frame_equal(replay(own, "2021-03"), expected)
    days = pd.bdate_range("2026-01-05", periods=30)
    pd.testing.assert_frame_equal(replay(own.set_axis(days), "2021-03"), expected)
    found = simulate(own, "2021-03", paths=9)
    assert found.rounds == 50 and "50 rounds a week" in repr(found)


def test_weekly_scores_count_in_each_of_the_weeks_rounds(own):
    rows = own.loc[own.index.repeat(5)].reset_index(drop=True)
    expected = replay(rows, "2026-01")
    dates = pd.date_range("2024-01-05", periods=30, freq="7D")
    labels = [f"{n:04}" for n in range(1, 31)]
    numbers = pd.RangeIndex(1, 31, name="era")
    for index in (labels, dates, numbers, dates.strftime("%Y-%m-%d")):
        pd.testing.assert_frame_equal(replay(own.set_axis(index), "2026-01"), expected)
    with pytest.raises(NumlearnError, match="4 weeks apart"):
        replay(own.set_axis([f"{n:04}" for n in range(1, 121, 4)]), "2026-01")


def test_rows_without_a_calendar_are_rounds_of_the_rules(own, expected):
    bare = own.reset_index(drop=True)
    np.testing.assert_array_equal(replay(bare, "2026-01")["model"], expected)
    assert len(replay(bare, "2021-03")) == len(own) + 4


def test_a_score_over_other_days_is_refused(own):
    with pytest.raises(NumlearnError, match="over 20 days, and '2026-08' pays those"):
        replay(own.set_axis(["CORR20", "MMC20"], axis=1), "2026-08")
    with pytest.raises(NumlearnError, match="over 60 days"):
        replay(own.set_axis(["corr60", "mmc60"], axis=1), "2026-01")
    named = own.set_axis(["CORR60", "MMC60"], axis=1)
    pd.testing.assert_frame_equal(replay(named, "2026-08"), replay(own, "2026-08"))


def test_corr_alone_is_no_half_of_the_truth(own):
    with pytest.raises(NumlearnError, match='has no mmc: add it, or say "mmc": 0'):
        replay(own[["corr"]], "2026-01")
    stated = replay({"corr": own["corr"], "mmc": 0}, "2026-01")
    pd.testing.assert_frame_equal(stated, replay(own.assign(mmc=0.0), "2026-01"))
    with pytest.warns(UserWarning, match="pay mmc as well"):
        models = replay(own[["corr"]].set_axis(["m"], axis=1), "2026-01")
    np.testing.assert_array_equal(models["m"], stated["model"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        replay(own[["corr"]], "2021-03")
        crypto = replay(own[["mmc"]], "crypto-2024-06")
    assert crypto["model"].iloc[-1] != 100


def test_a_csv_of_any_of_these_is_read(own, expected, tmp_path):
    numerais = own.set_axis(["CORR20", "MMC20"], axis=1)
    for number, table in enumerate((own, numerais, own.rename_axis("roundNumber"))):
        path = tmp_path / f"{number}.csv"
        table.to_csv(path)
        np.testing.assert_allclose(replay(path)["model"], expected, rtol=1e-14)
        assert replay(str(path)).equals(replay(path))
    with pytest.raises(NumlearnError, match="no file of scores at"):
        replay(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(tc=0.01), "'tc' is none of corr and mmc"),
        (lambda t: t.assign(username="me"), "'username'"),
        (lambda t: t.assign(corr20=0.01), "there twice|over 20 days"),
        (lambda t: t.assign(mmc="high"), "not scores"),
        (lambda t: t * 100, "leave out what is no score"),
        (lambda t: t.assign(corr=np.inf), "leave out what is no score"),
        (lambda t: t.assign(era=1, roundNumber=2), "say when a row was"),
        (lambda t: pd.concat([t, t.tail(1)]), "Round 872 is there twice"),
        (lambda t: t.set_axis([*"abcdefghijklmnopqrstuvwxyzABCD"]), "era"),
        (lambda t: t.set_axis([1, "0002", *range(3, 31)]), "mixed"),
        (lambda t: t.head(0), "There are no scores"),
        (lambda t: t.to_numpy(), "Scores are a DataFrame"),
        (lambda t: None, "Scores are a DataFrame"),
        (lambda t: {"corr": 0.1, "mmc": 0.1}, "none: give both"),
        (lambda t: t.assign(corr=t["corr"] > 0), "not scores"),
    ],
)
@pytest.mark.parametrize("name", ["2021-03", "2026-01", "2026-08"])
def test_what_is_no_table_of_scores_is_refused(own, change, message, name):
    with pytest.raises(NumlearnError, match=message):
        replay(change(own), name)


def test_the_shape_is_rounds_by_model_and_score(own):
    table = score_table(own[::-1].set_axis(["CORR20", "MMC20"], axis=1))
    assert table.columns.names == ["model", "score"]
    assert table.columns.tolist() == [("model", "corr"), ("model", "mmc")]
    assert table.index.tolist() == list(ROUNDS)
    again = score_table(table)
    pd.testing.assert_frame_equal(again, table)


def test_every_rule_set_reads_its_own_names(own):
    for rules in RULES.values():
        named = own.set_axis(list(rules.api_scores), axis=1)
        table = score_table(named.reset_index(drop=True), rules)
        assert table["model"].columns.tolist() == list(rules.scores)
