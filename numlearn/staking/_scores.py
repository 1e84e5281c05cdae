"""The one shape of tables of scores, and all that is brought into it."""

import re
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn.errors import NumlearnError
from numlearn.scoring import in_order
from numlearn.staking._rules import numbers, rule_set

DAILY = 451  # Classic opened this round on Wednesday, 2023-03-29, the fifth of its week


def score_table(scores, rules="2026-01", *, missed="zero"):
    """Bring scores into the shape that `simulate` and `replay` work on.

    Both call it first, so this is the place to look up what they take.

    Parameters
    ----------
    scores : DataFrame, Series, mapping or path of a CSV file
        One row a round or era, in any order, which the index says or a column
        ``round``, ``roundNumber``, ``era`` or ``date``. In the columns either

        - the two paid scores of one model, as `history` returns them, by the names in
          ``rules.scores`` or by Numerai's: ``corr``, ``CORR20``, ``corr20V2``,
          ``v2_corr20``, ``mmc``, ``MMC20``, ``canon_mmc``, …;
        - the same for several models, in two levels (model, score) or (score, model);
        - or models, and one score of each, as `numlearn.scoring.corr` returns it.

        A mapping has such a table for each score, ``{"corr": table, "mmc": table}``, or
        for each model. A number stands for a score that is the same everywhere: to
        count no MMC, say ``"mmc": 0``.
    rules : str or Rules
        Which scores count, over how many days, and how many rounds a week has.
    missed : {"zero", "refuse"}
        What becomes of a round that is not there or has no score. Nothing is at risk in
        a round without a submission on time, so it pays and burns nothing: so say the
        pages from 2024 to 2026 (numerai-tournament/staking.md at b36e4cb,
        2026-04-19), and no page of 2021 says otherwise.

    Returns
    -------
    DataFrame
        Rounds of the rules, the first one first × (model, score), without NaN. Weekly
        scores (eras, weekly dates) count in each of the week's rounds where there are
        five, as in `numlearn.world.run`; of daily ones (Classic's round numbers, dates)
        the first of each week is kept where rounds are weekly. Rows with other labels
        are taken for rounds of these rules.

    Raises
    ------
    NumlearnError
        If a column is none of these, a round is there twice, a score is text or above
        1, or one of both scores is missing, or was measured over other days.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> newest_first = pd.DataFrame(
    ...     {"roundNumber": [902, 901], "CORR20": [0.02, 0.01], "MMC20": [0.0, 0.002]}
    ... )
    >>> nl.staking.score_table(newest_first)["model"].to_dict("list")
    {'corr': [0.01, 0.02], 'mmc': [0.002, 0.0]}
    """
    rules = rule_set(rules)
    if missed not in ("zero", "refuse"):
        raise NumlearnError(f"missed={missed!r} is neither 'zero' nor 'refuse'.")
    table = _by_model(list(_columns(scores)), rules)
    table = _on_calendar(table, eras.position(table.index), rules, missed)
    return _without_gaps(table, rules, missed)


def weighted_scores(table, rules):
    """Return the score that a rule set pays, before factor and cap: rounds × models."""
    first, second = (table.xs(name, axis=1, level="score") for name in rules.scores)
    return rules.score(first, second[first.columns]).rename_axis(columns=None)


def _columns(scores, labels=()):
    """Yield all that is said about a column, a tuple, and the column."""
    if isinstance(scores, str | Path):
        scores = _from_file(Path(scores))
    if isinstance(scores, Mapping):
        for name, part in scores.items():
            yield from _columns(part, (*labels, name))
    elif isinstance(scores, pd.DataFrame):
        for name, column in in_order(scores).items():
            yield (*labels, *(name if isinstance(name, tuple) else [name])), column
    elif isinstance(scores, pd.Series):
        name = "model" if scores.name is None else scores.name
        yield labels or (name,), in_order(scores.rename(name))[name]
    elif labels and numbers(scores) is not None and np.ndim(scores) == 0:
        yield labels, float(scores)
    else:
        raise NumlearnError(
            f"Scores are a DataFrame, rounds × models, not {type(scores).__name__}: "
            'give one, or {"corr": table, "mmc": table}.'
        )


def _from_file(path):
    if not path.is_file():
        raise NumlearnError(f"There is no file of scores at {path}: check the path.")
    table = pd.read_csv(path)
    nameless = str(table.columns[0]).startswith("Unnamed")
    return table.set_index(table.columns[0]).rename_axis(None) if nameless else table


def _by_model(columns, rules):
    """Return a table with the columns (model, score), and both scores of each model."""
    found = {}
    for labels, column in columns:
        score = [place for x in labels if (place := _place(x, rules)) is not None]
        model = [x for x in labels if _place(x, rules) is None] or ["model"]
        if len(model) > 1 or len(score) > 1:
            names = " or ".join(dict.fromkeys((rules.scores[0], rules.api_scores[0])))
            raise NumlearnError(
                f"The scores have no {names} where one is looked for: give a table "
                f"rounds × models, or one of {' and one of '.join(rules.scores)}."
            )
        key = model[0], *(score or [None])
        if key in found:
            raise NumlearnError(f"{labels[-1]!r} is there twice: keep one of them.")
        found[key] = column
    same = {k: 0.0 for k in (0, 1) if not rules.multipliers[k]}
    same |= {score: x for (_, score), x in found.items() if isinstance(x, float)}
    tables = {k: _checked(x) for k, x in found.items() if not isinstance(x, float)}
    if any(score is None for _, score in tables):
        tables, same = _only_models(tables, rules)
    rounds = {frozenset(column.index) for column in tables.values()}
    if len(rounds) != 1:
        raise NumlearnError(
            "The tables of the two scores differ in their rounds or models, or there "
            "is none: give both the same rows and columns."
        )
    both = {}
    for model in dict.fromkeys(model for model, _ in tables):
        for place, name in enumerate(rules.scores):
            if (model, place) in tables:
                both[model, name] = tables[model, place]
            elif place in same:  # and missing where the other score is
                both[model, name] = 0.0 * tables[model, 1 - place] + same[place]
            else:
                raise NumlearnError(
                    f"The rules {rules.name!r} pay {' and '.join(rules.scores)}, and "
                    f'{model!r} has no {name}: add it, or say "{name}": 0 in a dict.'
                )
    table = pd.DataFrame(both, index=next(iter(tables.values())).index)
    return table.rename_axis(columns=["model", "score"])


def _checked(column):
    """Refuse what is too large to be a score."""
    large = np.flatnonzero(column.abs() > 1)
    if len(large):
        raise NumlearnError(
            f"{column.name!r} is {column.iloc[large[0]]} in round "
            f"{column.index[large[0]]}, and a score is a number such as 0.02 (2 %): "
            "leave out what is no score."
        )
    return column.astype(float)


def _only_models(tables, rules):
    """Take columns for models' first paid score where no column names one."""
    if len({score for _, score in tables}) > 1:
        model = next(model for model, score in tables if score is None)
        raise NumlearnError(
            f"{model!r} is none of {' and '.join(rules.scores)}, and stands beside "
            "them: leave it out, or give models and one score of each."
        )
    main = 0 if rules.multipliers[0] else 1
    if rules.multipliers[1 - main]:
        one, other = rules.scores[main], rules.scores[1 - main]
        warnings.warn(
            f"The rules {rules.name!r} pay {other} as well, which is not there and "
            f'counts 0: give {{"{one}": table, "{other}": table}}.',
            stacklevel=5,
        )
    return {(model, main): x for (model, _), x in tables.items()}, {1 - main: 0.0}


def _place(name, rules):
    """Tell which paid score a name means: 0, 1 or None; refuse another horizon."""
    for place, names in enumerate(zip(rules.scores, rules.api_scores)):
        known = "|".join(re.escape(_squashed(x)) for x in names)
        found = re.fullmatch(
            rf"(?:canon|v\d)?(?:{known})(\d\d)?(?:v\d)?", _squashed(name)
        )
        if not found:
            continue
        days = found[1] or (re.search(r"(20|60)", _squashed(name)) or [None])[0]
        if days and int(days) != rules.horizon:
            raise NumlearnError(
                f"{name!r} is a score over {days} days, and {rules.name!r} pays those "
                f"over {rules.horizon}: give these, or call the column "
                f"{rules.scores[place]!r} if that is what you want to know."
            )
        return place
    return None


def _squashed(name):
    return re.sub(r"[\W_]", "", str(name)).lower()


def _on_calendar(table, weeks, rules, missed):
    """Thin daily scores for weekly rounds, repeat weekly ones for daily rounds."""
    dated = _is_date(table.index[0], weeks[0])
    if dated and (np.diff(weeks) == 0).any():
        if rules.rounds_a_week > 1:
            return table
        first = np.diff(weeks, prepend=weeks[0] - 1) > 0
        table, weeks = table[first], weeks[first]
    table, step = _evenly_spaced(table, weeks, missed)
    name, label = _squashed(table.index.name), table.index[0]
    if name.startswith("round") and not dated:  # also where its numbers are text
        if rules.tournament != "classic" or weeks[0] < DAILY:
            return table
        apart = step / 5
    elif dated or name.startswith("era") or isinstance(label, str):
        apart = step
    else:
        return table
    rounds = apart * rules.rounds_a_week  # from one row to the next
    if rounds < 1:
        return table.iloc[:: round(1 / rounds)]
    if apart > 1:
        raise NumlearnError(
            f"The rows are {apart:g} weeks apart, and {rules.name!r} has a round every "
            "week: score every week, or call .reset_index(drop=True) to take each row "
            "for a round."
        )
    return table.iloc[np.repeat(np.arange(len(table)), round(rounds))]


def _is_date(label, week):
    try:
        return float(re.sub(r"^\D+", "", str(label))) != week
    except ValueError:
        return True


def _evenly_spaced(table, weeks, missed):
    """Put in rounds that are missing in between; return the usual step, too."""
    steps = np.diff(weeks)
    if not len(steps):
        return table, 1
    sizes, counts = np.unique(steps, return_counts=True)
    step = sizes[counts.argmax()]
    odd = np.flatnonzero(steps % step if missed == "zero" else steps != step)
    if len(odd):
        raise NumlearnError(
            f"The rounds are not evenly spaced, first before round "
            f"{table.index[odd[0] + 1]}: give a stretch without a missing round, or "
            "call .reset_index(drop=True) if that should not matter."
        )
    if (steps == step).all():
        return table, step
    every = np.arange(weeks[0], weeks[-1] + 1, step)
    labels = pd.Series(table.index, weeks).reindex(every)
    return table.set_axis(weeks).reindex(every).set_axis(labels), step


def _without_gaps(table, rules, missed):
    """Count a round without scores as a missed one, or refuse it."""
    paid = [name for name, m in zip(rules.scores, rules.multipliers) if m]
    gaps = table.loc[:, table.columns.isin(paid, level="score")].isna()
    gaps = gaps.T.groupby(level="model", sort=False)
    some, whole = gaps.any().T, gaps.all().T
    at_an_end = whole.cummin() | whole[::-1].cummin()[::-1]
    bad = some if missed == "refuse" else at_an_end | some & ~whole
    if bad.any(axis=None):
        model = bad.any().idxmax()
        raise NumlearnError(
            f"The scores have gaps, the first in round {bad[model].idxmax()} of "
            f"{model}: give rounds in which every model has every paid score."
        )
    return table.fillna(0.0)
