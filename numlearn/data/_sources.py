"""Where data lies: the classroom set, a folder, or a version that was downloaded."""

import json
import os
import re
from difflib import get_close_matches
from pathlib import Path

from numlearn._files import course_root
from numlearn.errors import NumlearnError

VERSION = r"(\w+/)?v\d+(\.\d+)?"


def cache_folder():
    """Return the folder that keeps what was downloaded or generated.

    Returns
    -------
    pathlib.Path
        ``NUMLEARN_CACHE`` where that environment variable is set, else the place
        that the operating system has for caches. It may not exist yet.
    """
    chosen = os.environ.get("NUMLEARN_CACHE")
    if chosen:
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
    if folder.is_dir():
        return folder
    if re.fullmatch(VERSION, str(source)):
        folder = version_folder(str(source))
        if folder.is_dir():
            return folder
        raise NumlearnError(
            f"Version {source} has not been downloaded yet: call "
            f'numlearn.data.download("{source}") once, with a network.'
        )
    raise NumlearnError(
        f"There is no folder {str(source)!r}: give a folder that exists, a version "
        'such as "v5.2", or leave source out for the classroom set.'
    )


def source_file(name, source=None):
    """Return the path of one file of a source, or say what the source has instead.

    A large file may be a folder of parts.
    """
    folder = source_folder(source)
    path = folder / name
    if path.exists():
        return path
    there = sorted(p.name for p in folder.glob("*.parquet")) or ["no parquet file"]
    cure = "look at the folder's name"
    if source is None:
        cure = "get a complete copy of the course, its data/ folder is not whole"
    elif version_folder(str(source)) == folder:
        cure = f'call numlearn.data.download("{source}", "{name}")'
    raise NumlearnError(
        f"{folder_name(source)} has no {name}, only {', '.join(there)}: {cure}."
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
    """
    return _features_json(source)["feature_sets"]


def target_names(source=None):
    """Return the target columns that a data set has, the main "target" first."""
    return _features_json(source)["targets"]


def _features_json(source):
    path = source_file("features.json", source)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {key: content[key] for key in ("feature_sets", "targets")}
    except (ValueError, KeyError, TypeError) as error:
        raise NumlearnError(
            f"{folder_name(source)} has a features.json that is damaged or not of "
            "Numerai's version 5: download it again."
        ) from error


def feature_names(features, source=None):
    """Return the columns that a set's name, a group's name or a list means."""
    if not isinstance(features, str):
        return list(features)
    sets = feature_sets(source)
    if features in sets:
        return sets[features]
    raise NumlearnError(
        f"There is no feature set {features!r}: choose one of "
        f"{', '.join(sets)}, or give a list of columns."
    )


def missing_columns(wanted, there, what):
    """Return a sentence on the columns that are not there, or None."""
    missing = [name for name in wanted if name not in there]
    if not missing:
        return None
    near = get_close_matches(missing[0], there, n=1)
    hint = "look at feature_sets() and target_names()."
    if near:
        hint = f"did you mean {near[0]!r}?"
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    return f"{what} has no column {missing[0]!r}{more}: {hint}"
