"""Worlds on disk: written part by part, resumed after a kill, verified by content."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd

from numlearn.world import _targets
from numlearn.world.dataset import World, content_hash, description

FORMAT = 1


def write_world(world, folder, ids=False, models=True):
    """Write a world's files into a folder, as data/ has them.

    Parameters
    ----------
    world : World
        The world.
    folder : path-like
        Made if it is not there.
    ids : bool
        Whether the id column is stored; without it, ids are derived on loading.
    models : bool
        Whether example, benchmark and metamodel predictions are made too.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    live = world.config.live
    spans = {
        "train": range(1, world.config.last_train + 1),
        "validation": range(world.config.last_train + 1, live),
        "live": range(live, live + 1),
    }
    panels, hashes = {}, {}
    for split, eras in spans.items():
        parts = []
        for era in eras:
            parts.append(world.era(era))
            hashes[f"{era:04d}"] = content_hash(parts[-1])
        panels[split] = pd.concat(parts)
        save_panel(panels[split], folder / f"{split}.parquet", ids)
    sets = world.features.sets()
    save_json({"feature_sets": sets, "targets": _targets.NAMES}, folder, "features")
    if models:
        _save_models(panels, sets, folder, ids)
    facts = {"format": FORMAT, "config": description(world.config), "hashes": hashes}
    save_json(facts, folder, "world")


def _save_models(panels, sets, folder, ids):
    from numlearn.world import _example

    later = pd.concat([panels["validation"], panels["live"]])
    for name, frame in _example.predictions(panels["train"], later, sets).items():
        frame.index = later.index
        frame.insert(0, "era", later["era"])
        for split in ("validation", "live"):
            part = frame[(later["data_type"] == "live") == (split == "live")]
            if name != "meta_model":
                save_predictions(part, folder / f"{split}_{name}.parquet", ids)
            elif split == "validation":
                save_predictions(part, folder / f"{name}.parquet", ids)


def save_panel(panel, path, ids=False, group=60_000):
    """Write a panel atomically, in row groups of whole eras where they fit."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(panel, preserve_index=ids)
    part = path.with_name(path.name + ".part")
    pq.write_table(
        table, part, compression="zstd", compression_level=12, row_group_size=group
    )
    os.replace(part, path)


def save_predictions(frame, path, ids=False):
    """Write predictions as 16-bit ranks within the era: (rank + .5) / n gives them."""
    frame = frame.copy()
    size = frame.groupby("era")["era"].transform("size").to_numpy()
    for name in frame.columns[1:]:
        rank = np.rint(frame[name].to_numpy() * size - 0.5)
        frame[name] = rank.astype(np.uint16)
    save_panel(frame, path, ids, group=1_000_000)


def save_json(content, folder, name):
    """Write a JSON file atomically."""
    path = folder / f"{name}.json"
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    os.replace(part, path)
