"""Worlds on disk: written part by part, each whole or not there at all."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd

from numlearn.data import cache_folder
from numlearn.errors import NumlearnError
from numlearn.world import _targets
from numlearn.world.dataset import SEED, Config, World, content_hash

FORMAT = 1  # of the files: another number is another cache
GROUP_CELLS = 60_000_000  # of a row group, at most: this bounds the memory
GROUP_ERAS = 20
PART_CELLS = 400_000_000  # a split with more cells becomes a folder of parts


def make(out, eras=200, rows=5000, features=2376, seed=0, ids=True, progress=None):
    """Write a world of any size, era by era, in bounded memory.

    Parameters
    ----------
    out : path-like
        The folder. Called again after a kill, `make` goes on where it was.
    eras, rows, features, seed : int
        The world. Numerai's own files have about 1,200 eras of 5,000 to 7,000 rows
        and 2,748 features or more.
    ids : bool
        Whether the column id is stored, as in Numerai's files.
    progress : callable, optional
        Called with the number of eras written and in all.

    Returns
    -------
    pathlib.Path
        The folder, without predictions.

    Raises
    ------
    NumlearnError
        If the folder holds another world, or the size makes no world.
    """
    config = Config(seed=seed, eras=eras, rows=rows, features=features)
    return write_world(World.build(config), out, ids=ids, progress=progress)


def write_classroom(folder, progress=None):
    """Write the data set that comes with the course, as it lies in data/.

    Parameters and result are those of `write_world`.
    """
    return write_world(World.build(), folder, False, True, progress)


def classroom(eras=520, seed=SEED, models=True, progress=None):
    """Return the folder of a longer classroom world, made on first use.

    Parameters
    ----------
    eras : int
        Its length; the first 160 are the data set that comes with the course, but for
        where training ends and for the models' predictions.
    seed : int
        Another seed is another world.
    models : bool
        Whether the predictions are made too.
    progress : callable, optional
        Called with the number of eras written and in all.

    Returns
    -------
    pathlib.Path
        A folder in numlearn's cache, for ``numlearn.data.load(..., source=folder)``.
    """
    world = World.build(seed=seed, eras=eras)
    recipe = json.dumps([FORMAT, models, world.config.as_plain()], sort_keys=True)
    key = hashlib.blake2b(recipe.encode(), digest_size=4).hexdigest()
    folder = cache_folder() / "worlds" / f"seed-{seed}-eras-{eras}-{key}"
    return write_world(world, folder, False, models, progress)


def write_world(world, folder, ids=True, models=False, progress=None):
    """Write a world's files, as Numerai's version 5 names them, into a folder.

    Parameters
    ----------
    world : World
        The world.
    folder : path-like
        Made if it is not there. What an interrupted call left is gone on with.
    ids : bool
        Whether the column id is stored. Without it the files are smaller, and
        `numlearn.data.load` derives the ids.
    models : bool
        Whether the example's, the benchmarks' and a metamodel's predictions are made
        too; they are fitted in memory, so only where the data fit.
    progress : callable, optional
        Called with the number of eras written and in all.

    Returns
    -------
    pathlib.Path
        The folder. `train.parquet` and `validation.parquet` are files, or folders of
        parts where the split is large. world.json holds the recipe; once the folder is
        complete, it also holds a content hash of each era.

    Raises
    ------
    NumlearnError
        If the folder holds another world.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    facts = _facts(world.config, ids)
    if _refuse_other(folder, facts):
        return folder
    _save_json(facts, folder / "world.json")
    sets = world.features.sets()
    names = {"feature_sets": sets, "targets": _targets.NAMES}
    _save_json(names, folder / "features.json")
    hashes = {}
    for split, eras in world.splits().items():
        for path, part in _parts(world.config, folder / f"{split}.parquet", eras):
            hashes.update(_write_part(world, part, path, ids))
            if progress:
                progress(part[-1], world.config.live)
        _finish(folder / f"{split}.parquet")
    if models:
        _save_models(folder, sets, ids)
    _save_json({**facts, "hashes": hashes}, folder / "world.json")
    return folder


def _facts(config, ids):
    return {"format": FORMAT, "ids": ids, "config": config.as_plain()}


def _refuse_other(folder, facts):
    """Refuse a folder that holds another world; tell whether this one is complete."""
    path = folder / "world.json"
    if not path.exists():
        return False
    found = json.loads(path.read_text(encoding="utf-8"))
    complete = found.pop("hashes", None) is not None
    if found != facts:
        raise NumlearnError(
            f"{folder} holds another world already (look at its world.json): give a "
            "folder of its own, or remove this one."
        )
    return complete


def _parts(config, path, eras):
    """Yield the files of a split and the eras of each."""
    per_era = config.rows * config.features
    if len(eras) * per_era <= PART_CELLS:
        yield path, eras
        return
    if not path.exists():
        path = path.with_name(path.name + ".unfinished")
        path.mkdir(exist_ok=True)
    size = max(1, min(25, PART_CELLS // per_era))
    for first in range(eras[0], eras[-1] + 1, size):
        part = range(first, min(first + size, eras[-1] + 1))
        yield path / f"{part[0]:04d}-{part[-1]:04d}.parquet", part


def _finish(path):
    unfinished = path.with_name(path.name + ".unfinished")
    if unfinished.is_dir():
        os.replace(unfinished, path)


def _write_part(world, eras, path, ids):
    """Write one file unless it is there, and return the content hashes of its eras."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.exists():
        return json.loads(pq.read_schema(path).metadata[b"numlearn"])
    hashes, writer = {}, None
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        for group in _groups(world.config, eras):
            frames = [world.era(era) for era in group]
            hashes.update({f"{e:04d}": content_hash(f) for e, f in zip(group, frames)})
            table = pa.Table.from_pandas(pd.concat(frames), preserve_index=ids)
            if writer is None:
                writer = pq.ParquetWriter(partial, table.schema, **_COMPRESSION)
            writer.write_table(table, row_group_size=len(table))
        writer.add_key_value_metadata({"numlearn": json.dumps(hashes)})
        writer.close()
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return hashes


_COMPRESSION = {"compression": "zstd", "compression_level": 6}


def _groups(config, eras):
    """Cut eras into row groups: whole eras, few enough for the memory."""
    size = GROUP_CELLS // (config.rows * config.features)
    size = max(1, min(GROUP_ERAS, size))
    return [eras[i : i + size] for i in range(0, len(eras), size)]


def _save_models(folder, sets, ids):
    """Fit the models that come with the data, and save what they predict."""
    from numlearn.world._example import predictions

    train, *rest = (
        pd.read_parquet(folder / f"{split}.parquet")
        for split in ("train", "validation", "live")
    )
    later = pd.concat(rest)
    for name, frame in predictions(train, later, sets).items():
        frame.insert(0, "era", later["era"].to_numpy())
        frame.index = later.index
        for split in ("validation", "live"):
            rows = (later["data_type"] == "live").to_numpy() == (split == "live")
            file = f"{split}_{name}" if name != "meta_model" else name
            if (file, split) != ("meta_model", "live"):
                _save_ranks(frame[rows], folder / f"{file}.parquet", ids)


def _save_ranks(frame, path, ids):
    """Save predictions as 16-bit ranks within the era: rank r of n is (r + .5) / n."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    frame = frame.copy()
    size = frame.groupby("era")["era"].transform("size").to_numpy()
    for name in frame.columns[1:]:
        frame[name] = np.rint(frame[name].to_numpy() * size - 0.5).astype(np.uint16)
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    table = pa.Table.from_pandas(frame, preserve_index=ids)
    pq.write_table(table, partial, **_COMPRESSION)
    os.replace(partial, path)


def _save_json(content, path):
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, path)
