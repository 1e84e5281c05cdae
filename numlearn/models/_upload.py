"""Hand a submission to Numerai's server through numerapi, or say why not."""

import getpass
import os
import re
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from numlearn.data import _client
from numlearn.errors import NumlearnError
from numlearn.models._faults import validate

_LIVE = r"v(\d+)\.(\d+)/live_example_preds\.parquet"  # the smallest file with all ids


def read(path):
    """Read a file of predictions, with ids as text.

    Raises
    ------
    NumlearnError
        If there is no such file, or it is not a CSV.
    """
    try:
        return pd.read_csv(path, dtype={"id": str})
    except FileNotFoundError:
        raise NumlearnError(f"There is no file {path}: check the path.") from None
    except (ValueError, OSError) as error:
        raise NumlearnError(
            f"{path} cannot be read as a CSV ({error}): write it with "
            "to_csv(..., index=False)."
        ) from None


def credentials():
    """Return public id and secret key, from the environment or asked for unseen.

    The environment variables are those of numerapi, ``NUMERAI_PUBLIC_ID`` and
    ``NUMERAI_SECRET_KEY``. What is typed is shown nowhere, in no notebook either.
    """
    names = {"NUMERAI_PUBLIC_ID": "Public id", "NUMERAI_SECRET_KEY": "Secret key"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            return tuple(
                os.environ.get(name) or getpass.getpass(f"{label} (not shown): ")
                for name, label in names.items()
            )
    except (EOFError, RuntimeError, getpass.GetPassWarning):  # nobody can type unseen
        raise NumlearnError(
            f"There are no keys: set {' and '.join(names)}, from your account's page "
            "at numer.ai."
        ) from None


def upload(submission, model, keys=None):
    """Validate a submission against the open round and hand it in.

    It goes to the server that numerapi talks to. A submission with a fault is not
    uploaded.

    Parameters
    ----------
    submission : DataFrame
        Columns id and prediction.
    model : str
        The name of one of your models.
    keys : tuple of str, optional
        Public id and secret key; by default :func:`credentials`.

    Returns
    -------
    str
        The id that the server gave the submission.

    Raises
    ------
    NumlearnError
        If it was not taken: all its faults, or what the server said.
    """
    with _client.official_client() as (client, watch):
        with _asking(watch, "the live ids"):
            universe = _live_ids(client)
        faults = validate(submission, universe)
        if faults:
            raise NumlearnError(" ".join(faults.values()))
        client.token = keys or credentials()
        with _asking(watch, "these keys"):
            models = client.get_models()
        if model not in models:
            raise NumlearnError(
                f"You have no model {model!r}: choose one of {', '.join(models)}."
            )
        with _asking(watch, "the round"):
            is_open = client.check_round_open()
        if not is_open:
            raise NumlearnError(
                "The round is closed: when the next one opens, download its live data "
                "and predict that."
            )
        with _asking(watch, "the submission"):
            return client.upload_predictions(model_id=models[model], df=submission)


def _live_ids(client):
    names = [re.fullmatch(_LIVE, name) for name in client.list_datasets()]
    newest = max(filter(None, names), key=lambda m: (int(m[1]), int(m[2])))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "live.parquet"
        client.download_dataset(newest[0], dest_path=str(path))
        return pd.read_parquet(path).index


@contextmanager
def _asking(watch, what):
    """Turn what numerapi does when it is refused or not answered into a sentence."""
    try:
        yield
    except (KeyError, TypeError, OSError):
        answer = watch.response
        bad = answer is not None and not answer.ok
        why = f"its server answered {answer.status_code}" if bad else "no answer came"
        raise NumlearnError(
            f"Numerai was asked about {what} and {why}: try again (of several uploads "
            "the last one counts)."
        ) from None
    except ValueError as error:
        hint = ", make new ones on your account's page" if what == "these keys" else ""
        raise NumlearnError(
            f"Numerai refused {what} ({str(error).rstrip('.')}): nothing was "
            f"uploaded{hint}."
        ) from None
