"""Worlds on disk: written part by part, each whole or not there at all."""

import hashlib
import json
import os
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from numlearn._files import written_whole
from numlearn.data import cache_folder
from numlearn.errors import NumlearnError
from numlearn.world import _targets
from numlearn.world._example import FITS, predictions
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
        As in `write_world`.

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
    return write_world(config, out, ids=ids, progress=progress)


def write_classroom(folder, progress=None):
    """Write the data set that comes with the course, as it lies in data/.

    Parameters and result are those of `write_world`.
    """
    return write_world(Config(), folder, False, True, progress)


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
        As in `write_world`.

    Returns
    -------
    pathlib.Path
        A folder in numlearn's cache, for ``numlearn.data.load(..., source=folder)``.
    """
    config = Config(seed=seed, eras=eras)
    recipe = json.dumps([FORMAT, models, config.as_plain()], sort_keys=True)
    key = hashlib.blake2b(recipe.encode(), digest_size=4).hexdigest()
    folder = cache_folder() / "worlds" / f"seed-{seed}-eras-{eras}-{key}"
    return write_world(config, folder, False, models, progress)


def write_world(config, folder, ids=True, models=False, progress=None):
    """Write a world's files, as Numerai's version 5 names them, into a folder.

    Parameters
    ----------
    config : Config
        The world's recipe.
    folder : path-like
        Made if it is not there. What an interrupted call left is gone on with.
    ids : bool
        Whether the column id is stored. Without it the files are smaller, and
        `numlearn.data.load` derives the ids.
    models : bool
        Whether the example's, the benchmarks' and a metamodel's predictions are made
        too; they are fitted in memory, so only where the data fit.
    progress : callable, optional
        Called as ``progress(done, total=...)``: eras written, then models fitted.

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
    facts = {"format": FORMAT, "ids": ids, "models": models}
    facts["config"] = config.as_plain()
    if _refuse_other(folder, facts):
        return folder
    _save_json(facts, folder / "world.json")
    world = World.build(config)
    sets = world.features.sets()
    names = {"feature_sets": sets, "targets": _targets.NAMES}
    _save_json(names, folder / "features.json")
    steps = config.live + (FITS if models else 0)
    tell = partial(progress, total=steps) if progress else None
    hashes = {}
    for split, eras in world.splits().items():
        for path, part in _parts(config, folder / f"{split}.parquet", eras):
            hashes.update(_write_part(world, part, path, ids, tell))
        _finish(folder / f"{split}.parquet")
    if models:
        _save_models(folder, sets, ids, config.live, tell)
    for left in folder.rglob(".*.part"):  # by calls that were killed
        left.unlink()
    _save_json({**facts, "hashes": hashes}, folder / "world.json")
    return folder


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


def _write_part(world, eras, path, ids, tell=None):
    """Write one file unless it is there, and return the content hashes of its eras."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from joblib import Parallel, delayed

    if path.exists():
        return json.loads(pq.read_metadata(path).metadata[b"numlearn"])
    threads = Parallel(n_jobs=2, prefer="threads")
    hashes, writer = {}, None
    with written_whole(path) as part:
        for group in _groups(world.config, eras):
            made = threads(delayed(_era_and_hash)(world, era) for era in group)
            frames = [frame for frame, _ in made]
            hashes.update({f"{e:04d}": found for e, (_, found) in zip(group, made)})
            if tell:
                tell(group[-1])
            table = pa.Table.from_pandas(pd.concat(frames), preserve_index=ids)
            if writer is None:
                writer = pq.ParquetWriter(part, table.schema, **_COMPRESSION)
            writer.write_table(table, row_group_size=len(table))
        writer.add_key_value_metadata({"numlearn": json.dumps(hashes)})
        writer.close()
    return hashes


def _era_and_hash(world, era):
    frame = world.era(era)
    return frame, content_hash(frame)


_COMPRESSION = {"compression": "zstd", "compression_level": 6}


def _groups(config, eras):
    """Cut eras into row groups: whole eras, few enough for the memory."""
    size = GROUP_CELLS // (config.rows * config.features)
    size = max(1, min(GROUP_ERAS, size))
    return [eras[i : i + size] for i in range(0, len(eras), size)]


def _save_models(folder, sets, ids, done, tell):
    """Fit the models that come with the data, and save what they predict."""
    tell_fit = tell and (lambda number: tell(done + number))
    frames = {
        split: pd.read_parquet(folder / f"{split}.parquet")
        for split in ("train", "validation", "live")
    }
    later = pd.concat([frames["validation"], frames["live"]])
    for name, frame in predictions(frames["train"], later, sets, tell_fit).items():
        frame = frame.astype(np.uint16).set_index(later.index)
        frame.insert(0, "era", later["era"])
        is_live = (later["data_type"] == "live").to_numpy()
        if name == "meta_model":
            _save_frame(frame[~is_live], folder / "meta_model.parquet", ids)
        else:
            _save_frame(frame[~is_live], folder / f"validation_{name}.parquet", ids)
            _save_frame(frame[is_live], folder / f"live_{name}.parquet", ids)


def _save_frame(frame, path, ids):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=ids)
    with written_whole(path) as part:
        pq.write_table(table, part, **_COMPRESSION)


def _save_json(content, path):
    with written_whole(path) as part:
        part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
