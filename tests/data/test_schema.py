import numpy as np
import pandas as pd
import pytest

import numlearn as nl
from numlearn.errors import NumlearnError


def test_sound_panels_and_files_have_no_fault(written):
    folder, panels = written
    for split in panels:
        assert nl.data.schema.faults(folder / f"{split}.parquet") == []
        panel = nl.data.load(split, features="all", source=folder)
        assert nl.data.schema.faults(panel) == []
        nl.data.schema.require(panel)


def _swap_eras(panel):
    panel["era"] = panel["era"].replace({"0003": "0009", "0009": "0003"})


def _repeat_id(panel):
    panel.index = panel.index.where(panel.index != panel.index[5], panel.index[3])


def _drop_ids(panel):
    panel.index = range(len(panel))


def _set(column, value, kind=None):
    def damage(panel):
        if kind:
            panel[column] = panel[column].astype(kind)
        panel.loc[panel.index[7], column] = value

    return damage


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_swap_eras, "Eras are not in order: 0004 follows 0009 at row 60"),
        (_repeat_id, "1 ids occur more than once: n0001"),
        (_set("feature_elm", 5), "values outside 0 to 4: feature_elm"),
        (_set("feature_elm", -1), "values outside 0 to 4: feature_elm"),
        (_set("feature_elm", 1, "float32"), "int8, not Float32: feature_elm"),
        (_set("target", 0.3), "target has values off its bins"),
        (_set("era", "era1"), "four digits such as 0001, so that they sort: era1"),
        (_set("data_type", "tournament"), "not tournament"),
        (lambda panel: panel.pop("era"), "Column era is missing"),
        (_drop_ids, "Column id is missing"),
        (lambda panel: panel.insert(0, "x", 1), None),
    ],
)
def test_each_fault_is_a_sentence(written, tmp_path, damage, sentence):
    panel = written[1]["train"].copy()
    damage(panel)
    panel.to_parquet(tmp_path / "train.parquet")
    for what in (panel, tmp_path / "train.parquet"):
        found = nl.data.schema.faults(what)
        if sentence is None:
            assert found == []
        else:
            assert any(sentence in line for line in found)


def test_all_faults_come_in_one_error(written):
    panel = written[1]["train"].copy()
    _set("target", 0.3)(panel)
    _set("feature_elm", 5)(panel)
    with pytest.raises(NumlearnError, match=r"outside 0 to 4.*off its bins"):
        nl.data.schema.require(panel)


def test_targets_of_seven_bins_and_with_gaps_are_sound(written):
    panel = written[1]["train"].copy()
    seven = np.arange(len(panel)) % 7 / 6
    panel["target_ender_20"] = seven.astype(np.float32)
    panel.loc[panel.index[:9], "target_ender_20"] = np.nan
    assert nl.data.schema.faults(panel) == []


def test_a_column_there_twice_is_named(written):
    panel = written[1]["train"]
    with pytest.raises(NumlearnError, match="'era' is there twice"):
        nl.data.schema.faults(pd.concat([panel, panel["era"]], axis=1))


def test_a_file_is_judged_as_it_is_stored(written, tmp_path):
    """Loading reads eras that are numbers; Numerai's files have none."""
    panel = written[1]["train"]
    panel.assign(era=panel["era"].astype(int)).to_parquet(tmp_path / "train.parquet")
    found = nl.data.schema.faults(tmp_path / "train.parquet")
    assert found == ["Column era is Int64, not text."]
    panel.rename_axis(None).to_parquet(tmp_path / "train.parquet")
    found = nl.data.schema.faults(tmp_path / "train.parquet")
    assert found == ["Column id is missing."]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(NumlearnError, match="no parquet file"):
        nl.data.schema.faults(tmp_path / "train.parquet")
