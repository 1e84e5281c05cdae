"""What a stake earns or burns in a round: dated rule sets, read from rules.toml.

All amounts here are NMR as plain numbers. Scores are numbers such as 0.02 (which is
2 %), and a rate is a share of the stake at risk (0.05 is 5 %).
"""

import math
import tomllib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from numlearn.errors import Named, NumlearnError, real_number

SUPPLY = 11_000_000  # all NMR that there ever was, since 2019; it only burns


@dataclass(frozen=True, kw_only=True)
class Rules:
    """One rule set of one tournament, as data.

    What a staker could choose, and any what-if, is another rule set:
    ``dataclasses.replace(RULES["2021-03"], multipliers=(1.0, 2.0))``.

    Attributes
    ----------
    name, tournament : str
        The key in `RULES`; "classic", "signals" or "crypto".
    valid_from, valid_to : datetime.date
        First and last day. ``valid_to`` is None for a set that was in force when it
        was checked.
    source, note : str
        Where the figures stand, and what else a reader should know.
    checked_on : datetime.date
        When somebody last compared the figures with the source.
    scores : tuple of two str
        The names of the two paid scores, as `payout` takes them: "corr" and "mmc", but
        "alpha" and "mpc" for Signals in 2025.
    api_scores : tuple of two str
        What Numerai's API calls them.
    multipliers : tuple of two float
        What each of them counts for, unless the staker chose.
    choices : tuple of two tuples of float
        What a staker could choose for each; empty where there was no choice.
    target : str
        The name of the target that scores are computed on; "" where no source says.
    horizon : int
        Trading days of return that the target and so the scores cover.
    threshold : float or None
        NMR at risk in the whole tournament above which everyone is paid (and burned)
        less; None if the payout factor is always 1.
    total_at_risk : float or None
        NMR at risk in the whole tournament, as the source says or its examples assume;
        it holds wherever no other total is given. None where no source gives one, or
        none matters: then nobody else is at risk.
    cap : float
        The largest share of the stake at risk that one round pays or burns.
    caps_the_score : bool
        Whether the cap was put on the score, before the payout factor.
    at_risk : str
        What is at risk in one round, and since when.
    position_share : float
        The share of the whole position that is at risk in one round.
    rounds_a_week : int
        The calendar: 1 for weekly rounds, 5 for daily ones (Tuesday to Saturday).
    lag : int
        Rounds until a payout is part of the stake; so many are live at once.
    compounds : bool
        Whether payouts are staked on. If not, no more than the first stake is ever at
        risk and the rest lies idle. Since August 2026 a staker may choose.
    days_to_resolution : int
        Calendar days from the opening of a round to its final score.
    days_to_release : int
        Calendar days until the last NMR of a position can leave, once one asks.
    """

    name: str
    tournament: str
    valid_from: date
    valid_to: date | None
    source: str
    checked_on: date
    scores: tuple[str, str]
    api_scores: tuple[str, str]
    multipliers: tuple[float, float]
    choices: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
    target: str
    horizon: int
    threshold: float | None
    total_at_risk: float | None = None
    cap: float
    caps_the_score: bool = False
    at_risk: str
    position_share: float = 1.0
    rounds_a_week: int
    lag: int
    compounds: bool = True
    days_to_resolution: int
    days_to_release: int
    note: str = ""

    @property
    def leverage(self):
        """How often the same NMR is at risk at one time: live rounds × their share."""
        return self.lag * self.position_share

    def payout_factor(self, total_at_risk=None):
        """Return by how much everyone's payouts and burns shrink: 1 for not at all.

        Parameters
        ----------
        total_at_risk : float or array, optional
            NMR at risk in the whole tournament in that round. Left out, it is that of
            the rule set, its own `total_at_risk`; 0 is a tournament without others.

        Examples
        --------
        >>> import numlearn as nl
        >>> rules = nl.staking.RULES["2026-01"]
        >>> float(rules.payout_factor(total_at_risk=720_000))
        0.1
        """
        total = self._total(total_at_risk)
        if self.threshold is None:
            return 1.0
        return self.threshold / np.maximum(total, self.threshold)

    def _total(self, given, own=0.0):
        """Return the NMR at risk in the whole tournament, at least one's own."""
        known = self.total_at_risk if given is None else given
        return np.maximum(0.0 if known is None else amount(known, "total at risk"), own)

    def score(self, first, second=0.0):
        """Return the score that counts: both paid scores, each times its multiplier.

        Parameters
        ----------
        first, second : float, array, Series or DataFrame
            The two paid scores, in the order of `scores`; labels are aligned.

        Examples
        --------
        >>> import numlearn as nl
        >>> round(nl.staking.RULES["2026-01"].score(0.02, 0.005), 4)
        0.0262
        """
        one, two = self.multipliers
        return fraction(first) * one + fraction(second) * two

    def rate(self, score, total_at_risk=None):
        """Return the share of the stake at risk that a score pays or burns.

        Parameters
        ----------
        score : float or array
            As `score` returns it. NaN gives NaN.
        total_at_risk : float or array, optional
            As in `payout_factor`.

        Returns
        -------
        float or array
            Between -`cap` and `cap`.

        Examples
        --------
        >>> import numlearn as nl
        >>> float(nl.staking.RULES["2026-01"].rate(0.02, total_at_risk=0))
        0.02
        """
        known, factor = _score(score), self.payout_factor(total_at_risk)
        if self.caps_the_score:
            return np.clip(known, -self.cap, self.cap) * factor
        return np.clip(known * factor, -self.cap, self.cap)

    def payout(
        self, stake, *by_place, corr=None, mmc=None, total_at_risk=None, **others
    ):
        """Return what a round pays, or burns if it is negative, in NMR.

        Parameters
        ----------
        stake : float or array
            NMR at risk in that round: the whole stake until 2026, the slice (1/64 of
            the position) in "2026-08".
        corr, mmc : float or array
            The paid scores by their names in `scores`; another name, such as ``alpha``,
            where the rule set pays another score. One that is left out counts 0; NaN
            gives NaN. Arrays and Series are computed element by element.
        total_at_risk : float or array, optional
            NMR at risk in the whole tournament, one's own included: it is at least
            `stake`. Left out, it is that of the rule set.
        **others
            Other scores, and ``mmc_multiplier`` and the like: the staker's choice. One
            that was never on offer is a what-if, and is computed.

        Returns
        -------
        float or array

        Raises
        ------
        NumlearnError
            If an amount is below zero, missing, or more than all NMR; if a score is
            above 1 (a per cent is 0.01) or not paid by these rules.

        Examples
        --------
        >>> from numlearn.staking import RULES
        >>> RULES["2026-01"].payout(100, corr=0.02, mmc=0.005, total_at_risk=144_000)
        1.3125
        """
        first, second = self.scores
        if by_place:
            raise NumlearnError(
                f"Only the stake stands without its name: write payout({stake!r}, "
                f"{first}=…, {second}=…, total_at_risk=…)."
            )
        given = {"corr": corr, "mmc": mmc, **others}
        given = {name: value for name, value in given.items() if value is not None}
        own = zip(self.scores, self.multipliers, strict=True)
        chosen = [given.pop(f"{name}_multiplier", usual) for name, usual in own]
        known = [given.pop(name, None) for name in self.scores]
        if given or all(x is None for x in known):
            unknown = f", not {', '.join(given)}" if given else ""
            raise NumlearnError(
                f"The rules {self.name!r} pay {first} and {second}{unknown}: write "
                f"payout(stake, {first}=…, {second}=…)."
            )
        chosen = tuple(real_number(x, "a multiplier") for x in chosen)
        rules = replace(self, multipliers=chosen)
        score = rules.score(*(0.0 if x is None else x for x in known))
        stake = amount(stake, "stake")
        payout = stake * self.rate(score, self._total(total_at_risk, own=stake))
        return float(payout) if np.ndim(payout) == 0 else payout


def amount(value, name):
    """Return NMR as numbers, or say why it cannot be so many."""
    known = numbers(value)
    array = np.asarray(np.nan if known is None else known, dtype=float)
    good = (array >= 0) & (array <= SUPPLY)
    if not (good.size and good.all()):
        bad = (
            value if known is None or array.ndim == 0 else [*array[~good], "nothing"][0]
        )
        raise NumlearnError(
            f"The {name} must be zero or more NMR and at most the {SUPPLY:,} that ever "
            f"were, and {bad!s} is not: nobody can risk that."
        )
    return known


def fraction(score):
    """Return scores as numbers, or say which cannot be one."""
    known = _score(score)
    array = np.asarray(known, dtype=float)
    if (above := np.abs(array) > 1).any():
        raise NumlearnError(
            "A score is a number such as 0.02, which is 2 %, and "
            f"{array[above].flat[0]} is above 1: divide per cents by 100."
        )
    return known


def _score(value):
    known = numbers(value)
    if known is None:
        raise NumlearnError(f"A score is a number, and {value!r} is not one.")
    return known


def numbers(value):
    """Return floats (a Series or table with its index), or None for anything else."""
    labeled = isinstance(value, pd.Series | pd.DataFrame)
    kinds = value.dtypes if isinstance(value, pd.DataFrame) else [np.asarray(value)]
    if value is None or any(getattr(x, "dtype", x).kind in "bUSMm" for x in kinds):
        return None
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    value = value.astype(float) if labeled else array
    return value.item() if array.ndim == 0 else value


def _read(path):
    """Read rule sets; each is like another one but for what is written."""
    with open(path, "rb") as file:
        tables = tomllib.load(file)
    facts, sets, begins = {}, [], {}  # the day on which a tournament's next set begins
    for name, table in tables.items():
        its_own = {"name": name, "valid_to": None, "note": ""}
        facts[name] = facts.get(table.pop("like", None), {}) | its_own | table
    for one in reversed(facts.values()):
        later = begins.get(one["tournament"])
        begins[one["tournament"]] = one["valid_from"]
        one["valid_to"] = one["valid_to"] or (later and later - timedelta(days=1))
        for crowd in ("threshold", "total_at_risk"):
            one[crowd] = None if math.isinf(one[crowd]) else one[crowd]
        sets.insert(0, Rules(**{key: _frozen(value) for key, value in one.items()}))
    return MappingProxyType(Named("rule set", ((rules.name, rules) for rules in sets)))


def _frozen(value):
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


RULES = _read(Path(__file__).with_name("rules.toml"))


def rule_set(rules):
    """Return the rule set of a name; a `Rules` passes through.

    Parameters
    ----------
    rules : str or Rules
        Such as "2026-01".

    Returns
    -------
    Rules

    Raises
    ------
    NumlearnError
        If there is no such rule set; the sentence names all.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.staking.rule_set("2026-01").multipliers
    (0.75, 2.25)
    """
    return rules if isinstance(rules, Rules) else RULES[str(rules)]


def rules_on(day, tournament="classic"):
    """Return the rule set that was in force on a day.

    Parameters
    ----------
    day : datetime.date or str
        Such as "2021-03-26".
    tournament : {"classic", "signals", "crypto"}

    Returns
    -------
    Rules

    Raises
    ------
    NumlearnError
        If no rule set is known for that day.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.staking.rules_on("2022-06-15").name
    '2022-05-27'
    """
    when = pd.to_datetime(day if np.ndim(day) == 0 else None, errors="coerce")
    if not isinstance(when, pd.Timestamp):
        raise NumlearnError(f"{day!r} is no day: write it as in '2021-03-26'.")
    when = when.date()
    for rules in RULES.values():
        known = rules.valid_from <= when <= (rules.valid_to or date.max)
        if known and rules.tournament == tournament:
            return rules
    raise NumlearnError(
        f"No rule set of {tournament} is known for {when}: choose one by its name, of "
        f"{', '.join(RULES)}."
    )
