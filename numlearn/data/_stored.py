"""Results of other worlds, which a lesson shows and does not compute."""

import json
from difflib import get_close_matches

import pandas as pd

from numlearn._files import course_root
from numlearn.errors import NumlearnError


def stored(name):
    """Return a stored table: what a lesson's own code gave in other worlds.

    ``numlearn build --stored`` makes these tables and keeps their seeds.

    Parameters
    ----------
    name : str
        The table's name.

    Returns
    -------
    pandas.DataFrame
        One row a world, by its seed.

    Raises
    ------
    NumlearnError
        If there is no such table; the message lists all.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.data.stored("betas").shape
    (8, 5)
    """
    path = course_root() / "data" / "stored.json"
    tables = json.loads(path.read_text(encoding="utf-8"))
    near = get_close_matches(str(name), tables, n=1)
    guess = f"{name!r}. Did you mean {near[0]!r}?" if near else f"{name!r}."
    if name not in tables:
        there = ", ".join(tables)
        raise NumlearnError(f"There is no stored table {guess} There are {there}.")
    columns = tables[name]["columns"]
    if isinstance(columns[0], list):
        columns = pd.MultiIndex.from_tuples(map(tuple, columns))
    worlds = {int(seed): row for seed, row in tables[name]["worlds"].items()}
    return pd.DataFrame.from_dict(worlds, "index", columns=columns).rename_axis("world")
