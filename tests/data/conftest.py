"""A small made version of Numerai's files, with v5's schema."""

import json

import numpy as np
import pandas as pd
import pytest

FEATURES = [f"feature_{word}" for word in ("amber", "birch", "cedar", "dune", "elm")]
SETS = {"small": FEATURES[:2], "all": FEATURES, "charisma": FEATURES[2:4]}
TARGETS = ["target", "target_ender_20", "target_ralph_20"]
BINS = np.array([0.0, 0.25, 0.5, 0.75, 1.0], dtype=np.float32)


def make_panel(first, last, data_type, rows=20, seed=0):
    """Make eras first..last of a data set, `rows` rows an era."""
    random = np.random.default_rng([seed, first])
    eras = np.repeat([f"{era:04d}" for era in range(first, last + 1)], rows)
    ids = [f"n{era}{row:011x}" for row, era in enumerate(eras)]
    panel = pd.DataFrame({"era": eras, "data_type": data_type}, index=ids)
    panel.index.name = "id"
    for name in FEATURES:
        panel[name] = random.integers(0, 5, len(panel), dtype=np.int8)
    for name in TARGETS:
        panel[name] = random.choice(BINS, len(panel), p=[0.05, 0.2, 0.5, 0.2, 0.05])
    return panel


def write_version(folder):
    """Write the files of a version into a folder; return the panels by file."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"feature_sets": SETS, "targets": TARGETS}
    (folder / "features.json").write_text(json.dumps(content))
    test = make_panel(27, 28, "test").assign(target=np.nan)
    panels = {
        "train": make_panel(1, 12, "train"),
        "validation": pd.concat([make_panel(17, 26, "validation"), test]),
        "live": make_panel(30, 30, "live").drop(columns=TARGETS),
    }
    for split, panel in panels.items():
        panel.to_parquet(folder / f"{split}.parquet", row_group_size=60)
    validation = panels["validation"]
    others = pd.DataFrame({"prediction": np.linspace(0, 1, len(validation))})
    others.index = validation.index
    others.to_parquet(folder / "validation_example_preds.parquet")
    late = validation[["era", "data_type"]].iloc[100:]
    late.assign(numerai_meta_model=0.5).to_parquet(folder / "meta_model.parquet")
    both = pd.DataFrame({"v5_a": 0.25, "v5_b": 0.75}, index=validation.index)
    both.insert(0, "era", validation["era"])
    both.to_parquet(folder / "validation_benchmark_models.parquet")
    return panels


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Return the folder of a small version and the panels written there."""
    folder = tmp_path_factory.mktemp("v5")
    return folder, write_version(folder)
