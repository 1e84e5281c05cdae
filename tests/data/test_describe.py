import numpy as np

import numlearn as nl


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
