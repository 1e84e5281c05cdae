"""The same panels and predictions in parquet files, as people and tools write them."""

import itertools
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
from engine import Inputs, Kind

HOME = tempfile.TemporaryDirectory(prefix="fuzz")
NUMBER = itertools.count()
ROWS = 20  # of an era


def place():
    """Return a path that nothing has yet."""
    return Path(HOME.name) / f"{next(NUMBER)}.parquet"


def plain(panel):
    """Leave out what parquet cannot hold."""
    return panel.drop(columns=["date"], errors="ignore")


def write(panel, change=lambda panel: panel, **options):
    path = place()
    change(plain(panel)).to_parquet(path, **options)
    return path


def from_polars(panel):
    path = place()
    pl.from_pandas(plain(panel).reset_index()).write_parquet(path)
    return path


def by_era(panel, write_era=str):
    path = place()
    for era, rows in plain(panel).groupby("era"):
        folder = path / f"era={write_era(era)}"
        folder.mkdir(parents=True)
        rows.drop(columns="era").to_parquet(folder / "part-0.parquet")
    return path


def in_parts(panel):
    path = place()
    path.mkdir()
    for i, start in enumerate(range(0, len(panel), 33)):
        plain(panel.iloc[start : start + 33]).to_parquet(path / f"{i:03d}.parquet")
    return path


def cut_short(panel):
    path = write(panel)
    path.write_bytes(path.read_bytes()[:-9])
    return path


def flipped(panel):
    path = write(panel)
    content = bytearray(path.read_bytes())
    content[4:2000] = bytes(1996)
    path.write_bytes(content)
    return path


def empty_folder(panel):
    path = place()
    path.mkdir()
    return path


def to_integers(panel):
    return panel.assign(era=panel["era"].astype(int))


def panel(store):
    return lambda x, rng: x.but(panel=store(x.panel))


def models(store, change=lambda table: table, both=True):
    """Put the predictions, in another order, into a file of their own."""

    def vary(x, rng):
        names = list(x.predictions)
        table = x.panel[["era", *names]].sample(frac=1, random_state=1)
        rest = x.panel.drop(columns=names)
        given = {"panel": write(rest) if both else rest}
        return x.but(predictions=store(change(table)), **given)

    return vary


FILE, BESIDE = {"panel", "pieces"}, {"panel", "pieces", "predictions"}
FILES = {
    "a file": (FILE, panel(write)),
    "a file by its name": (FILE, panel(lambda p: str(write(p)))),
    "a file, ids in a column": (
        FILE,
        panel(lambda p: write(p, pd.DataFrame.reset_index)),
    ),
    "a file, eras of integers": (FILE, panel(lambda p: write(p, to_integers))),
    "a file, era in the index": (
        FILE,
        panel(lambda p: write(p, lambda p: p.set_index("era", append=True))),
    ),
    "a file, zstd": (
        FILE,
        panel(lambda p: write(p, compression="zstd", row_group_size=30)),
    ),
    "a file from polars": (FILE, panel(from_polars)),
    "a folder of parts": (FILE, panel(in_parts)),
    "a folder by era": (FILE, panel(by_era)),
    "a folder by era, without zeros": (FILE, panel(lambda p: by_era(p, int))),
    "two files": (BESIDE, models(write)),
    "two files, ids in a column": (
        BESIDE,
        models(lambda t: write(t, pd.DataFrame.reset_index)),
    ),
    "two files, the second from polars": (BESIDE, models(from_polars)),
    "two files, the second in parts": (BESIDE, models(in_parts)),
    "two files, the second without eras": (
        BESIDE,
        models(write, lambda t: t.drop(columns="era")),
    ),
    "two files, the second of more ids": (
        BESIDE,
        models(write, lambda t: pd.concat([t, t.set_axis("m" + t.index)])),
    ),
    "predictions in a file": (BESIDE, models(write, both=False)),
}


def first_id_twice(table):
    return pd.concat([table, table.iloc[:1]])


FAULTS = {
    "a file, no prediction": (
        BESIDE,
        lambda x, rng: x.but(panel=write(x.panel), predictions=["a", "z"]),
    ),
    "a file, predictions None": (
        BESIDE,
        lambda x, rng: x.but(panel=write(x.panel), predictions=None),
    ),
    "a file without eras": (
        FILE,
        panel(lambda p: write(p, lambda p: p.drop(columns="era"))),
    ),
    "a file cut short": (FILE, panel(cut_short)),
    "a file damaged inside": (FILE, panel(flipped)),
    "a file of text": (FILE, panel(lambda p: Path(__file__))),
    "a file whose eras lie apart": (
        FILE,
        panel(lambda p: write(p.iloc[np.r_[40 : len(p), :40, 40:41]])),
    ),
    "an empty folder": (FILE, panel(empty_folder)),
    "two files, an id twice": (BESIDE, models(write, first_id_twice)),
    "two files, other ids": (
        BESIDE,
        models(write, lambda t: t.set_axis("m" + t.index)),
    ),
    "two files, the second without ids": (
        BESIDE,
        models(write, lambda t: t.reset_index(drop=True)),
    ),
    "two files, the first by era and without ids": (
        BESIDE,
        lambda x, rng: x.but(
            panel=by_era(x.panel.reset_index(drop=True)),
            predictions=write(x.panel[list(x.predictions)]),
        ),
    ),
    "two files, the second of text": (BESIDE, models(write, lambda t: t.astype(str))),
    "two files, the second is not there": (BESIDE, models(lambda t: place())),
    "two files, the second cut short": (BESIDE, models(cut_short)),
}


# A folder of a data set, for `data.load`; a file of predictions, for `submission.read`


def draw(seed):
    rng = np.random.default_rng(seed)
    n = 6 * ROWS
    panel = pd.DataFrame({"era": np.repeat([f"{i:04d}" for i in range(8, 14)], ROWS)})
    panel["target"] = rng.choice([0, 0.25, 0.5, 0.75, 1], n).astype(np.float32)
    for name in ("feature_a", "feature_b"):
        panel[name] = rng.integers(0, 5, n).astype(np.int8)
    panel.index = pd.Index([f"n{i:04d}" for i in rng.permutation(n)], name="id")
    return Inputs(source=home_of(write(panel)), panel=panel)


def home_of(path):
    """Return a folder in which a path is the split "train"."""
    home = place().with_suffix("")
    home.mkdir()
    return path.rename(home / "train.parquet").parent


def source(store):
    return lambda x, rng: x.but(source=home_of(store(x.panel)))


SOURCES = Kind(
    draw,
    {
        name: (set(), source(vary))
        for name, vary in {
            "ids in a column": lambda p: write(p, pd.DataFrame.reset_index),
            "eras of integers": lambda p: write(p, to_integers),
            "era in the index": lambda p: write(
                p, lambda p: p.set_index("era", append=True)
            ),
            "zstd": lambda p: write(p, compression="zstd", row_group_size=30),
            "from polars": from_polars,
            "a folder of parts": in_parts,
            "a folder by era": by_era,
            "a folder by era, without zeros": lambda p: by_era(p, int),
            "features of Int8": lambda p: write(
                p, lambda p: p.astype({"feature_a": "Int8"})
            ),
            "data_type": lambda p: write(p, lambda p: p.assign(data_type="train")),
        }.items()
    },
    {
        "no folder": (set(), lambda x, rng: x.but(source="nowhere")),
        **{
            name: (set(), source(vary))
            for name, vary in {
                "no eras": lambda p: write(p, lambda p: p.drop(columns="era")),
                "cut short": cut_short,
                "damaged inside": flipped,
                "an empty folder": empty_folder,
                "no rows of the split": lambda p: write(
                    p, lambda p: p.assign(data_type="validation")
                ),
                "features of fractions": lambda p: write(
                    p, lambda p: p.assign(feature_a=0.5)
                ),
            }.items()
        },
    },
)
