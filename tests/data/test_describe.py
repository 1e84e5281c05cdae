import numpy as np
import pandas as pd
import pytest

import numlearn as nl
from numlearn.data import _describe
from numlearn.errors import NumlearnError


def test_describe_tells_what_a_panel_holds(written):
    folder, _ = written
    panel = nl.data.load("train", features="all", every=4, source=folder)
    panel.loc[panel["era"] == "0005", "feature_elm"] = 2
    panel.loc[panel.index[:6], "target"] = np.nan
    panel["prediction"] = 0.5
    panel["target_late_60"] = np.nan
    facts = nl.data.describe(panel)["what it holds"]
    assert facts["rows"] == "60, each with its own id"
    assert facts["eras"] == "3, from 0001 to 0009"
    assert facts["rows an era"] == "20 on average, 20 to 20"
    assert facts["features"] == "5 of type int8; 6.7% missing (a whole era at 2)"
    assert facts["target"] == "5 values, 10.0% missing"
    assert facts["target_late_60"] == "not known yet"
    assert facts["other columns"] == "data_type, prediction"
    assert facts["memory"].endswith("MiB")


def test_describe_says_when_ids_repeat_or_lack(written):
    folder, _ = written
    panel = nl.data.load("live", source=folder)
    twice = panel.set_axis(["n1"] * len(panel)).rename_axis("id")
    assert "ids repeat" in nl.data.describe(twice)["what it holds"]["rows"]
    assert (
        "without ids"
        in nl.data.describe(nl.data.load("live", source=folder, ids=False))[
            "what it holds"
        ]["rows"]
    )


@pytest.mark.parametrize("split", ["train", "validation", "live"])
def test_a_split_is_described_without_holding_it(written, monkeypatch, split):
    folder, _ = written
    whole = nl.data.load(split, "all", targets="all", source=folder)
    wanted = nl.data.describe(whole).drop("memory")
    monkeypatch.setattr(_describe, "_ERAS_AT_ONCE", 3)
    told = []
    asked = {"progress": lambda *counts: told.append(counts)}
    for facts in (
        nl.data.describe(split, source=folder, **asked),
        nl.data.describe(folder / f"{split}.parquet"),
    ):
        pd.testing.assert_frame_equal(facts, wanted)
    eras = whole["era"].nunique()
    assert told[-1] == (eras, eras)


def test_what_cannot_be_described_is_a_sentence(written):
    folder, _ = written
    panel = nl.data.load("live", source=folder)
    for odd, sentence in [
        (panel["era"], "A panel is a pandas DataFrame, not Series"),
        ("trian", "no split 'trian'"),
        (pd.concat([panel, panel["era"]], axis=1), "twice"),
        (panel.drop(columns="era"), "no column 'era'"),
        (panel[:0], "has no rows"),
    ]:
        with pytest.raises(NumlearnError, match=sentence):
            nl.data.describe(odd)


def test_eras_are_told_in_the_order_of_time():
    panel = pd.DataFrame({"era": [f"era{n}" for n in (1, 2, 10, 10)], "target": 0.5})
    facts = nl.data.describe(panel)["what it holds"]
    assert facts["eras"] == "3, from era1 to era10"
    assert nl.data.era_sizes(panel).to_dict() == {"era1": 1, "era2": 1, "era10": 2}
    assert list(nl.data.bin_shares(panel, "target")) == ["target"]
    with pytest.raises(NumlearnError, match="name at least one"):
        nl.data.bin_shares(panel, [])
