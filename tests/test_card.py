"""The report card: equal to numerai-tools, whole without what is missing, one page."""

import json
import re
import sys
import warnings

import numpy as np
import pandas as pd
import pyarrow
import pytest
from numerai_tools import scoring as official

import numlearn as nl
from numlearn import __main__ as command_line
from numlearn import card as module
from numlearn.data.ids import row_ids
from numlearn.errors import NumlearnError

ERAS, ROWS = 16, 400
FEATURES = [f"feature_{k}" for k in range(6)]
RESOLVED = ERAS - 2  # the last eras have no target yet


@pytest.fixture(scope="module")
def numerais(tmp_path_factory):
    """Return a folder with files as Numerai's, and the rows of all of them together."""
    rng, folder, parts = np.random.default_rng(0), tmp_path_factory.mktemp("v9"), []
    for era in range(ERAS):
        rows = pd.DataFrame(rng.integers(0, 5, (ROWS, len(FEATURES))), columns=FEATURES)
        rows = rows.astype(np.int8)
        rows.index = pd.Index(row_ids(3, era + 1, ROWS).tolist(), name="id")
        truth = rows["feature_0"] + 4 * rng.normal(size=ROWS)
        rows["target"] = pd.qcut(truth, 5, labels=False) / 4
        if era >= RESOLVED:
            rows["target"] = np.nan
        rows.insert(0, "era", f"{575 + era:04d}")
        rows.insert(1, "data_type", "validation" if era < RESOLVED else "test")
        for name, noise in {"meta": 3, "one": 4, "two": 5, "prediction": 4}.items():
            rows[name] = rows["feature_0"] + noise * rng.normal(size=ROWS)
        parts.append(rows)
    panel = pd.concat(parts)
    panel["target_ada_60"] = panel["target"]
    panel["target_ada_20"] = 0.5
    names = ["meta", "one", "two", "prediction"]
    panel.drop(columns=names).to_parquet(folder / "validation.parquet")
    later = panel[panel["era"] >= "0579"]
    later[["era", "meta"]].rename(columns={"meta": "numerai_meta_model"}).to_parquet(
        folder / "meta_model.parquet"
    )
    panel[["era", "one", "two"]].to_parquet(
        folder / "validation_benchmark_models.parquet"
    )
    sets = {"small": FEATURES[:4], "medium": FEATURES}
    told = {"feature_sets": sets, "targets": ["target", "target_ada_60"]}
    (folder / "features.json").write_text(json.dumps(told))
    mixed = panel[["prediction"]].sample(frac=1, random_state=0)
    mixed.to_parquet(folder / "mine.parquet")
    mixed.to_csv(folder / "mine.csv")
    return folder, panel


@pytest.fixture(scope="module")
def card(numerais):
    folder, _ = numerais
    return nl.report_card(folder / "mine.parquet", folder, "medium")


def test_scores_are_those_of_numerai_tools(numerais, card):
    _, panel = numerais
    assert list(card.scores) == ["CORR", "MMC", "FNC", "BMC", "uplift"]
    assert len(card.scores) == RESOLVED
    for era, rows in panel[panel["target"].notna()].sort_index().groupby("era"):
        own, target = rows[["prediction"]], rows["target"]
        normal = official.gaussian(official.rank(rows[["one", "two", "prediction"]]))
        blend = normal[["one", "two"]].mean(axis=1)
        theirs = {
            "CORR": official.numerai_corr(own, target)["prediction"],
            "FNC": official.feature_neutral_corr(own, rows[FEATURES], target).iloc[0],
            "BMC": official.correlation_contribution(own, blend, target).iloc[0],
        }
        if era >= "0579":
            meta = rows["meta"].rename("meta")
            mmc = official.correlation_contribution(own, meta, target)
            theirs["MMC"] = mmc["prediction"]
            normal["meta"] = official.gaussian(official.rank(rows[["meta"]]))["meta"]
            joined = 0.95 * normal["meta"] + 0.05 * normal["prediction"]
            both = pd.DataFrame({"with": joined, "without": rows["meta"]})
            both = official.numerai_corr(both, target)
            theirs["uplift"] = both["with"] - both["without"]
        ours = card.scores.loc[era].dropna()
        assert set(ours.index) == set(theirs)
        for name, score in theirs.items():
            assert ours[name] == pytest.approx(score, abs=1e-10), (era, name)


def test_exposures_are_plain_correlations(numerais, card):
    _, panel = numerais
    eras = panel[panel["target"].notna()].groupby("era")
    each = eras.apply(lambda rows: rows[FEATURES].corrwith(rows["prediction"]))
    mean = each.mean()
    assert card.exposures.index[0] == mean.abs().idxmax() == "feature_0"
    pd.testing.assert_series_equal(
        card.exposures["mean"].sort_index(), mean, check_names=False
    )


DIALECTS = {
    "a.csv": {"sep": ";", "decimal": ","},
    "b.csv.gz": {},
    "c.tsv": {"sep": "\t"},
    "d.txt": {"encoding": "utf-8-sig"},
}
WAYS = ["csv", "series", "frame", "by era", "panel", *DIALECTS]


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_give_predictions_is_the_same(way, numerais, card, tmp_path):
    folder, panel = numerais
    source, given = folder, panel["prediction"].sample(frac=1, random_state=1)
    if way == "csv":
        given = folder / "mine.csv"
    elif way in DIALECTS:
        given.to_frame().to_csv(tmp_path / way, **DIALECTS[way])
        given = tmp_path / way
    elif way == "by era":
        given = panel.set_index("era", append=True)["prediction"]
    elif way == "frame":
        given = given.reset_index()
    elif way == "panel":
        names = {"meta": "metamodel", "one": "benchmark_1", "two": "benchmark_2"}
        source = panel.rename(columns=names)
        source.loc[source["era"] < "0579", "metamodel"] = np.nan
    again = nl.report_card(given, source, "medium")
    pd.testing.assert_frame_equal(again.scores, card.scores)
    pd.testing.assert_frame_equal(again.payouts, card.payouts)


def test_the_targets_days_say_what_the_eras_are_worth(numerais, card):
    _, panel = numerais
    assert card.days == 60
    assert card.figures.loc["CORR", "effective_rounds"] == pytest.approx(RESOLVED / 12)
    plain = panel.drop(columns=["target_ada_60"])
    plain = nl.report_card(panel["prediction"], plain)
    assert plain.days == 20
    assert plain.figures.loc["CORR", "effective_rounds"] == RESOLVED / 4


def test_intervals_hold_the_truth_nine_times_in_ten():
    rng = np.random.default_rng(0)
    for weeks in (52, 160):
        luck = pd.DataFrame(rng.normal(size=(weeks + 3, 2000))).rolling(4).sum()
        scores = 0.01 + 0.01 * luck.iloc[3:].reset_index(drop=True)
        table = module._figures(scores, 20)
        held = ((table["low"] < 0.01) & (table["high"] > 0.01)).mean()
        assert 0.86 < held < 0.94, (weeks, held)


def test_what_the_source_lacks_is_left_out_and_said(numerais, tmp_path):
    folder, panel = numerais
    names = ["era", "target"]
    panel[names].to_parquet(tmp_path / "validation.parquet")
    bare = nl.report_card(folder / "mine.parquet", tmp_path)
    assert list(bare.scores) == ["CORR"]
    assert list(bare.payouts.index) == ["2021-03"]
    assert bare.exposures.empty
    assert len(bare.left_out) == 3
    page = bare.write(tmp_path / "card.html").read_text(encoding="utf-8")
    assert all(told in page for told in bare.left_out)
    assert "What it leans on" not in page


def test_the_payouts_are_those_of_the_documents(card):
    known = card.payouts
    assert list(known.index) == ["2021-03", "2026-01", "2026-08"]
    assert known.loc["2026-01", "factor"] == pytest.approx(0.18)
    rules, both = nl.staking.RULES["2026-01"], card.scores[["CORR", "MMC"]].dropna()
    rate = 5 * rules.rate(rules.score(both["CORR"], both["MMC"])).mean()
    assert known.loc["2026-01", "rate"] == pytest.approx(rate)


def test_the_verdict_is_that_of_the_rule():
    steady = pd.Series({"evidence": 2.4, "stake": 3.0}, name="2026-08")
    assert "a stake of 3.0 NMR" in module._verdict(steady)
    assert "No stake" in module._verdict(steady.replace(3.0, 0.0))


def test_the_page_is_whole_in_itself(card, tmp_path):
    page = card.write(tmp_path / "card.html").read_text(encoding="utf-8")
    outside = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!#)[^"'\s>)]+""", page)
    assert not outside
    pictures = re.findall(r"<svg[^>]*>", page)
    assert len(pictures) == len(card.figures) + 3
    assert all('role="img"' in one and "aria-label" in one for one in pictures)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert "Nothing here is financial advice" in page
    assert all(told in page for told in map(module.escape, card.readings))
    assert page == card.write(tmp_path / "again.html").read_text(encoding="utf-8")


def test_a_notebook_shows_its_figures(card):
    assert "CORR" in card._repr_html_()
    assert card.verdict in repr(card)


def test_a_season_is_a_source():
    season = nl.world.run(1, rounds=8, users=6, rows=200)
    seen = pd.concat([era.panel for era in season.arena.live[:8]])
    own = pd.Series(np.random.default_rng(0).random(len(seen)), seen.index, name="own")
    card = nl.report_card(own, season)
    assert list(card.scores) == ["CORR", "MMC", "FNC", "uplift"]
    assert card.name == "own"
    assert len(card.scores) == 8


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("no.parquet", "There is no parquet file no.parquet"),
        (3, "Predictions are a file"),
        (pd.Series([1.0, 2.0], ["a", "a"]), "An id is twice"),
        (pd.Series([1.0, 2.0], ["a", "b"]), "rank 80 %"),
        (pd.Series([], [], dtype=float), "no rows"),
        (pd.DataFrame({"a": [1.0], "b": [2.0]}, ["x"]), "one column .prediction."),
    ],
)
def test_what_cannot_be_measured_is_said_in_a_sentence(given, says, numerais):
    with pytest.raises(NumlearnError, match=says):
        nl.report_card(given, numerais[0])


def test_unknown_features_and_weights_are_refused(numerais):
    folder, _ = numerais
    with pytest.raises(NumlearnError, match="tiny"):
        nl.report_card(folder / "mine.parquet", folder, "tiny")
    with pytest.raises(NumlearnError, match="weight"):
        nl.report_card(folder / "mine.parquet", folder, weight=2)


def test_the_command_writes_the_page(numerais, tmp_path, monkeypatch, capsys):
    folder, _ = numerais
    page = tmp_path / "card.html"
    arguments = ["report", folder / "mine.parquet", "--source", folder, "--out", page]
    monkeypatch.setattr(sys, "argv", ["numlearn", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        command_line.main()
    assert not stopped.value.code
    assert f"wrote {page}" in capsys.readouterr().out
    assert page.exists()


def test_the_command_looks_for_the_folder_before_the_work(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(nl, "report_card", None)
    arguments = ["report", "mine.parquet", "--out", str(tmp_path / "no" / "x.html")]
    monkeypatch.setattr(sys, "argv", ["numlearn", *arguments])
    with pytest.raises(SystemExit) as stopped:
        command_line.main()
    assert stopped.value.code == 2
    assert "There is no folder" in capsys.readouterr().err


def test_progress_counts_rows(numerais):
    folder, panel = numerais
    seen = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nl.report_card(
            folder / "mine.parquet", folder, progress=lambda *done: seen.append(done)
        )
    assert seen[-1] == (len(panel), len(panel))


def test_row_groups_that_were_read_are_let_go(tmp_path):
    rng, held, file = np.random.default_rng(0), [], tmp_path / "panel.parquet"
    values = rng.integers(-128, 128, (60_000, 800), dtype=np.int8)
    panel = pd.DataFrame(values, columns=[f"f{k}" for k in range(800)])
    panel["era"] = np.repeat([f"{era:04d}" for era in range(40)], 1_500)
    panel.to_parquet(file, row_group_size=6_000)
    for _ in nl.eras.pieces(file):
        held.append(pyarrow.total_allocated_bytes())
    assert max(held[10:]) < 1.1 * max(held[:10])
