"""The scores of a model of one's own, as Numerai published them."""

import re
import time

import pandas as pd

from numlearn._files import written_whole
from numlearn.errors import NumlearnError
from numlearn.staking._online import asking
from numlearn.staking._rules import rule_set

_A_DAY = 24 * 60 * 60


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
    from numlearn.data import cache_folder

    if not isinstance(model, str):
        raise NumlearnError(f"A model goes by its name, not by {model!r}.")
    rules = rule_set(rules)
    safe = re.sub(r"[^\w-]", "_", model.lower())
    names = "-".join(rules.api_scores)
    path = cache_folder() / "history" / f"{rules.tournament}-{names}-{safe}.csv"
    fresh = path.exists() and time.time() - path.stat().st_mtime < _A_DAY
    if fresh and not refresh:
        return pd.read_csv(path, index_col="round")
    try:
        scores = _ask(model, rules)
    except NumlearnError:
        if path.exists() and not refresh:
            return pd.read_csv(path, index_col="round")
        raise
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as part:
        scores.to_csv(part)
    return scores


def _ask(model, rules):
    with asking(rules.tournament, f"the model {model!r}") as api:
        model_id = api.public_user_profile(model)["id"]
        columns = [
            api.submission_scores(
                model_id, display_name=name, resolved=True, distinct_on_round=True
            )
            for name in rules.api_scores
        ]
        scores = pd.concat(
            {
                column: pd.Series({one["roundNumber"]: one["value"] for one in answer})
                for column, answer in zip(rules.scores, columns, strict=True)
            },
            axis=1,
        )
    scores = scores.astype(float).dropna().sort_index().rename_axis("round")
    if scores.empty:
        raise NumlearnError(
            f"{model!r} has no resolved round with {' and '.join(rules.api_scores)} "
            "yet: look again when one of its rounds is resolved."
        )
    return scores
