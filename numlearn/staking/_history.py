"""The scores of a model of one's own, as Numerai published them."""

import re
import time

import pandas as pd

from numlearn.errors import NumlearnError
from numlearn.staking._api import asking, client
from numlearn.staking.rules import named

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
        Columns ``corr`` and ``mmc``, index ``round``, as
        `simulate` takes it. A round in which one of both is
        missing is left out, which `simulate` will remark.

    Raises
    ------
    NumlearnError
        If there is no such model, no score of it, or no answer and nothing kept.
    """
    from numlearn.data import cache_folder

    rules = named(rules)
    safe = re.sub(r"[^\w-]", "_", model.lower())
    names = "-".join(rules.scores)
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
    scores.to_csv(path)
    return scores


def _ask(model, rules):
    api = client(rules.tournament)
    with asking(f"the model {model!r}"):
        model_id = api.public_user_profile(model)["id"]
        columns = [
            api.submission_scores(
                model_id, display_name=name, resolved=True, distinct_on_round=True
            )
            for name in rules.scores
        ]
        scores = pd.concat(
            {
                column: pd.Series({one["roundNumber"]: one["value"] for one in answer})
                for column, answer in zip(("corr", "mmc"), columns, strict=True)
            },
            axis=1,
        )
    scores = scores.astype(float).dropna().sort_index().rename_axis("round")
    if scores.empty:
        raise NumlearnError(
            f"{model!r} has no resolved round with {' and '.join(rules.scores)} yet: "
            "look again when one of its rounds is resolved."
        )
    return scores
