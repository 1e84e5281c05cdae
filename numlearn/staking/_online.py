"""What Numerai's public API says without keys: scores of a model, and rules."""

import re
import time

import numpy as np
import pandas as pd

from numlearn._files import written_whole
from numlearn.data import cache_folder
from numlearn.data.client import asking, official_client
from numlearn.errors import NumlearnError
from numlearn.staking._rules import rule_set, rules_on

_A_DAY = 24 * 60 * 60
_CURE = "try again with a working network."


def history(model, rules="2026-01", *, refresh=False):
    """Return the resolved scores of a model that a rule set pays.

    The first call asks Numerai's API (no key is needed) and keeps the answer; for a day
    later calls read what was kept, and without a network they go on doing so.

    Parameters
    ----------
    model : str
        The model's name in the rule set's tournament.
    rules : str or Rules
        Decides which two scores: CORR20 and MMC20 for "2026-01", CORR60 and MMC60 for
        "2026-08".
    refresh : bool
        Ask even if an answer was kept today.

    Returns
    -------
    DataFrame
        Columns as in ``rules.scores``, ``corr`` and ``mmc`` for Classic; index
        ``round``: a shape that `score_table` and so `simulate` take, and
        `numlearn.scoring.summary`. A round in which one of both is missing is left out,
        and counts as missed.

    Raises
    ------
    NumlearnError
        If there is no such model, no score of it, or no answer and nothing kept.
    """
    if not isinstance(model, str):
        raise NumlearnError(f"A model goes by its name, not by {model!r}.")
    rules = rule_set(rules)
    safe = re.sub(r"[^\w-]", "_", model.lower())
    names = "-".join(rules.api_scores)
    path = cache_folder() / "history" / f"{rules.tournament}-{names}-{safe}.csv"
    kept = path.exists() and not refresh
    if not kept or time.time() - path.stat().st_mtime >= _A_DAY:
        try:
            _keep(_ask(model, rules), path)
        except NumlearnError:
            if not kept:
                raise
    return pd.read_csv(path, index_col="round")


def _keep(scores, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as part:
        scores.to_csv(part)


def _ask(model, rules):
    with (
        official_client(rules.tournament) as api,
        asking(f"the model {model!r}", _CURE),
    ):
        model_id = api.public_user_profile(model)["id"]
        wanted, columns = {"resolved": True, "distinct_on_round": True}, {}
        for column, name in zip(rules.scores, rules.api_scores, strict=True):
            answer = api.submission_scores(model_id, display_name=name, **wanted)
            values = {one["roundNumber"]: one["value"] for one in answer}
            columns[column] = pd.Series(values)
        scores = pd.concat(columns, axis=1)
    scores = scores.astype(float).dropna().sort_index().rename_axis("round")
    if scores.empty:
        raise NumlearnError(
            f"{model!r} has no resolved round with {' and '.join(rules.api_scores)} "
            "yet: look again when one of its rounds is resolved."
        )
    return scores


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
    tables = {}
    for tournament in [tournaments] if isinstance(tournaments, str) else tournaments:
        about = f"the rounds of {tournament}"
        with official_client(tournament) as api, asking(about, _CURE):
            latest = max(api.list_rounds(limit=5), key=lambda one: one["number"])
            theirs = _published(latest)
            opened = latest["openTime"].date()
        rules = rules_on(opened, tournament)
        both = pd.DataFrame({"ours": _kept(rules), "online": theirs}).sort_index()
        tables[tournament, latest["number"], rules.name] = both.astype(float)
    names = ["tournament", "round", "rules", "figure"]
    table = pd.concat(tables, names=names).reset_index()
    close = np.isclose(table["ours"], table["online"], 0, 1e-9, equal_nan=True)
    return table.assign(equal=close)


def _kept(rules):
    """Return our figures by name; a threshold that does not exist is None."""
    paid = {
        f"multiplier of {score}": multiplier
        for score, multiplier in zip(rules.api_scores, rules.multipliers, strict=True)
        if multiplier
    }
    return {"cap": rules.cap, "threshold": rules.threshold, **paid}


def _published(round_info):
    """Return the API's figures of one round under the names that `_kept` uses."""
    figures = {}
    for one in round_info["roundScoreConfigs"]:
        if one["isPayout"]:
            name = f"multiplier of {one['displayName']}"
            figures[name] = one["defaultMultiplier"]
            figures["cap"] = one["clipThreshold"]
            figures["threshold"] = one["stakeThreshold"]
    return figures
