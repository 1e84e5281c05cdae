import numpy as np
import pandas as pd
import pytest

import numlearn as nl
from numlearn.errors import NumlearnError


def test_load_gives_what_pandas_reads(written):
    folder, panels = written
    panel = nl.data.load("train", features="all", targets="all", source=folder)
    pd.testing.assert_frame_equal(panel, panels["train"], check_dtype=False)
    assert (panel.filter(like="feature_").dtypes == np.int8).all()
    assert panel["target"].dtype == np.float32
    assert panel.index.name == "id"


def test_default_is_the_small_set_and_the_main_target(written):
    folder, _ = written
    panel = nl.data.load("train", source=folder)
    assert list(panel.columns) == [
        "era",
        "data_type",
        "feature_amber",
        "feature_birch",
        "target",
    ]


def test_validation_leaves_out_rows_of_data_type_test(written):
    folder, panels = written
    panel = nl.data.load("validation", source=folder)
    assert set(panel["data_type"]) == {"validation"}
    assert panel["era"].max() == "0026" < panels["validation"]["era"].max()


def test_live_has_no_target_and_says_so_when_asked(written):
    folder, _ = written
    assert "target" not in nl.data.load("live", source=folder)
    with pytest.raises(NumlearnError, match="no column 'target_ender_20'"):
        nl.data.load("live", targets=["target_ender_20"], source=folder)


@pytest.mark.parametrize(
    ("eras", "every", "expected"),
    [
        (None, 4, ["0001", "0005", "0009"]),
        (["0002", 7], 1, ["0002", "0007"]),
        (range(2, 5), 1, ["0002", "0003", "0004"]),
        (slice(2, 5), 1, ["0002", "0003", "0004", "0005"]),
        (slice("0009", None), 1, ["0009", "0010", "0011", "0012"]),
        (slice(None, 9), 4, ["0001", "0005", "0009"]),
        (3, 1, ["0003"]),
        (slice("2", "4"), 1, ["0002", "0003", "0004"]),
        (slice(-3, None), 1, ["0010", "0011", "0012"]),
        (-1, 1, ["0012"]),
        ([-1, 2], 1, ["0002", "0012"]),
        (np.int64(2), 1, ["0002"]),
        ([1.0], 1, ["0001"]),
        (["era3", "5"], 1, ["0003", "0005"]),
        (None, 4.0, ["0001", "0005", "0009"]),
        (pd.Series([2, 7]), 1, ["0002", "0007"]),
    ],
)
def test_eras(written, eras, every, expected):
    folder, panels = written
    panel = nl.data.load("train", eras=eras, every=every, source=folder)
    assert list(panel["era"].unique()) == expected
    whole = panels["train"]
    kept = whole.loc[whole["era"].isin(expected), panel.columns]
    pd.testing.assert_frame_equal(panel, kept, check_dtype=False)


def test_features_by_group_or_list(written):
    folder, _ = written
    group = nl.data.load("train", features="charisma", source=folder)
    assert [*group.filter(like="feature_")] == ["feature_cedar", "feature_dune"]
    listed = nl.data.load("train", features=["feature_elm"], source=folder)
    assert [*listed.filter(like="feature_")] == ["feature_elm"]


def test_without_ids_the_index_counts(written):
    folder, panels = written
    panel = nl.data.load("train", ids=False, source=folder)
    assert isinstance(panel.index, pd.RangeIndex)
    assert (panel["target"].to_numpy() == panels["train"]["target"]).all()


def test_a_new_column_joins_without_a_warning(written, recwarn):
    folder, _ = written
    panel = nl.data.load("train", features="all", source=folder)
    panel["prediction"] = 0.5
    assert not recwarn


def test_missing_features_become_the_middle_bin(tmp_path, written):
    _, panels = written
    panel = panels["train"].astype({"feature_amber": "Int8"})
    panel.loc[panel["era"] == "0001", "feature_amber"] = pd.NA
    panel.to_parquet(tmp_path / "train.parquet")
    loaded = nl.data.load("train", features=["feature_amber"], source=tmp_path)
    assert (loaded.loc[loaded["era"] == "0001", "feature_amber"] == 2).all()
    assert loaded["feature_amber"].dtype == np.int8


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"split": "test"}, "no split 'test': choose one of train, validation, live"),
        ({"features": "smal"}, "no feature set 'smal': choose one of small, all"),
        ({"features": ["feature_ambr"]}, "did you mean 'feature_amber'"),
        ({"targets": ["target_ender_60"]}, "did you mean 'target_ender_20'"),
        ({"eras": ["0099"]}, "no era '0099', only 0001 to 0012"),
        ({"eras": range(90, 95)}, "None of the eras asked for"),
        ({"every": 0}, "every=0 keeps no era"),
        ({"every": 1.5}, "every=1.5 keeps no era"),
        ({"eras": ["2021-01-08"]}, "is a date"),
        ({"features": None}, "features=None names none"),
        ({"features": [1.0]}, "no column 1.0"),
        ({"targets": [None]}, "no column None"),
        ({"features": ["target"]}, "target is of type Float32, not of whole numbers"),
    ],
)
def test_what_does_not_exist_is_named(written, asked, sentence):
    folder, _ = written
    with pytest.raises(NumlearnError, match=sentence):
        nl.data.load(**{"split": "train", "source": folder, **asked})


def test_a_file_without_rows_of_its_split_is_told(tmp_path, written):
    written[1]["train"].to_parquet(tmp_path / "validation.parquet")
    for asked in ({}, {"every": 4}, {"eras": [1]}):
        with pytest.raises(NumlearnError, match="no row of data_type 'validation'"):
            nl.data.load("validation", ["feature_elm"], source=tmp_path, **asked)


def test_one_column_is_one_feature(written):
    panel = nl.data.load("train", "feature_elm", version=written[0])
    assert list(panel.filter(like="feature_")) == ["feature_elm"]


def _integer_eras(panel):
    return panel.assign(era=panel["era"].astype(int))


def _float_eras(panel):
    return panel.assign(era=panel["era"].astype(float))


def _category_eras(panel):
    return panel.astype({"era": "category", "data_type": "category"})


@pytest.mark.parametrize(
    "stored",
    [
        _integer_eras,
        _float_eras,
        _category_eras,
        lambda panel: panel.rename_axis(None),
        lambda panel: panel.reset_index(),
        lambda panel: panel.reset_index().set_index("era"),
        lambda panel: panel.set_index("era", append=True),
        lambda panel: panel.drop(columns="data_type"),
    ],
)
@pytest.mark.parametrize("asked", [{}, {"every": 4}, {"eras": slice(-3, None)}])
def test_whichever_way_a_panel_was_stored(tmp_path, written, stored, asked):
    folder, panels = written
    stored(panels["train"]).to_parquet(tmp_path / "train.parquet", compression="zstd")
    panel = nl.data.load("train", "all", targets="all", source=tmp_path, **asked)
    wanted = nl.data.load("train", "all", targets="all", source=folder, **asked)
    pd.testing.assert_frame_equal(panel, wanted)


def test_dates_are_eras_too(tmp_path, written):
    weeks = pd.date_range("2024-01-05", periods=12, freq="7D")
    train = written[1]["train"]
    for dates in (weeks, weeks.strftime("%Y-%m-%d")):
        codes = train["era"].astype(int) - 1
        train.assign(era=dates[codes]).to_parquet(tmp_path / "train.parquet")
        panel = nl.data.load("train", "all", source=tmp_path, every=4)
        assert pd.to_datetime(panel["era"].unique()).to_list() == list(weeks[::4])
        last = nl.data.load(
            "train", "all", source=tmp_path, eras=slice("2024-03", None)
        )
        assert last["era"].nunique() == 4


def test_eras_that_are_none_are_a_sentence(tmp_path, written):
    train = written[1]["train"]
    train.assign(era=1.5).to_parquet(tmp_path / "train.parquet")
    with pytest.raises(NumlearnError, match=r"1\.5"):
        nl.data.load("train", "all", source=tmp_path)
    train.drop(columns="era").to_parquet(tmp_path / "train.parquet")
    with pytest.raises(NumlearnError, match=r"train\.parquet has no column 'era'"):
        nl.data.load("train", "all", source=tmp_path)


@pytest.mark.parametrize("at", ["train.parquet", "train"])
@pytest.mark.parametrize("label", ["{:04d}", "{}", "era{}"])
def test_a_folder_partitioned_by_era_is_read(tmp_path, written, at, label):
    folder, panels = written
    for era, rows in panels["train"].groupby("era"):
        part = tmp_path / at / f"era={label.format(int(era))}" / "part-0.parquet"
        part.parent.mkdir(parents=True)
        rows.drop(columns="era").to_parquet(part)
    panel = nl.data.load("train", "all", targets="all", source=tmp_path)
    wanted = nl.data.load("train", "all", targets="all", source=folder)
    assert (
        panel["era"]
        .map(lambda era: int(era.removeprefix("era")))
        .equals(wanted["era"].astype(int))
    )
    columns = wanted.columns.drop("era")
    pd.testing.assert_frame_equal(panel[columns], wanted[columns])
    one = nl.data.load("train", "all", source=tmp_path, eras=[11, 2])
    assert len(one) == 40 and one["era"].nunique() == 2


def test_a_folder_without_features_json(tmp_path, written):
    panel = written[1]["train"]
    panel.to_parquet(tmp_path / "train_int8.parquet")
    found = nl.data.load("train", "all", targets="all", source=tmp_path)
    assert list(found) == list(panel)
    with pytest.raises(NumlearnError, match=r'no features\.json.*"all" or a list'):
        nl.data.load("train", source=tmp_path)


def test_no_advice_is_itself_refused(tmp_path, written):
    with pytest.raises(
        NumlearnError, match=r"has no train\.parquet and is empty: look"
    ):
        nl.data.load("train", "all", source=tmp_path)
    (tmp_path / "train.csv").touch()
    with pytest.raises(
        NumlearnError, match=r"write train\.csv as parquet, with pandas"
    ):
        nl.data.load("train", "all", source=tmp_path)
    (tmp_path / "train.parquet").mkdir()
    with pytest.raises(NumlearnError, match="There is no parquet file in"):
        nl.data.load("train", "all", source=tmp_path)
    file = written[0] / "train.parquet"
    with pytest.raises(NumlearnError, match="is a file: give the folder that holds it"):
        nl.data.load("train", "all", source=file)
    with pytest.raises(NumlearnError, match=r'load\("train", source='):
        nl.data.load(file)
    with pytest.raises(NumlearnError, match=r"feature_sets\(\)\['small'\] lists"):
        nl.data.feature_sets("small")


def test_parts_that_do_not_fit_are_not_called_damaged(tmp_path, written):
    train = written[1]["train"]
    (tmp_path / "train.parquet").mkdir()
    train[:100].to_parquet(tmp_path / "train.parquet" / "a.parquet")
    train[100:].drop(columns="feature_elm").to_parquet(
        tmp_path / "train.parquet" / "b.parquet"
    )
    with pytest.raises(NumlearnError, match="is whole but cannot be read"):
        nl.data.load("train", "all", source=tmp_path)


def test_what_is_no_feature_of_version_5_is_said(tmp_path, written):
    train = written[1]["train"].assign(feature_elm=1000)
    train.to_parquet(tmp_path / "train.parquet")
    with pytest.raises(NumlearnError, match="feature_elm has values far outside 0 to"):
        nl.data.load("train", "all", source=tmp_path)


def test_a_feature_named_twice_comes_once(written):
    panel = nl.data.load("train", ["feature_elm", "feature_elm"], source=written[0])
    assert list(panel.filter(like="feature_")) == ["feature_elm"]


def test_missing_sources_are_named(tmp_path, monkeypatch, written):
    monkeypatch.setenv("NUMLEARN_CACHE", str(tmp_path))
    with pytest.raises(NumlearnError, match=r"v5\.2 has not been downloaded yet"):
        nl.data.load("train", source="v5.2")
    with pytest.raises(NumlearnError, match="no folder 'nowhere'"):
        nl.data.load("train", source="nowhere")
    (tmp_path / "numerai" / "v5.2").mkdir(parents=True)
    (tmp_path / "numerai" / "v5.2" / "live.parquet").touch()
    with pytest.raises(NumlearnError, match=r'download\("v5.2", "train.parquet"\)'):
        nl.data.load("train", source="v5.2")


def test_a_damaged_file_is_one_sentence(tmp_path, written):
    folder, _ = written
    whole = (folder / "train.parquet").read_bytes()
    path = tmp_path / "train.parquet"
    middle = len(whole) // 2
    for name, content, sentence in [
        ("cut", whole[:middle], "cut short"),
        ("empty", b"", "is an empty file"),
        ("page", b"<html>" + whole, "does not begin"),
        ("footer", whole[:-200] + bytes(192) + whole[-8:], "damaged inside"),
    ]:
        path.write_bytes(content)
        with pytest.raises(NumlearnError, match=sentence):
            nl.data.load("train", features=["feature_amber"], source=tmp_path)
        assert name


def test_predictions_of_others_join_onto_a_panel(written):
    folder, _ = written
    panel = nl.data.load("validation", source=folder)
    for frame, columns in [
        (nl.data.load_example_predictions(source=folder), ["prediction"]),
        (nl.data.load_metamodel(folder), ["numerai_meta_model"]),
        (nl.data.load_benchmarks(source=folder), ["v5_a", "v5_b"]),
    ]:
        joined = panel.join(frame)
        assert list(joined.columns) == [*panel.columns, *columns]
        assert len(joined) == len(panel)
    assert panel.join(nl.data.load_metamodel(folder))["numerai_meta_model"].isna().any()


def test_a_folder_of_parts_is_one_file(tmp_path, written):
    folder, panels = written
    whole = panels["train"]
    (tmp_path / "train.parquet").mkdir()
    for name, part in [("0001-0005", whole[:100]), ("0006-0012", whole[100:])]:
        part.to_parquet(tmp_path / "train.parquet" / f"{name}.parquet")
    features = nl.data.feature_sets(folder)["all"]
    panel = nl.data.load("train", features=features, source=tmp_path)
    assert panel.equals(nl.data.load("train", features="all", source=folder))


@pytest.mark.parametrize("split", ["validation", "live"])
def test_the_classroom_set_has_ids_that_join(split):
    folder = nl.data.sources.source_folder()
    panel = nl.data.load(split, features=[])
    stored = pd.read_parquet(folder / f"{split}.parquet", columns=["era", "data_type"])
    ranks = pd.read_parquet(folder / f"{split}_example_preds.parquet")["prediction"]
    expected = (ranks + 0.5) / stored.groupby("era")["era"].transform("size")
    joined = panel.join(nl.data.load_example_predictions(split))
    kept = (stored["data_type"] == split).to_numpy()
    np.testing.assert_allclose(joined["prediction"], expected[kept], rtol=1e-6)
    assert panel.index.is_unique
    assert panel.index.str.fullmatch("n[0-9a-f]{15}").all()


def test_ids_do_not_depend_on_what_is_loaded():
    whole = nl.data.load("validation", features=[])
    fourth = nl.data.load("validation", features=[], every=4, eras=slice(101, None))
    assert fourth["era"].equals(whole["era"].loc[fourth.index])


def test_the_classroom_set_keeps_to_the_schema():
    folder = nl.data.sources.source_folder()
    for split in ("train", "validation", "live"):
        assert nl.data.schema.faults(folder / f"{split}.parquet") == []
        panel = nl.data.load(split, features="all", targets="all", every=8)
        assert nl.data.schema.faults(panel) == []


def test_without_ids_and_without_a_world_the_cure_is_named(tmp_path, written):
    written[1]["train"].reset_index(drop=True).to_parquet(tmp_path / "train.parquet")
    with pytest.raises(NumlearnError, match="load it with ids=False"):
        nl.data.load("train", features=["feature_elm"], source=tmp_path)
