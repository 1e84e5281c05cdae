"""The loop: users predict, stakes weigh, the fund trades, scores pay and burn.

A round is a week here. Where Numerai opens five rounds a week, five open on the same
weekly era, and all have its scores; payout factor, cap, lag and slices are the rules'.
CORR and MMC are today's under every rule set; under rules that pay scores over 60 days,
the target is the one over 60 days.
"""

import hashlib
from dataclasses import replace
from itertools import chain
from numbers import Integral
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd

from numlearn._files import folder_to_fill, lies_at
from numlearn._progress import progress_shown
from numlearn.errors import NumlearnError, instead_of, real_number, whole_number
from numlearn.scoring import Ranks, era_corr
from numlearn.staking import open_position, rule_set
from numlearn.world import crowd
from numlearn.world._arena import MODELS, arena, read_whole, save_whole
from numlearn.world._season import Season
from numlearn.world._what_if import Round, by_stake, changed_rule, stake_pays

__all__ = ["Live", "Past", "Round", "Season", "by_stake", "run", "stake_pays"]

VERSION = 2  # of saved seasons
SAVE_EVERY = 13  # rounds
_TARGETS = {60: "target_ada_60"}  # by the days that scores cover, if not the main one
MEMORY = 8  # metamodels that an imitation is learned from


class Past(NamedTuple):
    """What users know about themselves: arrays, one number a round.

    ``positions`` ends with the one of now; ``payouts`` and ``scores`` (CORR and MMC,
    times their multipliers) are those of the rounds that are resolved.
    """

    positions: np.ndarray
    payouts: np.ndarray
    scores: np.ndarray


class Live:
    """One round as a user sees it before the deadline: copies, to change at will.

    Attributes
    ----------
    round, rows : int
        The round's number, from 1 on, and how many rows it has.
    panel : DataFrame
        Era and features, index id: what the fund hands out.
    """

    def __init__(self, arena, number, metamodels):
        self.round, self._arena = number, arena
        self._era = arena.live[number - 1]
        self.rows = self._era.size
        self._metamodels, self._noise, self._copies = metamodels, {}, {}

    @property
    def panel(self):  # noqa: D102
        return self._era.panel.copy()

    def base(self, name):
        """Return what a model of ``MODELS`` predicts: mean 0, size 1."""
        return self._arena.base(name)[self.round - 1].copy()

    def noise(self, key):
        """Return random numbers of size 1, always the same for a key and round."""
        if key not in self._noise:
            seed = [self._arena.seed, crc32(key.encode()), self.round]
            rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed)))
            self._noise[key] = rng.standard_normal(self.rows, np.float32)
        return self._noise[key].copy()

    def published(self, late):
        """Return (round, metamodel) of those at least so many rounds old."""
        known = self._metamodels[: max(0, self.round - late)]
        return [(number, blend.copy()) for number, blend in enumerate(known, 1)]

    def imitation(self, late):
        """Return the mixture of base models most like the last published metamodels."""
        if late not in self._copies:
            seen = self.published(late)[-MEMORY:]
            self._copies[late] = self._imitate(seen) if seen else None
        return None if self._copies[late] is None else self._copies[late].copy()

    def _imitate(self, seen):
        gram, product = 0.0, 0.0
        for number, metamodel in seen:
            models = np.stack([self._arena.base(name)[number - 1] for name in MODELS])
            gram = gram + np.einsum("ik,jk->ij", models, models, dtype=float)
            product = product + np.einsum("ik,k->i", models, metamodel)
        gram += 1e-3 * np.trace(gram) / len(gram) * np.eye(len(gram))
        weights = np.linalg.solve(gram, product)
        copy = sum(w * self.base(name) for w, name in zip(weights, MODELS))
        return copy / copy.std()


def run(
    seed=1, rules="2026-01", rounds=52, users=30, *,
    change=None, rows=1000, train=100, path=None, progress=None,
):  # fmt: skip
    """Play a season of the whole triangle, from a seed to a record of every round.

    Parameters
    ----------
    seed : int
        Of the world, and of all that is random about its users.
    rules : str or Rules
        Such as "2021-03"; Classic's only.
    rounds : int
        Weekly rounds. A season of fewer is the beginning of this one.
    users : int, list of User or callable
        A number stands for ``numlearn.world.crowd.mixed(number, seed)``; a function is
        given the seed and returns a list.
    change : str or WhatIf, optional
        A changed rule: one of ``WHAT_IFS``, or one of your own.
    rows, train : int
        Size of the world: stocks a round, and weekly eras to learn from beforehand.
    path : path-like, optional
        File that the season is saved to as it goes, ``.npz``; if it is there, the
        season goes on where it was left, and ends as if it had never stopped. Remove
        it when you change a user's code, which the file cannot know.
    progress : None, True or callable
        A bar on stderr, or called with rounds done and rounds in all.

    Returns
    -------
    Season

    Raises
    ------
    NumlearnError
        If two users share a name, the rules are not Classic's, the file at `path`
        holds another season, or a user hands in what Numerai would refuse: a number for
        each row is needed, none missing or infinite, and not all of them equal.

    Examples
    --------
    >>> import numlearn as nl
    >>> users = nl.world.crowd.farm(3, stake=10.0)
    >>> season = nl.world.run(seed=1, rounds=2, users=users, rows=200)
    >>> season.table("corr").shape  # rounds × users
    (2, 3)
    """
    change = changed_rule(change)
    rules = _classic(rule_set(rules), change)
    rounds = whole_number(rounds, "rounds", 1)
    ground = arena(seed, rounds, rows, train)
    users = _crowd(users, ground.seed)
    journal = _Journal(path, _mark(ground, rules, users, change))
    asked = (getattr(user, "base_models", ()) for user in users)
    ground.prepare(dict.fromkeys(chain.from_iterable(asked)))
    loop = _Loop(ground, rules, users, change)
    with progress_shown(progress, "rounds") as show:
        for number in range(1, rounds + 1):
            loop.turn(number, journal)
            show(number, rounds)
    journal.save()
    return Season(ground, rules, users, loop.weeks, loop.finish())


def _classic(rules, change):
    """Return the rule set with what is changed, unless it is not Classic's."""
    if rules.tournament != "classic":
        raise NumlearnError(
            f"The rules {rules.name!r} are not Classic's, and only Classic is played "
            "here: choose such as '2026-01'."
        )
    if unknown := [name for name in change.rules if not hasattr(rules, name)]:
        raise NumlearnError(
            f"A rule set has no {unknown[0]!r} to change: look at its fields with "
            f"nl.staking.RULES[{rules.name!r}]."
        )
    return replace(rules, **change.rules)


def _crowd(users, seed):
    """Return the users as a list, or say what about them makes no crowd."""
    if isinstance(users, Integral):
        return crowd.mixed(users, seed)
    users = users(seed) if callable(users) else users
    if isinstance(users, str) or not hasattr(users, "__iter__"):
        raise NumlearnError(
            f"users={users!r} is neither a number nor a list of users: give such as "
            "users=30, or nl.world.crowd.mixed(30)."
        )
    users = list(users)
    for user in users:
        _refuse_user(user)
    names = [user.name for user in users]
    if twice := [name for name in names if names.count(name) > 1]:
        raise NumlearnError(f"Two users have the name {twice[0]!r}: give each its own.")
    if not users:
        raise NumlearnError("A season needs at least one user.")
    return users


def _refuse_user(user):
    parts = ("name", "stake", "behavior", "bad_faith", "predict", "share")
    lacks = [part for part in parts if not hasattr(user, part)]
    if not lacks and getattr(type(user), "predict", None) is crowd.User.predict:
        lacks = ["predict"]
    if lacks or isinstance(user, type):
        raise NumlearnError(
            f"{user!r} is no user, it lacks {(lacks or ['a name'])[0]}: subclass "
            "nl.world.crowd.User and say what it predicts, or take one of its kinds."
        )
    real_number(user.stake, f"stake of {user.name}")


class _Loop:
    """The state of a season: positions, what was scored, and what is pending."""

    def __init__(self, arena, rules, users, change):
        self.arena, self.rules, self.users = arena, rules, users
        self.change = change
        stakes = np.array([float(user.stake) for user in users])
        self.staked = stakes > 0  # who has no stake keeps prizes in the wallet
        self.held = open_position(stakes, (1, len(users)), rules)
        self.target = _TARGETS.get(rules.horizon, "target")
        own = [getattr(type(u), "share", None) is not crowd.User.share for u in users]
        self.deciders = np.flatnonzero(own)
        self.opened = 0  # rounds; several a week under most rules
        self.weeks = []

    def turn(self, number, journal):
        """Play one week: settle what is due, predict, weigh, score, and pay."""
        self._settle()
        wealth = self.held.wealth[0].copy()
        week = {"position": wealth, "payout": np.zeros_like(wealth)}
        self.weeks.append(week)
        known = journal.get(number)
        columns = [] if known else self._predictions(number)
        first = [column[0] for column in columns]
        submitted = known["submitted"] if known else ~np.isnan(first)
        share = self._shares() * submitted * self.staked
        week["stake"] = at_risk = self._open(share)
        weight = self.change.weigh(at_risk.copy(), submitted.copy())
        weight = self._by_user(weight, "weigh", number) * submitted
        if (weight < 0).any() or not weight.sum() > 0:
            raise NumlearnError(
                f"Nobody has a weight in round {number}, or one is below 0, so there "
                "is no metamodel: give a user a stake, or weigh the users otherwise."
            )
        week["weight"] = weight / weight.sum()
        week |= known or journal.add(self._score(number, columns, week["weight"]))
        week["factor"] = self.rules.payout_factor(at_risk.sum())
        self._pay(number, at_risk)
        for _ in range(1, self.rules.rounds_a_week):
            self._settle()
            self._pay(number, self._open(share))

    def finish(self):
        """Resolve what is still open; return what each user has then."""
        for _ in range(self.rules.lag):
            self._settle()
            self.opened += 1
        return self.held.wealth[0].copy()

    def _settle(self):
        """Book what the round `lag` rounds ago came to, in the week that opened it."""
        before = self.held.wealth[0].copy()
        self.held.settle(self.opened)
        week = (self.opened - self.rules.lag) // self.rules.rounds_a_week
        if week >= 0:
            self.weeks[week]["payout"] += self.held.wealth[0] - before

    def _open(self, share):
        """Open a round; return the NMR at risk in it, by user."""
        self.held.risk(self.opened, share[None])
        return self.held.pending[self.opened % self.rules.lag][0].copy()

    def _pay(self, number, at_risk):
        week = self.weeks[-1]
        known = (x.copy() for x in (week["corr"], week["mmc"], at_risk))
        payout = self.change.pay(Round(number, *known, at_risk.sum(), self.rules))
        payout = self._by_user(payout, "pay", number)
        place = self.opened % self.rules.lag
        self.held.pending[place][0] = np.maximum(payout, -at_risk)  # no debts
        self.opened += 1

    def _shares(self):
        shares = np.ones(len(self.users))
        resolved = max(0, (self.opened - self.rules.lag) // self.rules.rounds_a_week)
        for k in self.deciders:
            position = self._seen("position", k, len(self.weeks))
            payout, corr, mmc = (
                self._seen(name, k, resolved) for name in ("payout", "corr", "mmc")
            )
            past = Past(position, payout, self.rules.score(corr, mmc))
            name = f"share of {self.users[k].name} in round {len(self.weeks)}"
            shares[k] = real_number(self.users[k].share(past), name, 0.0, 1.0)
        return shares

    def _seen(self, name, user, weeks):
        return np.array([week[name][user] for week in self.weeks[:weeks]])

    def _by_user(self, values, name, number):
        """Return what a rule of one's own says, one number a user; NaN is nothing."""
        values = np.asarray(values, float)
        if values.shape != (len(self.users),) or np.isinf(values).any():
            raise NumlearnError(
                f"{name} returned an array of shape {values.shape} in round {number}: "
                f"return a finite number for each of the {len(self.users)} users."
            )
        return np.nan_to_num(values)

    def _predictions(self, number):
        live = Live(self.arena, number, [w["metamodel"] for w in self.weeks[:-1]])
        return [submission(user, live) for user in self.users]

    def _score(self, number, columns, weight):
        """Rank each user once; metamodel and both scores follow from these ranks."""
        target = self.arena.live[number - 1].targets[self.target]
        ranks = Ranks(columns)
        blend = ranks.blend(weight).astype(np.float32)
        equal = ranks.blend(np.ones(len(columns)))
        return {
            "corr": ranks.corr(target),
            "mmc": ranks.mmc(blend, target),
            "submitted": ranks.submitted,
            "metamodel": blend,
            "blends": era_corr(np.column_stack([blend, equal]), target),
        }


def submission(user, live):
    """Return a user's predictions of a round in the order of its rows, judged.

    Returns
    -------
    numpy.ndarray, shape (rows,)
        All NaN where nothing is handed in.
    """
    made = user.predict(live)
    if made is None:
        return np.full(live.rows, np.nan)
    where = f"{user.name} predicted for round {live.round}"
    values = _floats(_aligned(made, live, where), where)
    if values.shape == (live.rows, 1):
        values = values[:, 0]
    if values.shape != (live.rows,):
        fault = f"an array of shape {values.shape} for its {live.rows} rows"
    elif not np.isfinite(values).all():
        fault = "numbers that are missing or infinite, which Numerai refuses"
    elif values.min() == values.max():
        fault = "the same number in all rows, which Numerai refuses"
    else:
        return values
    raise NumlearnError(
        f"{where} {fault}: return a number for each row, or None to submit nothing."
    )


def _aligned(made, live, where):
    """Put what carries an index into the order of the round's rows."""
    if not isinstance(made, pd.Series | pd.DataFrame):
        return made
    ids = live.panel.index
    if len(made) != len(ids) or not ids.isin(made.index).all():
        raise NumlearnError(
            f"{where} a {type(made).__name__} of {len(made)} rows with other ids "
            "than live.panel's: keep its index, or return an array in its order."
        )
    return made.reindex(ids).to_numpy()


def _floats(values, where):
    advice = f"{where} what is no number: return a number for each row."
    with instead_of((TypeError, ValueError), advice):
        values = np.asarray(values)
        if values.dtype in (np.float32, np.float64):
            return values
        if values.dtype.kind in "OUS" and any(isinstance(v, str) for v in values.flat):
            raise TypeError
        return values.astype(float)


class _Journal:
    """What was predicted and scored so far; all else follows from it once more."""

    def __init__(self, path, mark):
        self.path = path and Path(path)
        self.mark, self.weeks, self.saved = mark, [], 0
        if self.path:
            folder_to_fill(self.path.parent)
            if lies_at(self.path):
                self._read()

    def get(self, number):
        """Return what is known of a week, or None."""
        return self.weeks[number - 1] if number <= len(self.weeks) else None

    def add(self, week):
        """Note a week; save now and then."""
        self.weeks.append(week)
        if len(self.weeks) % SAVE_EVERY == 0:
            self.save()
        return week

    def save(self):
        """Write all that is not saved yet."""
        if not self.path or self.saved == len(self.weeks):
            return
        names = ("corr", "mmc", "submitted", "blends")
        tables = {name: np.stack([w[name] for w in self.weeks]) for name in names}
        sizes = [len(week["metamodel"]) for week in self.weeks]
        whole = np.concatenate([week["metamodel"] for week in self.weeks])
        save_whole(self.path, mark=self.mark, sizes=sizes, metamodel=whole, **tables)
        self.saved = len(self.weeks)

    def _read(self):
        tables = read_whole(self.path)
        if str(tables.pop("mark", "")) != self.mark:
            raise NumlearnError(
                f"{self.path} is not a save of this season (another seed, rules or "
                "users, or no season at all): name another file, or remove this one."
            )
        cuts = np.cumsum(tables.pop("sizes"))[:-1]
        tables["metamodel"] = np.split(tables["metamodel"], cuts)
        rows = zip(*tables.values())
        self.weeks = [dict(zip(tables, row)) for row in rows]
        self.saved = len(self.weeks)


def _mark(arena, rules, users, change):
    """Tell seasons apart by all that they follow from."""
    world = (arena.seed, arena.config.rows, arena.train)
    made = [
        (getattr(rule, "__qualname__", repr(rule)), getattr(rule, "__self__", None))
        for rule in (change.pay, change.weigh)
    ]
    facts = repr([VERSION, world, rules, users, made])
    return hashlib.blake2b(facts.encode(), digest_size=16).hexdigest()
