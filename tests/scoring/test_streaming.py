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
