"""What Numerai's public API says today: questions without keys, and rules compared."""

from contextlib import contextmanager

import pandas as pd

from numlearn.data.client import Refused, Unanswered, official_client
from numlearn.errors import NumlearnError
from numlearn.staking._rules import rules_on


@contextmanager
def asking(tournament, what):
    """Yield numerapi's client for one tournament; turn no answer into one sentence."""
    try:
        with official_client(tournament) as api:
            yield api
    except (Unanswered, OSError) as error:
        raise NumlearnError(
            f"Numerai's API did not answer about {what}: "
            "try again with a working network."
        ) from error
    except (KeyError, TypeError) as error:
        raise NumlearnError(
            f"Numerai's API knows nothing of {what}: look at the name again."
        ) from error
    except Refused as error:
        raise NumlearnError(f"Numerai's API refused {what}: {error}.") from error


def compare_online(tournaments=("classic", "signals", "crypto")):
    """Compare the rule sets of today with the configuration that Numerai publishes.

    Parameters
    ----------
    tournaments : str or sequence of str

    Returns
    -------
    DataFrame
        One row a figure: ``tournament``, ``round``, ``rules`` (ours for the day on
        which that round opened), ``figure``, ``ours``, ``online`` and ``equal``. A
        score that only one side pays has NaN on the other.

    Raises
    ------
    NumlearnError
        If the API does not answer, for example without a network.
    """
    rows = []
    for tournament in [tournaments] if isinstance(tournaments, str) else tournaments:
        with asking(tournament, f"the rounds of {tournament}") as api:
            latest = max(api.list_rounds(limit=5), key=lambda one: one["number"])
            theirs = _published(latest)
            opened = latest["openTime"].date()
        rules = rules_on(opened, tournament)
        ours = _kept(rules)
        for figure in sorted(ours.keys() | theirs.keys()):
            pair = ours.get(figure, float("nan")), theirs.get(figure, float("nan"))
            rows.append((tournament, latest["number"], rules.name, figure, *pair))
    columns = ["tournament", "round", "rules", "figure", "ours", "online"]
    table = pd.DataFrame(rows, columns=columns)
    close = (table["ours"] - table["online"]).abs() < 1e-9
    return table.assign(equal=close | (table["ours"].isna() & table["online"].isna()))


def _kept(rules):
    """Return our figures by name; a threshold that does not exist is NaN."""
    paid = {
        f"multiplier of {score}": multiplier
        for score, multiplier in zip(rules.api_scores, rules.multipliers, strict=True)
        if multiplier
    }
    return {"cap": rules.cap, "threshold": _number(rules.threshold), **paid}


def _published(round_info):
    """Return the API's figures of one round under the names that `_kept` uses."""
    paying = [one for one in round_info["roundScoreConfigs"] if one["isPayout"]]
    figures = {
        f"multiplier of {one['displayName']}": _number(one["defaultMultiplier"])
        for one in paying
    }
    for one in paying:
        figures["cap"] = _number(one["clipThreshold"])
        figures["threshold"] = _number(one["stakeThreshold"])
    return figures


def _number(value):
    return float("nan") if value is None else float(value)
