"""Fetch Numerai's files through its official client, and keep only sound ones."""

import hashlib
import json
import os
import re
import time

import requests

from numlearn._files import written_whole
from numlearn._progress import progress_shown
from numlearn.data import client as api
from numlearn.data._parquet import content_fault, footer_fault
from numlearn.data.sources import VERSION, version_folder
from numlearn.errors import NumlearnError, named

FILES = ("features.json", "train.parquet", "validation.parquet")
_RECORD = ".sound.json"
_TRIES = 4
_LONGEST_WAIT = 60.0
_MIB = 1 << 20
_PART_SIZES = [m * _MIB for m in (5, 8, 10, 15, 16, 25, 32, 50, 64, 100, 128, 256, 512)]


def download(version, files=FILES, *, again=False, progress=True):
    """Download files of a version of Numerai's data, once, into the cache.

    What is there and as it was when it came is not asked for again, and needs no
    network; only files whose names begin with "live" are, as each round has its own.
    A file gets its name only when its length, its footer and the checksum that the
    server states are right; a part is continued only if such a checksum can prove
    the whole. Where the server states none, every page is decoded instead: damage
    that keeps the length and still decodes cannot be seen then.

    Parameters
    ----------
    version : str
        Such as "v5.2"; then ``load("train", source="v5.2")`` reads it.
    files : str or sequence of str
        Names, also as numerapi has them ("v5.2/train.parquet"); by default
        features.json, train and validation.
    again : bool, default False
        Ask for all of them anew: Numerai's validation file grows every week.
    progress : True, None or callable
        A bar on stderr, nothing, or what to call with the bytes that have come of a
        file and their number (None where the server does not say).

    Returns
    -------
    pathlib.Path
        The folder that holds them.

    Raises
    ------
    NumlearnError
        If a file could not be fetched whole: what the server said, and what to do.
    """
    if not re.fullmatch(VERSION, str(version)):
        raise NumlearnError(f"{version!r} is not a version: give one such as 'v5.2'.")
    folder, wanted = version_folder(version), []
    for name in (str(f).removeprefix(f"{version}/") for f in named(files, "files")):
        if "/" in name:
            raise NumlearnError(
                f"{name!r} is no file of version {version}: give names without a "
                "folder, and another version's files in a call of their own."
            )
        if again or name.startswith("live") or not _is_sound(folder, name):
            wanted.append(name)
    if wanted:
        with api.official_client() as client:
            for name in wanted:
                with progress_shown(progress, name) as client.session.received:
                    _fetch(client, folder, f"{version}/{name}")
    return folder


def _fetch(client, folder, remote):
    """Download one file, trying again where that may help."""
    name = remote.rpartition("/")[2]
    part = folder / ".part" / name
    for tried in range(1, _TRIES + 1):
        try:
            _try(client, remote, part)
            break
        except api.Unanswered as failed:
            if tried == _TRIES or not failed.again:
                raise NumlearnError(f"{remote} was not downloaded: {failed}") from None
            time.sleep(min(max(2.0 ** (tried - 1), failed.wait), _LONGEST_WAIT))
    record = (_json(folder / _RECORD) or {}) | {name: _fingerprint(part)}
    os.replace(part, folder / name)
    with written_whole(folder / _RECORD) as whole:
        whole.write_text(json.dumps(record, indent=1))


def _try(client, remote, part):
    """Let the official client download one file, and judge what it brings."""
    half, session = part.with_name(part.name + ".temp"), client.session
    resumed = half.exists()
    part.unlink(missing_ok=True)
    session.whole = None
    try:
        client.download_dataset(remote, dest_path=str(part))
    except requests.HTTPError as error:
        if resumed and not api.is_busy(error.response.status_code):
            half.unlink()
            raise api.Unanswered("its second half was refused", "try again.") from error
        raise api.failed_with(error.response) from error
    except api.Refused as error:
        raise NumlearnError(_what_exists(client, remote, error)) from error
    except requests.RequestException as error:
        if session.whole is not None and not api.checksum(session.whole):
            half.unlink(missing_ok=True)
        raise api.Unanswered("the connection broke off", "try again.") from error
    except OSError as error:
        raise NumlearnError(
            f"{remote} could not be written to {part.parent}: {error.strerror}."
        ) from error
    if fault := _fault(part, session.whole, resumed):
        part.unlink()
        raise api.Unanswered(f"what came {fault}", "try again later.")


def _fault(part, whole, resumed):
    """Return what is wrong with a file that has come, as a clause, or None."""
    size, expected = part.stat().st_size, api.length(whole)
    if expected not in (None, size):
        return f"has {size:,} bytes instead of {expected:,}"
    proven = _proven(part, api.checksum(whole))
    if proven is False or (resumed and not proven):
        return "does not have the checksum that the server states"
    if part.suffix == ".parquet":
        return footer_fault(part) or (None if proven else content_fault(part))
    if part.suffix == ".json" and not proven and _json(part) is None:
        return "is not JSON"
    return None


def _proven(path, checksum):
    """Tell whether a file has a checksum; None where that cannot be told.

    The checksum is an MD5 or, as for large files in Amazon's storage, the MD5 of the
    parts' MD5s and how many parts there were, but not how long each was.
    """
    if checksum is None:
        return None
    stated, _, parts = checksum.partition("-")
    if not parts:
        return _digest(path, "md5") == stated
    size = path.stat().st_size
    fitting = [p for p in _PART_SIZES if -(-size // p) == int(parts)]
    return any(_digest_of_parts(path, p) == stated for p in fitting) or None


def _digest(path, kind):
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()


def _digest_of_parts(path, part_size):
    whole = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while part := file.read(part_size):
            whole.update(hashlib.md5(part, usedforsecurity=False).digest())
    return whole.hexdigest()


def _what_exists(client, remote, error):
    """Return a sentence on a file that the API does not give."""
    version, _, name = remote.rpartition("/")
    try:
        there = client.list_datasets()
    except (api.Unanswered, api.Refused, KeyError):
        there = []
    begin = f"{version}/"
    names = [path.rpartition("/")[2] for path in there if path.startswith(begin)]
    if not there or name in names:
        return f"{remote} was not downloaded: Numerai's API says {str(error)!r}."
    if names:
        return f"Version {version} has no {name}: choose one of {', '.join(names)}."
    versions = sorted({path.rpartition("/")[0] for path in there})
    return f"There is no version {version}: choose one of {', '.join(versions)}."


def _is_sound(folder, name):
    """Tell whether a file is there and as it was when it came."""
    path = folder / name
    record = _json(folder / _RECORD) or {}
    return path.is_file() and record.get(name) == _fingerprint(path)


def _fingerprint(path):
    return {"bytes": path.stat().st_size, "sha256": _digest(path, "sha256")}


def _json(path):
    """Return what a JSON file holds, or None if it is none."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
