import json
import os
import shutil
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import numlearn as nl
from numlearn._files import course_root
from numlearn.errors import NumlearnError
from numlearn.world import World, content_hash, make, verify
from numlearn.world import _write as write
from numlearn.world.dataset import Config

SIZE = {"eras": 40, "rows": 150, "features": 50, "seed": 3}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("made"), **SIZE)


def test_made_world_loads_and_verifies(made):
    panel = nl.data.load("validation", features="all", source=made)
    assert panel["era"].iloc[0] == "0025" and panel.shape[1] == 53
    checked = verify(made)
    assert checked.ok and checked.eras == 41 and "all" in str(checked)


def test_large_splits_are_folders_of_parts_with_the_same_values(
    made, tmp_path, monkeypatch
):
    monkeypatch.setattr(write, "PART_CELLS", 70_000)
    parts = make(tmp_path, **SIZE)
    assert len(list((parts / "train.parquet").glob("*.parquet"))) > 1
    hashes = [
        json.loads((f / "world.json").read_text())["hashes"] for f in (made, parts)
    ]
    assert hashes[0] == hashes[1] and verify(parts).ok
    both = [nl.data.load("train", source=f) for f in (made, parts)]
    pd.testing.assert_frame_equal(*both)


KILLED = """
import sys
from numlearn.world import _write
_write.PART_CELLS = 70_000
_write.make(sys.argv[1], eras=40, rows=150, features=50, seed=3)
"""


def test_goes_on_after_a_kill(made, tmp_path, monkeypatch):
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)])
    unfinished = tmp_path / "train.parquet.unfinished"
    while process.poll() is None and len(list(unfinished.glob("*.parquet"))) < 2:
        time.sleep(0.005)
    process.kill()
    process.wait()
    first = next(iter(sorted(tmp_path.rglob("0001-*.parquet"))))
    before = first.read_bytes(), first.stat().st_ino
    (tmp_path / ".left.1.part").write_text("by another kill")
    monkeypatch.setattr(write, "PART_CELLS", 70_000)
    make(tmp_path, **SIZE)
    first = next(iter(sorted(tmp_path.rglob("0001-*.parquet"))))
    assert (first.read_bytes(), first.stat().st_ino) == before  # not written again
    assert not list(tmp_path.rglob("*.part")) and verify(tmp_path).ok


def test_another_world_is_not_written_over(made):
    with pytest.raises(NumlearnError, match="holds another world"):
        make(made, **{**SIZE, "seed": 4})
    assert make(made, **SIZE) == made


def test_verify_counts_what_differs(made, tmp_path):
    folder = shutil.copytree(made, tmp_path / "copy")
    panel = pd.read_parquet(folder / "train.parquet")
    panel.iloc[3, 5] = (panel.iloc[3, 5] + 1) % 5
    panel.iloc[700, -1] = np.nan if panel.iloc[700, -1] == 0.5 else 0.5
    panel.to_parquet(folder / "train.parquet")
    checked = verify(folder)
    assert (checked.differing, checked.unequal_hashes, checked.ok) == (2, 2, False)
    assert "2 of" in str(checked)


def test_verify_refuses_what_is_not_whole(made, tmp_path):
    folder = shutil.copytree(made, tmp_path / "copy")
    panel = pd.read_parquet(folder / "live.parquet")
    panel.assign(era="0001").to_parquet(folder / "live.parquet")
    with pytest.raises(NumlearnError, match="does not hold eras 41"):
        verify(folder)
    os.remove(folder / "live.parquet")
    with pytest.raises(NumlearnError, match="There is no parquet file"):
        verify(folder)
    with pytest.raises(NumlearnError, match="no complete world"):
        verify(tmp_path)


def test_classroom_is_made_once(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMLEARN_CACHE", str(tmp_path))
    told = []
    folder = nl.world.classroom(
        eras=20, seed=1, models=False, progress=lambda done, total: told.append(total)
    )
    assert tmp_path in folder.parents and set(told) == {21}
    assert (
        nl.world.classroom(eras=20, seed=1, models=False, progress=told.append)
        == folder
    )


def test_models_come_with_the_data(tmp_path):
    config = Config(seed=2, eras=40, rows=200, features=42)
    folder = write.write_world(config, tmp_path, ids=False, models=True)
    world = World.build(config)
    panel = nl.data.load("validation", source=folder)
    assert panel.index.equals(world.panel(range(25, 37)).index)
    panel["example"] = nl.data.load_example_predictions(source=folder)["prediction"]
    panel["mm"] = nl.data.load_metamodel(source=folder)["numerai_meta_model"]
    panel = panel.join(nl.data.load_benchmarks(source=folder))
    models = panel.iloc[:, -5:]
    assert models.notna().all().all() and models.corr().to_numpy().min() > 0.1
    assert len(nl.data.load_example_predictions("live", source=folder)) == 176


@pytest.mark.parametrize("era", [1, 97, 157, 161])
def test_shipped_data_are_those_of_the_recipe(shipped, era):
    world, hashes = shipped
    split = world.split(era).replace("test", "validation")
    stored = pd.read_parquet(
        course_root() / "data" / f"{split}.parquet",
        filters=[("era", "==", f"{era:04d}")],
    )
    expected = world.era(era)
    stored.index = expected.index
    differing = int((stored.fillna(-1) != expected.fillna(-1)).to_numpy().sum())
    assert differing <= 5  # none on the build that wrote them
    assert content_hash(stored) == hashes[f"{era:04d}"]


@pytest.fixture(scope="module")
def shipped():
    facts = json.loads((course_root() / "data" / "world.json").read_text())
    config = Config.from_plain(facts["config"])
    assert config == Config()
    return World.build(config), facts["hashes"]


def test_shipped_data_are_small():
    files = list((course_root() / "data").iterdir())
    assert sum(file.stat().st_size for file in files) <= 12_000_000


LIKE = {"eras": 36, "rows": 100, "seed": 3, "like": "v5.3"}


@pytest.fixture(scope="module")
def v53(tmp_path_factory):
    return make(tmp_path_factory.mktemp("v53"), **LIKE, group_rows=700)


def test_version_5_3_has_its_files_sets_and_columns(v53):
    predicted = ["benchmark_models", "example_preds"]
    names = {
        f"{split}_{name}" for split in ("validation", "live") for name in predicted
    }
    names |= {"train", "validation", "live", "meta_model", "train_benchmark_models"}
    assert {f.stem for f in v53.glob("*.parquet")} == names
    assert len(list(v53.glob("*.csv"))) == 2
    columns = pq.read_schema(v53 / "validation.parquet").names
    assert len(columns) == 3599 and set(columns[:2]) == {"era", "data_type"}
    sets = nl.data.feature_sets(v53)
    sizes = {name: len(set(found)) for name, found in sets.items()}
    assert len(sets) == 19 and sizes["small"] == 42 and sizes["medium"] == 780
    assert sizes["all"] == 3555 and sizes["quantum"] == 807 and sizes["rain"] == 666
    assert set(sets["small"]) < set(sets["medium"]) < set(sets["all"])
    inner = [set(sets[name]) & set(sets["medium"]) for name in ("charisma", "agility")]
    assert [len(found) for found in inner] == [116, 58]
    targets = [c for c in columns if c.startswith("target")]
    assert len(targets) == 41 and nl.data.target_names(v53) == targets


def test_version_5_3_loads_is_verified_and_has_no_fault(v53):
    panel = nl.data.load("validation", "medium", targets="all", source=v53)
    assert panel["target"].equals(panel["target_ender_60"].rename("target"))
    assert (panel.filter(like="feature_").dtypes == np.int8).all()
    alike = panel.filter(like="_20").corr()["target_ender_20"].drop("target_ender_20")
    assert 0.55 < alike.min() < alike.max() < 0.9
    assert panel["era"].iloc[0] == "0017" and panel["era"].iloc[-1] == "0024"
    assert nl.data.schema.faults(v53 / "train.parquet") == []
    told = []
    checked = verify(v53, progress=lambda *at: told.append(at))
    assert checked.ok and told[-1] == (37, 37)


def test_version_5_3_predictions_join_what_they_belong_to(v53):
    panel = nl.data.load("validation", source=v53)
    benchmarks = nl.data.load_benchmarks(source=v53)
    assert list(benchmarks) == ["v53_lgbm_ender20", "v53_lgbm_ender60"]
    joined = panel.join(benchmarks).join(nl.data.load_metamodel(v53))
    joined = joined.join(nl.data.load_example_predictions(source=v53))
    assert joined[["prediction", *benchmarks]].notna().all(axis=None)
    last = joined.dropna(subset="numerai_meta_model")["era"].unique()
    assert list(last) == ["0024"]  # the users were there for the last eras only
    early = nl.data.load_benchmarks("train", v53)
    train = nl.data.load("train", source=v53).join(early)
    assert train.dropna()["era"].unique()[0] == "0009"  # none predicts what it learned
    assert len(nl.data.load_example_predictions("live", v53)) > 0


def test_version_5_3_has_row_groups_that_cut_through_eras(v53):
    file = pq.ParquetFile(v53 / "train.parquet")
    groups = [file.metadata.row_group(k).num_rows for k in range(file.num_row_groups)]
    assert groups[:-1] == [700] * (len(groups) - 1) and 0 < groups[-1] <= 700
    assert not list(v53.rglob("*.unfinished"))


def test_version_5_3_goes_on_after_a_kill(v53, tmp_path, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(write, "PART_CELLS", 4_000_000)
    with monkeypatch.context() as patch:
        patch.setattr(write, "_join", killed)
        with pytest.raises(KeyboardInterrupt):
            make(tmp_path, **LIKE)
    parts = sorted((tmp_path / "train.parquet.unfinished").iterdir())
    before = [part.stat().st_mtime_ns for part in parts]
    with monkeypatch.context() as patch:
        patch.setattr(write, "_save_models", killed)
        patch.setattr(write.shutil, "rmtree", lambda path: None)
        with pytest.raises(KeyboardInterrupt):
            make(tmp_path, **LIKE)
    assert len(parts) > 1 and [p.stat().st_mtime_ns for p in parts] == before
    make(tmp_path, **LIKE)
    assert not list(tmp_path.rglob("*.unfinished"))
    assert pq.ParquetFile(tmp_path / "train.parquet").num_row_groups == 1
    hashes = [
        json.loads((f / "world.json").read_text())["hashes"] for f in (v53, tmp_path)
    ]
    assert hashes[0] == hashes[1]
    name = "meta_model.parquet"
    assert (tmp_path / name).read_bytes() == (v53 / name).read_bytes()


def test_what_makes_no_data_set_is_refused(tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(NumlearnError, match="is a file: give a folder"):
        make(file, **SIZE)
    assert file.read_text() == "mine"
    with pytest.raises(NumlearnError, match=r"has 3,555 features, not 50"):
        make(tmp_path / "a", **SIZE, like="v5.3")
    with pytest.raises(NumlearnError, match=r"like is 'v5.3' or None, not 'v4'"):
        make(tmp_path / "b", like="v4")
    with pytest.raises(NumlearnError, match="group_rows is a whole number from 1"):
        make(tmp_path / "c", **SIZE, group_rows=0)
    with pytest.raises(NumlearnError, match="seed is a whole number"):
        make(tmp_path / "d", **{**SIZE, "seed": "a"})
    assert list(tmp_path.iterdir()) == [file]
    (tmp_path / "world.json").write_text("{")
    with pytest.raises(NumlearnError, match="damaged"):
        make(tmp_path, **SIZE)
