"""Asking Numerai's public API through numerapi, or saying that nobody answered."""

import logging
from contextlib import contextmanager

from numlearn.errors import NumlearnError

_CLIENTS = {"classic": "NumerAPI", "signals": "SignalsAPI", "crypto": "CryptoAPI"}


def client(tournament):
    """Return numerapi's client for one tournament, without keys."""
    if tournament not in _CLIENTS:
        raise NumlearnError(
            f"There is no tournament {tournament!r}: choose one of "
            f"{', '.join(_CLIENTS)}."
        )
    import numerapi

    return getattr(numerapi, _CLIENTS[tournament])(verbosity="CRITICAL")


@contextmanager
def asking(what):
    """Turn what numerapi does without an answer into one sentence.

    numerapi logs a failed connection and returns an empty answer, in which the next
    look-up is a KeyError; something unknown comes as None, and becomes a TypeError; an
    answer with an error in it is a ValueError.
    """
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    except (KeyError, OSError) as error:
        raise NumlearnError(
            f"Numerai's API did not answer about {what}: "
            "try again with a working network."
        ) from error
    except TypeError as error:
        raise NumlearnError(
            f"Numerai's API knows nothing of {what}: look at the name again."
        ) from error
    except ValueError as error:
        raise NumlearnError(f"Numerai's API refused {what}: {error}.") from error
    finally:
        logging.disable(before)
