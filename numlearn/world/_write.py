"""Worlds on disk: written part by part, each whole or not there; and verified."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from numlearn._files import folder_to_fill, lies_at, written_whole
from numlearn._progress import progress_shown
from numlearn.data import cache_folder
from numlearn.data.sources import source_folder
from numlearn.eras import pieces
from numlearn.errors import NumlearnError, instead_of, whole_number
from numlearn.world._example import BENCHMARKS, fits, predictions, second_half
from numlearn.world._features import V53_ALL, target_names
from numlearn.world.dataset import SEED, Config, World, content_hash

FORMAT = 1  # of the files: another number is another cache
GROUP_CELLS = 60_000_000  # of a row group, at most: this bounds the memory
GROUP_ERAS = 20
GROUP_ROWS = 2**20  # of a row group, as pandas writes them
V53_TRAIN = 574 / 1232  # share of the eras of version 5.3 that are for training
PART_CELLS = 400_000_000  # a split with more cells becomes a folder of parts


def make(
    out, eras=200, rows=5000, features=None, seed=0, *,
    like=None, ids=True, group_rows=None, progress=None,
):  # fmt: skip
    """Write a world of any size, era by era, in bounded memory.

    Parameters
    ----------
    out : path-like
        The folder. Called again after a kill, `make` goes on where it was.
    eras, rows, features, seed : int
        The world. Numerai's own files have about 1,200 eras of 5,000 to 7,000 rows
        and 2,748 features or more; 2,376 is the default.
    like : {None, "v5.3"}
        With Numerai's version 5.3 every file of it is written in its shape: 3,555
        features in 19 sets, 41 targets, single files with the share of training eras
        that it has, its benchmarks, example predictions and a metamodel of the last
        eras. Models learn from the small set, so the memory is that of the small set
        and of one row group.
    ids : bool
        Whether the column id is stored, as in Numerai's files.
    group_rows : int, optional
        Rows of a row group. Where nothing is given, row groups are whole eras that fit
        in memory; `like` a version they have 1,048,576 rows, as pandas writes by
        default, and cut through eras. 3,555 features of so many rows are 3.8 GB.
    progress : None, True or callable
        A bar on stderr, or called with eras and models that are done and in all.

    Returns
    -------
    pathlib.Path
        The folder; without `like` a version it has no predictions.

    Raises
    ------
    NumlearnError
        If the folder is a file or holds another world, or the size makes no world.

    Examples
    --------
    >>> import tempfile
    >>> import numlearn as nl
    >>> folder = tempfile.TemporaryDirectory()
    >>> made = nl.world.make(folder.name, eras=20, rows=100, features=42)
    >>> nl.data.load("train", source=made)["era"].nunique()
    12
    >>> folder.cleanup()
    """
    usual, train = (V53_ALL, V53_TRAIN) if like else (2376, Config.train)
    features = usual if features is None else features
    config = Config(seed, eras, rows, features, train, like=like)
    group_rows = GROUP_ROWS if like and group_rows is None else group_rows
    options = {"models": bool(like), "group_rows": group_rows, "progress": progress}
    return write_world(config, out, ids=ids, **options)


def write_classroom(folder, *, progress=None):
    """Write the data set that comes with the course, as it lies in data/.

    Parameters and result are those of `write_world`.
    """
    return write_world(Config(), folder, ids=False, models=True, progress=progress)


def classroom(eras=520, seed=SEED, models=True, *, progress=None):
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
    progress : None, True or callable
        As in `make`.

    Returns
    -------
    pathlib.Path
        A folder in numlearn's cache, for ``numlearn.data.load(..., source=folder)``.
    """
    config = Config(seed=seed, eras=eras)
    recipe = json.dumps([FORMAT, models, config.as_plain()], sort_keys=True)
    key = hashlib.blake2b(recipe.encode(), digest_size=4).hexdigest()
    folder = cache_folder() / "worlds" / f"seed-{config.seed}-eras-{config.eras}-{key}"
    return write_world(config, folder, ids=False, models=models, progress=progress)


def write_world(
    config, folder, *, ids=True, models=False, group_rows=None, progress=None
):
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
    group_rows : int, optional
        Rows of a row group, as in `make`; a split is then a single file.
    progress : None, True or callable
        As in `make`.

    Returns
    -------
    pathlib.Path
        The folder. `train.parquet` and `validation.parquet` are files, or folders of
        parts where the split is large. world.json holds the recipe; once the folder is
        complete, it also holds a content hash of each era.

    Raises
    ------
    NumlearnError
        If the folder is a file or holds another world.
    """
    folder = Path(folder)
    facts = {"format": FORMAT, "ids": ids, "models": models}
    if group_rows is not None:
        facts["group_rows"] = whole_number(group_rows, "group_rows", 1)
    facts["config"] = config.as_plain()
    if _refuse_other(folder, facts):
        return folder
    folder_to_fill(folder)
    _save_json(facts, folder / "world.json")
    world, like = World.build(config), config.like
    sets = world.features.sets(like)
    names = {"feature_sets": sets, "targets": target_names(like)}
    _save_json(names, folder / "features.json")
    steps = config.live + (fits(like) if models else 0)
    hashes = {}
    with progress_shown(progress, "eras") as show:
        for split, eras in world.splits().items():
            file = folder / f"{split}.parquet"
            for path, part in _parts(config, file, eras, group_rows):
                tell = lambda done: show(done, steps)  # noqa: E731
                hashes |= _write_part(world, part, path, ids, tell)
            _finish(file, group_rows)
        if models:
            tell = lambda done: show(config.live + done, steps)  # noqa: E731
            _save_models(folder, sets, ids, like, tell)
    for left in folder.rglob(".*.part"):  # by calls that were killed
        left.unlink()
    _save_json({**facts, "hashes": hashes}, folder / "world.json")
    return folder


def _refuse_other(folder, facts):
    """Refuse a folder that holds another world; tell whether this one is complete."""
    path = folder / "world.json"
    if not lies_at(path):
        return False
    advice = f"{path} is damaged: remove {folder} or give another folder."
    with instead_of((ValueError, KeyError, TypeError), advice):
        found = json.loads(path.read_text(encoding="utf-8"))
        found["config"]
    complete = found.pop("hashes", None) is not None
    if found != facts:
        raise NumlearnError(
            f"{folder} holds another world already (look at its world.json): give a "
            "folder of its own, or remove this one."
        )
    return complete


def _parts(config, path, eras, group_rows):
    """Yield the files of a split and the eras of each."""
    per_era = config.rows * config.features
    small = len(eras) * per_era <= PART_CELLS
    if (group_rows is None and small) or path.is_file():
        yield path, eras
        return
    if not path.exists():
        path = path.with_name(path.name + ".unfinished")
        path.mkdir(exist_ok=True)
    size = max(1, min(25, PART_CELLS // per_era))
    for first in range(eras[0], eras[-1] + 1, size):
        part = range(first, min(first + size, eras[-1] + 1))
        yield path / f"{part[0]:04d}-{part[-1]:04d}.parquet", part


def _finish(path, group_rows):
    """Let a split's parts be seen, as a folder or joined into one file."""
    unfinished = path.with_name(path.name + ".unfinished")
    if not unfinished.is_dir():
        return
    if group_rows is None:
        os.replace(unfinished, path)
        return
    if not path.exists():
        _join(sorted(unfinished.glob("*.parquet")), path, group_rows)
    shutil.rmtree(unfinished)


def _join(parts, path, group_rows):
    """Write the rows of several files into one, in row groups of one size."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    hashes, held, files = {}, [], [pq.ParquetFile(part) for part in parts]
    schema = files[0].schema_arrow
    with (
        written_whole(path) as whole,
        pq.ParquetWriter(whole, schema, **_COMPRESSION) as writer,
    ):
        for file in files:
            hashes.update(json.loads(file.metadata.metadata[b"numlearn"]))
            for group in range(file.num_row_groups):
                held.append(file.read_row_group(group))
                while sum(map(len, held)) >= group_rows:
                    rows = pa.concat_tables(held)
                    writer.write_table(rows[:group_rows], row_group_size=group_rows)
                    held = [rows[group_rows:]]
        rows = pa.concat_tables(held)
        if len(rows):
            writer.write_table(rows, row_group_size=group_rows)
        writer.add_key_value_metadata({"numlearn": json.dumps(hashes)})


def _write_part(world, eras, path, ids, tell):
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
    size = max(1, min(GROUP_ERAS, GROUP_CELLS // (config.rows * config.features)))
    return [eras[i : i + size] for i in range(0, len(eras), size)]


def _save_models(folder, sets, ids, like, tell):
    """Fit the models that come with the data, and save what they predict."""
    wanted = ["era", "data_type", "target", *BENCHMARKS[like].values(), *sets["small"]]
    files = (folder / f"{split}.parquet" for split in ("train", "validation", "live"))
    train, *later = (
        pd.read_parquet(f, columns=wanted if like else None) for f in files
    )
    later = pd.concat(later)
    is_live = (later["data_type"] == "live").to_numpy()
    for name, frame in predictions(train, later, sets, like, tell).items():
        if name == "train_benchmark_models":
            parts = {name: (frame, second_half(train))}
        elif name == "meta_model":
            late = _scored_live(later) if like else ~is_live
            parts = {name: (frame[late], later[late])}
        else:
            kinds = {"validation": ~is_live, "live": is_live}
            parts = {f"{k}_{name}": (frame[x], later[x]) for k, x in kinds.items()}
        for part, (ranks, rows) in parts.items():
            _save_ranks(ranks, rows, folder / f"{part}.parquet", ids, like)


def _scored_live(later):
    """Tell which rows users have predicted while they were live: the last eras."""
    known = later.loc[later["data_type"] == "validation", "era"].unique()
    return later["era"].isin(known[-max(1, len(known) // 7) :]).to_numpy()


def _save_ranks(frame, rows, path, ids, like):
    """Save ranks within each era, or the shares that Numerai's files have."""
    frame = frame.astype(np.uint16).set_index(rows.index)
    if like:
        size = rows.groupby("era")["era"].transform("size")
        frame = frame.add(0.5).div(size, axis=0).astype(np.float32)
    frame.insert(0, "era", rows["era"])
    with written_whole(path) as part:
        frame.to_parquet(part, index=ids, **_COMPRESSION)
    if like and "prediction" in frame:
        with written_whole(path.with_suffix(".csv")) as part:
            frame[["prediction"]].to_csv(part)


def _save_json(content, path):
    with written_whole(path) as part:
        part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


class Verification(NamedTuple):
    """What a folder's data look like beside the same world made anew."""

    folder: str
    eras: int
    cells: int
    differing: int
    unequal_hashes: int

    @property
    def ok(self):
        """Whether every value is the same."""
        return self.differing == 0 and self.unequal_hashes == 0

    def __str__(self):
        if self.ok:
            return (
                f"{self.folder}: all {self.cells:,} values of {self.eras:,} eras are "
                "those that this machine makes from the recipe."
            )
        return (
            f"{self.folder}: {self.differing:,} of {self.cells:,} values differ from "
            f"those that this machine makes from the recipe, and {self.unequal_hashes} "
            f"of {self.eras:,} eras are not those that were written: a handful of "
            "values may move between builds of numpy, more means a damaged copy."
        )


def verify(folder, *, progress=None):
    """Make a folder's world anew and compare every value of its splits.

    Predictions are left out: trees that LightGBM fits may differ between its versions.

    Parameters
    ----------
    folder : path-like
        A complete folder with a world.json.
    progress : None, True or callable
        A bar on stderr, or called with the number of eras compared and in all.

    Returns
    -------
    Verification
        Prints as a sentence; ``ok`` tells whether all is equal.

    Raises
    ------
    NumlearnError
        If the folder is no complete world of this version, or a file is missing.

    Examples
    --------
    >>> import tempfile
    >>> import numlearn as nl
    >>> folder = tempfile.TemporaryDirectory()
    >>> made = nl.world.make(folder.name, eras=20, rows=100, features=42)
    >>> nl.world.verify(made).ok
    True
    >>> folder.cleanup()
    """
    folder = source_folder(folder)
    facts = _complete_facts(folder)
    world = World.build(Config.from_plain(facts["config"]))
    eras = cells = differing = unequal = 0
    with progress_shown(progress, "eras") as show:
        for split, expected in world.splits().items():
            seen = []
            for found in pieces(folder / f"{split}.parquet"):
                label = found["era"].iloc[0]
                made = world.era(int(label))
                differing += _differing(found, made)
                unequal += _hash(found, facts["ids"], made) != facts["hashes"][label]
                cells, eras = cells + made.size, eras + 1
                seen.append(int(label))
                show(eras, world.config.live)
            if seen != list(expected):
                raise NumlearnError(
                    f"{split}.parquet of {folder} does not hold eras {expected[0]} to "
                    f"{expected[-1]} in order: write it again into an empty folder."
                )
    return Verification(str(folder), eras, cells, differing, unequal)


def _complete_facts(folder):
    path = folder / "world.json"
    damaged = f"{path} is damaged: make the world anew, in another folder."
    with instead_of(ValueError, damaged):
        facts = json.loads(path.read_text(encoding="utf-8")) if lies_at(path) else {}
    if facts.get("format") != FORMAT or "hashes" not in facts:
        raise NumlearnError(
            f"{folder} holds no complete world of this version of numlearn: verify "
            "checks folders that `numlearn world make` has finished, and data/."
        )
    return facts


def _hash(found, has_ids, made):
    """Hash what was found; where no ids are stored, with those of its rows' places."""
    if not has_ids and len(found) == len(made):
        found = found.set_index(made.index)
    return content_hash(found)


def _differing(found, made):
    """Count the values that differ; a column or row that is missing differs whole."""
    if list(found.columns) != list(made.columns) or len(found) != len(made):
        return made.size
    found = found.set_axis(made.index)
    return int((found.ne(made) & ~(found.isna() & made.isna())).to_numpy().sum())
