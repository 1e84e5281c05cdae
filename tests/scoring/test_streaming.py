"""The same scores from a frame, from pieces, from parquet, and with threads."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from numlearn import eras, scoring
from numlearn.errors import NumlearnError

FEATURES = [f"feature_{i}" for i in range(4)]
CALLS = {
    "corr": lambda p, **k: scoring.corr(p, ["good", "gaps"], **k),
    "mmc": lambda p, **k: scoring.mmc(p, ["good", "gaps"], "mm", **k),
    "fnc": lambda p, **k: scoring.fnc(p, ["good", "gaps"], FEATURES, **k),
    "exposure": lambda p, **k: scoring.exposure(p, ["good", "gaps"], FEATURES, **k),
    "neutralize": lambda p, **k: scoring.neutralize(p, ["good"], FEATURES, **k),
    "corr_2021": lambda p, **k: scoring.corr_2021(p, "good", **k),
    "by_era": lambda p, **k: scoring.by_era(
        p, ["good"], scoring.era_fnc, FEATURES, "target", **k
    ),
}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())


@each_call
def test_pieces_of_whole_eras(panel, call):
    parts = [rows for _, rows in panel.groupby("era")]
    pd.testing.assert_frame_equal(call(iter(parts)), call(panel))


@each_call
def test_threads_over_eras(panel, call):
    pd.testing.assert_frame_equal(call(panel, n_jobs=3), call(panel))


@each_call
@pytest.mark.parametrize("group", [70, 10_000])
def test_parquet(panel, call, tmp_path, group):
    panel.to_parquet(tmp_path / "all.parquet", row_group_size=group)
    found, expected = call(tmp_path / "all.parquet"), call(panel)
    np.testing.assert_array_equal(found, expected)
    assert found.columns.equals(expected.columns)


def test_a_folder_whose_files_cut_through_an_era(panel, tmp_path):
    for i, start in enumerate(range(0, len(panel), 130)):
        panel.iloc[start : start + 130].to_parquet(tmp_path / f"part-{i:03d}.parquet")
    found = scoring.corr(str(tmp_path), ["good", "gaps"])
    pd.testing.assert_frame_equal(found, scoring.corr(panel, ["good", "gaps"]))
    sizes = [len(piece) for piece in eras.pieces(tmp_path)]
    assert sizes == [250, 200, 300, 230]


def test_what_is_read_era_by_era_keeps_its_ids(panel, tmp_path):
    panel = panel.rename_axis("id")
    panel.to_parquet(tmp_path / "all.parquet")
    found = scoring.neutralize(tmp_path, ["good"], FEATURES)
    pd.testing.assert_frame_equal(found, scoring.neutralize(panel, ["good"], FEATURES))


def test_mistakes_are_sentences(panel, tmp_path):
    first, second = panel.iloc[:100], panel.iloc[100:]
    with pytest.raises(NumlearnError, match="Era 0001 comes in two pieces"):
        scoring.corr([first, second], "good")
    with pytest.raises(NumlearnError, match="Era 0001 comes in two pieces"):
        scoring.neutralize([first, second], "good", FEATURES)
    with pytest.raises(NumlearnError, match="no parquet file"):
        scoring.corr(tmp_path, "good")
    with pytest.raises(NumlearnError, match="no parquet file"):
        scoring.corr(tmp_path / "nothing.parquet", "good")
    with pytest.raises(NumlearnError, match="not int"):
        scoring.corr([1, 2], "good")
    panel.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(NumlearnError, match="no column 'nothing'"):
        scoring.corr(tmp_path, "nothing")


BESIDE = {
    "corr": lambda p, m, mm, t, **k: scoring.corr(p, m, t, **k),
    "mmc": lambda p, m, mm, t, **k: scoring.mmc(p, m, mm, t, **k),
    "corr_and_mmc": lambda p, m, mm, t, **k: scoring.corr_and_mmc(p, m, mm, t)[1],
    "fnc": lambda p, m, mm, t, **k: scoring.fnc(p, m, FEATURES, t, **k),
    "neutralize": lambda p, m, mm, t, **k: scoring.neutralize(p, m, FEATURES, **k),
    "by_era": lambda p, m, mm, t, **k: scoring.by_era(
        p, m, scoring.era_mmc, mm, t, **k
    ),
}


@pytest.mark.parametrize("call", BESIDE.values(), ids=BESIDE.keys())
@pytest.mark.parametrize("at_once", [300, 2**18])
def test_two_files_are_joined_by_id(panel, call, at_once, tmp_path, monkeypatch):
    monkeypatch.setattr(eras, "_AT_ONCE", at_once)
    panel = panel.set_axis([f"n{i:03d}" for i in range(len(panel))]).rename_axis("id")
    panel.loc[panel.index[::7], "good"] = np.nan
    expected = call(panel, ["good", "gaps"], "mm", "target")
    mixed = panel.sample(frac=1, random_state=0)
    ours, theirs = tmp_path / "validation.parquet", tmp_path / "predictions.parquet"
    blend, target = tmp_path / "meta_model.parquet", tmp_path / "targets.parquet"
    panel.drop(columns=["good", "gaps", "mm"]).to_parquet(ours)
    few = mixed[["era", "good", "gaps"]].dropna(how="all")  # ids that are not there
    few.reset_index().to_parquet(theirs)
    mixed[["era", "mm"]].assign(data_type="validation").to_parquet(blend)
    mixed[["target"]].to_parquet(target)
    for n_jobs in (1, 2):
        found = call(str(ours), str(theirs), blend, "target", n_jobs=n_jobs)
        pd.testing.assert_frame_equal(found, expected, check_freq=False)
    found = call(panel[["era", *FEATURES]], theirs, blend, str(target))
    pd.testing.assert_frame_equal(found, expected)


def test_what_cannot_be_joined_is_said(panel, tmp_path):
    panel = panel.set_axis([f"n{i:03d}" for i in range(len(panel))]).rename_axis("id")
    ours, theirs = tmp_path / "ours.parquet", tmp_path / "theirs.parquet"
    panel.to_parquet(ours)
    good = panel[["good"]]
    for table, says in {
        "twice": (pd.concat([good, good.iloc[3:4]]), "'n003' is twice in .*theirs"),
        "others": (good.set_axis("m" + good.index), "none of the panel's ids"),
        "no ids": (good.reset_index(drop=True), "has no ids"),
        "text": (good.assign(good="high"), "numbers"),
    }.values():
        table.to_parquet(theirs)
        with pytest.raises(NumlearnError, match=says):
            scoring.corr(ours, theirs)
    good.assign(more=1.0).to_parquet(theirs)
    with pytest.raises(NumlearnError, match="'good' and 1 more stand"):
        scoring.mmc(ours, "gaps", theirs)
    with pytest.raises(NumlearnError, match="joined by id to a panel that is"):
        scoring.corr([panel], theirs)
    panel.reset_index(drop=True).to_parquet(ours)
    with pytest.raises(NumlearnError, match="no ids to join"):
        scoring.corr(ours, theirs)
    panel.set_axis(panel["target"].index[:1].repeat(len(panel))).to_parquet(ours)
    with pytest.raises(NumlearnError, match="is twice in the panel"):
        scoring.corr(ours, theirs)


def test_two_files_take_the_memory_of_a_few_eras(tmp_path, monkeypatch):
    monkeypatch.setattr(eras, "_AT_ONCE", 4000)

    def peak(n):
        rng = np.random.default_rng(0)
        table = pd.DataFrame(
            rng.normal(size=(1000 * n, 20)), columns=map(str, range(20))
        )
        table["era"] = np.repeat([f"{i:04d}" for i in range(n)], 1000)
        table = table.set_axis([f"n{i:06d}" for i in range(1000 * n)]).rename_axis("id")
        table[["era", "0"]].to_parquet(tmp_path / "ours.parquet")
        mixed = table.drop(columns=["era", "0"]).sample(frac=1, random_state=0)
        mixed.to_parquet(tmp_path / "theirs.parquet")
        del table, mixed
        tracemalloc.start()
        scores = scoring.corr(
            tmp_path / "ours.parquet", tmp_path / "theirs.parquet", "0"
        )
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert scores.shape == (n, 19)
        return most

    peak(1)
    assert peak(32) < 1.5 * peak(8)


def test_memory_is_that_of_a_few_eras():
    def eras_of(n):
        rng = np.random.default_rng(0)
        for i in range(n):
            target = rng.choice([0, 0.25, 0.5, 0.75, 1], 4000)
            frame = pd.DataFrame(rng.normal(size=(4000, 20)), columns=range(20))
            yield frame.assign(era=f"{i:04d}", target=target)

    def peak(n):
        tracemalloc.start()
        scores = scoring.corr(eras_of(n), list(range(20)))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert scores.shape == (n, 20)
        return most

    assert peak(24) < 1.5 * peak(4)
