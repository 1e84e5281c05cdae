"""Where data lies: the classroom set, a folder, or a version that was downloaded."""

import json
import os
import re
from difflib import get_close_matches
from pathlib import Path

from numlearn._files import course_root, lies_at
from numlearn.errors import NumlearnError, instead_of, one_of

VERSION = r"(\w+/)?v\d+(\.\d+)?"
_SHOWN = 8


def cache_folder():
    """Return the folder that keeps what was downloaded or generated.

    Returns
    -------
    pathlib.Path
        ``NUMLEARN_CACHE`` where that environment variable is set, else the place
        that the operating system has for caches. It may not exist yet.
    """
    if chosen := os.environ.get("NUMLEARN_CACHE"):
        return Path(chosen).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("numlearn", appauthor=False)


def version_folder(version):
    """Return the cache's folder for one version of Numerai's files, e.g. "v5.2"."""
    return cache_folder() / "numerai" / version


def source_folder(source=None):
    """Return the folder that a source means.

    Parameters
    ----------
    source : str, path or None
        None is the classroom set that comes with the course; a folder is itself; a
        version such as "v5.2" is what :func:`numlearn.data.download` fetched.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    NumlearnError
        If there is no such folder.
    """
    if source is None:
        return course_root() / "data"
    folder = Path(source).expanduser()
    kind = lies_at(folder)
    if kind == "folder":
        return folder
    if kind == "file":
        raise NumlearnError(
            f"{str(source)!r} is a file: give the folder that holds it, "
            f"source={str(folder.parent)!r}, and the split that it is."
        )
    if re.fullmatch(VERSION, str(source)):
        if (folder := version_folder(str(source))).is_dir():
            return folder
        raise NumlearnError(
            f"Version {source} has not been downloaded yet: call "
            f'numlearn.data.download("{source}") once, with a network.'
        )
    if str(source) in feature_sets():
        raise NumlearnError(
            f"{source!r} is a set of features and not a source: "
            f"numlearn.data.feature_sets()[{source!r}] lists its columns."
        )
    raise NumlearnError(
        f"There is no folder {str(source)!r}: give a folder that exists, a version "
        'such as "v5.2", or leave source out for the classroom set.'
    )


def source_file(name, source=None):
    """Return the path of one file of a source, or say what the source has instead.

    A large file may be a folder of parts, and may be called ``train_int8.parquet`` as
    it was in version 4.
    """
    folder, stem = source_folder(source), name.removesuffix(".parquet")
    for path in (folder / name, folder / f"{stem}_int8.parquet", folder / stem):
        if path.is_file() or (path.is_dir() and stem != name):
            return path
    there = sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))
    cure = "look whether the file has another name or lies elsewhere"
    if source is None:
        cure = "get a complete copy of the course, its data/ folder is not whole"
    elif re.fullmatch(VERSION, str(source)) and version_folder(str(source)) == folder:
        cure = f'call numlearn.data.download("{source}", "{name}")'
    elif f"{stem}.csv" in there:
        cure = f"write {stem}.csv as parquet, with pandas.read_csv and to_parquet"
    held = ", ".join(there[:_SHOWN]) + ", …" * (len(there) > _SHOWN)
    raise NumlearnError(
        f"{folder_name(source)} has no {name}"
        f"{f', only {held}' if there else ' and is empty'}: {cure}."
    )


def folder_name(source):
    """Return how a sentence names a source."""
    return "The classroom set" if source is None else f"The source {str(source)!r}"


def feature_sets(source=None):
    """Return the named feature sets and groups of a data set.

    Parameters
    ----------
    source : str, path or None
        As in :func:`numlearn.data.load`.

    Returns
    -------
    dict of str to list of str
        Such as "small", "medium", "all" and the groups ("charisma", ...), each the
        columns it holds.

    Raises
    ------
    NumlearnError
        If the source has no readable features.json.

    Examples
    --------
    >>> import numlearn as nl
    >>> sets = nl.data.feature_sets()
    >>> len(sets["small"]), len(sets["medium"]), len(sets["all"])
    (42, 49, 56)
    """
    return _features_json(source)["feature_sets"]


def target_names(source=None):
    """Return the target columns that a data set has, the main "target" first.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.data.target_names()[:3]
    ['target', 'target_ada_20', 'target_ada_60']
    """
    return _features_json(source)["targets"]


def all_targets(columns, source=None):
    """Return the targets among the columns of a file, in the data set's order."""
    known = (source_folder(source) / "features.json").exists()
    names = target_names(source) if known else columns
    return [name for name in names if name.startswith("target") and name in columns]


def _features_json(source):
    path = source_file("features.json", source)
    failed = " has a features.json that is damaged or not of Numerai's version 5"
    failed = f"{folder_name(source)}{failed}: download it again."
    with instead_of((ValueError, KeyError, TypeError), failed):
        content = json.loads(path.read_text(encoding="utf-8"))
        return {key: content[key] for key in ("feature_sets", "targets")}


def feature_names(features, columns, source=None):
    """Return the columns that a set's name, a group's name, a column or a list means.

    `columns` are those of the file; without a features.json, "all" are its features.
    """
    if features is None:
        raise NumlearnError(
            'features=None names none: give a set such as "small", columns, or [].'
        )
    if not isinstance(features, str):
        return list(dict.fromkeys(features))
    if features in columns:
        return [features]
    if not (source_folder(source) / "features.json").exists():
        if features == "all":
            return [name for name in columns if name.startswith("feature_")]
        raise NumlearnError(
            f"{folder_name(source)} has no features.json, which would say what "
            f'{features!r} means: give features="all" or a list of columns, or put '
            "that file there."
        )
    sets = feature_sets(source)
    note = ", or give a list of columns"
    return list(dict.fromkeys(sets[one_of(features, sets, "feature set", note)]))


def refuse_missing(wanted, there, what):
    """Say which of some columns are not there, if any."""
    if missing := [name for name in wanted if name not in there]:
        near = get_close_matches(str(missing[0]), there, n=1)
        hint = "look at feature_sets() and target_names()."
        hint = f"did you mean {near[0]!r}?" if near else hint
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise NumlearnError(f"{what} has no column {missing[0]!r}{more}: {hint}")
