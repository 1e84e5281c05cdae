"""Hand submissions to Numerai's server through numerapi, or say why not."""

import getpass
import os
import re
import sys
import tempfile
import time
import warnings
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from numlearn.data import client as api
from numlearn.errors import NumlearnError, whole_number
from numlearn.models._faults import FORMS, as_table, faults, form_of
from numlearn.models._read import read

_KEYS = {"NUMERAI_PUBLIC_ID": "Public id", "NUMERAI_SECRET_KEY": "Secret key"}
_NOTHING = ": nothing was uploaded"
_LAST_COUNTS = "try again (of several uploads the last one counts)."


def credentials():
    """Return public id and secret key, from the environment or asked for unseen.

    The environment variables are those of numerapi, ``NUMERAI_PUBLIC_ID`` and
    ``NUMERAI_SECRET_KEY``. What is typed is shown nowhere, in no notebook either.
    Spaces, line ends and quotes around a key are left out.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            given = [
                os.environ.get(name) or getpass.getpass(f"{label} (not shown): ")
                for name, label in _KEYS.items()
            ]
    except (EOFError, RuntimeError, getpass.GetPassWarning):  # nobody can type unseen
        given = ("", "")
    return _token(given)


def _token(keys):
    """Return keys without what clings to them when they are copied, or ask for them."""
    if keys is None:
        return credentials()
    sound = tuple(str(key).strip().strip("\"'").strip() for key in keys)
    if isinstance(keys, str) or len(sound) != 2:
        raise NumlearnError("Keys are two: pass keys=(public id, secret key).")
    if not all(sound):
        raise NumlearnError(
            f"There are no keys: set {' and '.join(_KEYS)}, from your account's page "
            "at numer.ai."
        )
    for key, (name, label) in zip(sound, _KEYS.items()):
        if not re.fullmatch(r"[A-Za-z0-9_-]+", key):
            raise NumlearnError(
                f"The {label.lower()} holds a character that no key has: copy it anew "
                f"from your account's page at numer.ai (it is {name} in the "
                "environment)."
            )
    return sound


def upload(submission, model, *, keys=None, tournament="classic", server=None):
    """Look for faults in a submission, by the open round, and hand it in.

    A submission with a fault is not uploaded, and every answer of the server is judged.
    Where it goes is said on stderr before anything is sent, but within the ``with``
    block of a loopback tournament, to which it then goes.

    Parameters
    ----------
    submission : DataFrame, Series, str or path
        Columns id and prediction, predictions by id, or a file of them.
    model : str
        The name of one of your models.
    keys : tuple of str, optional
        Public id and secret key; by default :func:`credentials`.
    tournament : {"classic", "signals", "crypto"}
    server : str, optional
        Another address than Numerai's; by default that in the environment variable
        ``NUMLEARN_SERVER``, where there is one.

    Returns
    -------
    str
        The id that the server gave the submission.

    Raises
    ------
    NumlearnError
        If it was not taken: all its faults, or what the server said.
    """
    asked = {"keys": keys, "tournament": tournament, "server": server}
    return upload_all({model: submission}, tries=1, **asked)[model]


def upload_all(submissions, *, keys=None, tournament="classic", server=None, tries=3):
    """Hand in the submissions of several of your models, and try again where it helps.

    Nothing is uploaded while one of them has a fault or goes to a model that is not
    yours.

    Parameters
    ----------
    submissions : mapping of str to DataFrame, Series, str or path
        By the model's name.
    keys, tournament, server
        As in :func:`upload`.
    tries : int, default=3
        How often each is tried while the server is busy or the connection breaks.

    Returns
    -------
    dict of str to str
        The id of each submission, by model.

    Raises
    ------
    NumlearnError
        As of :func:`upload`; if some were taken and some not, it says which.
    """
    form, tries = form_of(tournament), whole_number(tries, "tries", 1)
    if not isinstance(submissions, Mapping) or not submissions:
        raise NumlearnError(
            "Give at least one submission, by model: {'my_model': submission}."
        )
    tables = dict(submissions)
    for model, one in tables.items():
        one = read(one) if isinstance(one, str | os.PathLike) else one
        tables[model] = as_table(one, form)
    with connected(tournament, server) as client:
        with api.asking("the live ids", _LAST_COUNTS):
            universe = _live_ids(client, tournament)
        _refuse_faults(tables, universe, tournament)
        client.token = _token(keys)
        models = models_of(client, tables)
        with api.asking("the round", _LAST_COUNTS):
            is_open = client.check_round_open()
        if not is_open:
            raise NumlearnError(
                "The round is closed: when the next one opens, download its live data "
                "and predict that."
            )
        return _hand_in(client, tables, models, tries)


@contextmanager
def connected(tournament, server, keys=()):
    """Yield a client, once it is said on stderr where it sends to.

    Nothing is said within the with block of a loopback tournament, to which it goes.
    """
    with api.official_client(tournament, server) as client:
        url = api.address(server)
        if server or url in (api.NUMERAI, os.environ.get("NUMLEARN_SERVER")):
            where = "Numerai" if url == api.NUMERAI else f"{url}, not to Numerai"
            print(f"This goes to {where}.", file=sys.stderr)
        if keys != ():
            client.token = _token(keys)
        yield client


def _refuse_faults(tables, universe, tournament):
    found = {m: faults(t, universe, tournament=tournament) for m, t in tables.items()}
    named = "{}: {}" if len(tables) > 1 else "{1}"
    if told := [named.format(m, " ".join(f)) for m, f in found.items() if f]:
        raise NumlearnError(" ".join(told))


def models_of(client, names):
    """Return the ids of the account's models, by name."""
    hint = f"{_NOTHING}, make new ones on your account's page"
    with api.asking("these keys", _LAST_COUNTS, hint):
        models = client.get_models()
    for model in names:
        if model not in models:
            there = ", ".join(models)
            raise NumlearnError(f"You have no model {model!r}: choose one of {there}.")
    return models


def _hand_in(client, tables, models, tries):
    """Upload each table, and return the ids of the submissions."""
    taken = {}
    for model, table in tables.items():
        for left in reversed(range(tries)):
            try:
                with api.asking("the submission", _LAST_COUNTS, _NOTHING):
                    sent = {"model_id": models[model], "df": table}
                    taken[model] = client.upload_predictions(**sent)
                break
            except NumlearnError as failed:
                if left and isinstance(failed, api.TryAgain):
                    time.sleep(2.0 ** (tries - left - 1))
                    continue
                if len(tables) == 1:
                    raise
                done = f"was not handed in ({', '.join(taken) or 'none'} handed in)"
                raise NumlearnError(f"{model} {done}: {failed}") from None
    return taken


def _live_ids(client, tournament):
    form = FORMS[tournament]
    names = [re.fullmatch(form.live, name) for name in client.list_datasets()]
    if not (found := [name for name in names if name]):
        raise NumlearnError(
            f"There is no file with the live ids of {tournament}: look with numerapi."
        )
    newest = max(found, key=lambda match: (int(match[1]), int(match[2])))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "live.parquet"
        client.download_dataset(newest[0], dest_path=str(path))
        try:
            universe = pd.read_parquet(path)
        except (ValueError, OSError):
            raise api.Unanswered("the file that came is damaged", "") from None
    return universe if form.least else universe.index
