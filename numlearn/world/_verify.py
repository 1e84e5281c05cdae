"""Is a folder's data what its recipe makes? Every value is compared."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from numlearn._progress import progress_shown
from numlearn.errors import NumlearnError
from numlearn.world._write import FORMAT
from numlearn.world.dataset import Config, World, content_hash


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
    """
    folder = Path(folder)
    facts = _complete_facts(folder)
    world = World.build(Config.from_plain(facts["config"]))
    eras = cells = differing = unequal = 0
    with progress_shown(progress, "eras") as show:
        for split, expected in world.splits().items():
            seen = []
            for label, found in _stored_eras(folder / f"{split}.parquet"):
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
    facts = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if facts.get("format") != FORMAT or "hashes" not in facts:
        raise NumlearnError(
            f"{folder} holds no complete world of this version of numlearn: verify "
            "checks folders that `numlearn world make` has finished, and data/."
        )
    return facts


def _stored_eras(path):
    """Yield the label and the frame of each era of a file or a folder of parts."""
    import pyarrow.parquet as pq

    if not path.exists():
        raise NumlearnError(f"{path.parent} has no {path.name}: write it again.")
    held = []  # of the era that goes on
    for part in sorted(path.glob("*.parquet")) if path.is_dir() else [path]:
        for batch in pq.ParquetFile(part).iter_batches():
            frame = pd.concat([*held, batch.to_pandas()])
            *whole, (label, last) = frame.groupby("era", sort=False)
            yield from whole
            held = [last]
    if held:
        yield label, last


def _hash(found, has_ids, made):
    """Hash what was found; where no ids are stored, with those of its rows' places."""
    if not has_ids and len(found) == len(made):
        found = found.set_index(made.index)
    return content_hash(found)


def _differing(found, made):
    """Count the values that differ; a column or row that is missing differs whole."""
    if list(found.columns) != list(made.columns) or len(found) != len(made):
        return made.size
    small = [name for name, kind in made.dtypes.items() if kind == np.int8]
    count = int((found[small].to_numpy() != made[small].to_numpy()).sum())
    for name in made.columns.difference(small):
        a, b = found[name].to_numpy(), made[name].to_numpy()
        same = a == b
        if pd.api.types.is_float_dtype(made[name]):
            same |= np.isnan(a) & np.isnan(b)
        count += int((~same).sum())
    return count
