"""Seasons that differ in one rule, over several worlds, and what is claimed of them."""

import json
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from numlearn._files import course_root
from numlearn._progress import progress_shown
from numlearn.errors import NumlearnError, of_type, one_of, real_number, whole_number
from numlearn.world._features import TABLES
from numlearn.world._season import short
from numlearn.world._what_if import AS_IT_IS, changed_rule
from numlearn.world.tournament import run


@dataclass(frozen=True, repr=False)
class Comparison:
    """Seasons that differ in one rule, over several seeds.

    Attributes
    ----------
    figures : DataFrame
        (rule, seed) × figures: ``metamodel_corr``, ``fund_return``, ``paid`` and
        ``burned`` as in ``Season.summary``; ``bad_weight``, the weight of users in bad
        faith in the last round; ``growth <behaviour>``, income by first stake.
    """

    figures: pd.DataFrame

    def __repr__(self):
        rules, seeds = self.figures.index.levels
        return f"{len(rules)} rules over {len(seeds)} seeds: see .bands() and .figures"

    def __str__(self):
        return f"{self!r}\n{self.bands().to_string(float_format=short)}"

    @classmethod
    def of_worlds(cls, table):
        """Return the comparison that a table of worlds holds.

        Parameters
        ----------
        table : DataFrame
            Seeds × (rule, figure), such as `numlearn.data.stored` returns it. The first
            rule is the one that the others are compared with.

        Returns
        -------
        Comparison

        Raises
        ------
        NumlearnError
            If the columns are not pairs.

        Examples
        --------
        >>> others = nl.world.Comparison.of_worlds(nl.data.stored("rules_changed"))
        >>> others.bands().loc["honest (%)"]
        """
        of_type(table.columns, pd.MultiIndex, "Give columns by rule and figure")
        parts = {rule: table[rule] for rule in table.columns.unique(0)}
        return cls(pd.concat(parts, names=["rule", "seed"]))

    def sides(self, *rules):
        """Return what a rule does to each side, means over the seeds.

        Parameters
        ----------
        *rules : str
            Which rules, in this order; all by default.

        Returns
        -------
        DataFrame
            Rule × the metamodel's CORR in ten-thousandths, what stakes of honest and of
            random users grew by and which weight bad faith has in the last round, in
            percent, and what was paid, in 1000 NMR. Who is not there has no column.

        Examples
        --------
        >>> import numlearn as nl
        >>> users = nl.world.crowd.farm(3, stake=10.0)
        >>> small = {"rounds": 2, "users": lambda seed: users, "rows": 200}
        >>> compared = nl.world.what_if("no burn", seeds=[1], **small)
        >>> compared.sides("no burn").index.tolist()
        ['no burn']
        """
        means = self.figures.groupby(level="rule", sort=False).mean()
        chosen = [one_of(rule, means.index, "rule") for rule in rules or means.index]
        units = {k: (k, 1) if k in means else v for k, v in TABLES["sides"].items()}
        there = {to: n * means[of] for to, (of, n) in units.items() if of in means}
        return pd.DataFrame(there).loc[chosen]

    def bands(self, level=0.95):
        """Return means over the seeds, and how far each rule is from `AS_IT_IS`.

        Parameters
        ----------
        level : float
            Of the confidence interval (Student's t) of the paired difference.

        Returns
        -------
        DataFrame
            (figure, rule) × ``mean``, ``difference``, ``low``, ``high``: the same seed
            with the rule and without it, so that what both share cancels.
        """
        rules, rows = self.figures.index.unique("rule"), {}
        for figure, rule in product(self.figures, rules):
            part = self.figures.loc[rule, figure]
            gaps = part - self.figures.loc[rules[0], figure]
            rows[figure, rule] = [part.mean(), *interval(gaps, level)]
        names = ["mean", "difference", "low", "high"]
        return pd.DataFrame(rows, names).T.rename_axis(["figure", "rule"])


def interval(values, level=0.95):
    """Return the mean of a few independent values, and its interval (Student's t)."""
    from scipy import stats

    level = real_number(level, "level", 0.0, 1.0)
    values = np.asarray(values, dtype=float)
    mean = values.mean()
    if len(values) < 2:
        return mean, np.nan, np.nan
    reach = stats.t.ppf((1 + level) / 2, len(values) - 1) * stats.sem(values)
    return mean, mean - reach, mean + reach


def what_if(
    changes=("no burn",), seeds=5, rules="2026-01", rounds=52, users=30, *,
    progress=None, **world,
):  # fmt: skip
    """Play the same seasons as they are and with one rule changed.

    Parameters
    ----------
    changes : iterable of str, or mapping of str to WhatIf
        Names in ``WHAT_IFS``, or what-ifs of your own.
    seeds : int or iterable of int
        Worlds; a number stands for seeds from 1 on.
    rules, rounds, users, **world
        As in `run`.
    progress : None, True or callable
        A bar on stderr, or called with seasons done and seasons in all.

    Returns
    -------
    Comparison

    Examples
    --------
    >>> nl.world.what_if(["no burn", "equal weights"], seeds=5).bands()
    """
    if not isinstance(changes, dict):
        changes = [changes] if isinstance(changes, str) else changes
        changes = {name: name for name in changes}
    changes = {AS_IT_IS: None} | changes
    rule_of = {name: changed_rule(rule) for name, rule in changes.items()}
    worlds, rows = _worlds(seeds), {}
    with progress_shown(progress, "seasons") as show:
        for seed, name in product(worlds, rule_of):
            season = run(seed, rules, rounds, users, change=rule_of[name], **world)
            rows[name, seed] = _figures(season)
            show(len(rows), len(worlds) * len(rule_of))
    table = pd.DataFrame({key: rows[key] for key in product(rule_of, worlds)})
    return Comparison(table.T.rename_axis(["rule", "seed"]))


def _worlds(seeds):
    if isinstance(seeds, str) or not hasattr(seeds, "__iter__"):
        return list(range(1, whole_number(seeds, "seeds", 1) + 1))
    if not (worlds := [whole_number(seed, "seed") for seed in dict.fromkeys(seeds)]):
        raise NumlearnError("No seeds are given: name at least one, such as seeds=5.")
    return worlds


def _figures(season):
    """Return what seasons are compared by, a Series."""
    figures = season.summary()[["metamodel_corr", "fund_return", "paid", "burned"]]
    bad = [user.bad_faith for user in season.crowd]
    figures["bad_weight"] = season.users["weight_last"][bad].sum()
    return pd.concat(
        [figures, season.behaviors["growth"].dropna().add_prefix("growth ")]
    )


def claims():
    """Return the stored table of claims about the triangle, one row a measure.

    It was made by tests/claims/claims_suite.py, which says how each is measured.

    Returns
    -------
    DataFrame
        ``claim``, ``lesson``, ``sentence``, ``built_in`` and the claim's ``settled``
        ("holds", "holds if", "fails", "not shown"); ``measure``, above 0 where it
        speaks for the claim, with ``mean``, ``low`` and ``high`` (95 %) over the seeds
        and its ``verdict`` ("holds", "fails" or "open").
    """
    text = (course_root() / "data" / "claims.json").read_text(encoding="utf-8")
    table = pd.DataFrame(json.loads(text)["claims"]).explode(
        "measures", ignore_index=True
    )
    table = table.rename(columns={"id": "claim", "verdict": "settled"})
    lines = pd.DataFrame(list(table.pop("measures"))).rename(
        columns={"name": "measure"}
    )
    return table.join(lines.drop(columns="seeds"))
