"""The loop: users predict, stakes weigh, the fund trades, scores pay and burn.

A round is a week here. Where Numerai opens five rounds a week, five open on the same
weekly era, and all have its scores; payout factor, cap, lag and slices are the rules'.
CORR and MMC are today's under every rule set; under rules that pay scores over 60 days,
the target is the one over 60 days.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile
from zlib import crc32

import numpy as np

from numlearn.eras import centre
from numlearn.errors import NumlearnError
from numlearn.metamodel._blend import cleaned
from numlearn.scoring._contribution import _mmc_weight
from numlearn.scoring._corr import era_corr, tails, unit
from numlearn.staking import Rules, open_position, rule_set
from numlearn.world import crowd
from numlearn.world._arena import MODELS, YEAR, arena, save_whole
from numlearn.world._season import Season

__all__ = ["Live", "Past", "Round", "Season", "by_stake", "run", "stake_pays"]

VERSION = 1  # of saved seasons
SAVE_EVERY = 13  # rounds
MEMORY = 8  # metamodels that an imitation is learned from


class Round(NamedTuple):
    """What a payment rule knows when a round is resolved: arrays by user.

    ``stake`` is the NMR at risk in this round, ``total`` the sum of all, ``corr`` and
    ``mmc`` are NaN for who did not submit, ``rules`` the rule set.
    """

    number: int
    corr: np.ndarray
    mmc: np.ndarray
    stake: np.ndarray
    total: float
    rules: Rules


def stake_pays(round_):
    """Pay by the rule set: stake × clip(factor × score)."""
    rules = round_.rules
    score = np.nan_to_num(rules.score(round_.corr, round_.mmc))
    return round_.stake * rules.rate(score, round_.total)


def by_stake(stake, submitted):
    """Weigh each user by the NMR at risk."""
    return stake


class Past(NamedTuple):
    """What users know about themselves: arrays, one number a round.

    ``positions`` ends with the one of now; ``payouts`` and ``scores`` (CORR and MMC,
    times their multipliers) are those of the rounds that are resolved.
    """

    positions: np.ndarray
    payouts: np.ndarray
    scores: np.ndarray


class Live:
    """One round as a user sees it before the deadline.

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
        return self._era.panel

    def base(self, name):
        """Return what a model of ``MODELS`` predicts: mean 0, size 1."""
        return self._arena.base(name)[self.round - 1]

    def noise(self, key):
        """Return random numbers of size 1, always the same for a key and round."""
        if key not in self._noise:
            seed = [self._arena.seed, crc32(key.encode()), self.round]
            rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed)))
            self._noise[key] = rng.standard_normal(self.rows, np.float32)
        return self._noise[key]

    def published(self, late):
        """Return (round, metamodel) of those at least so many rounds old."""
        return list(enumerate(self._metamodels[: max(0, self.round - late)], 1))

    def imitation(self, late):
        """Return the mixture of base models most like the last published metamodels."""
        if late not in self._copies:
            seen = self.published(late)[-MEMORY:]
            self._copies[late] = self._imitate(seen) if seen else None
        return self._copies[late]

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
    seed=1,
    rules="2026-01",
    rounds=52,
    users=30,
    *,
    rows=1000,
    train=100,
    pay=stake_pays,
    weigh=by_stake,
    path=None,
    progress=None,
):
    """Play a season of the whole triangle, from a seed to a record of every round.

    Parameters
    ----------
    seed : int
        Of the world, and of all that is random about its users.
    rules : str or Rules
        Such as "2021-03"; Classic's only. For a what-if use ``dataclasses.replace``.
    rounds : int
        Weekly rounds. A season of fewer is the beginning of this one.
    users : int or list of User
        A number stands for ``numlearn.world.crowd.mixed(number, seed)``.
    rows, train : int
        Size of the world: stocks a round, and weekly eras to learn from beforehand.
    pay : callable
        Takes a `Round`, returns NMR by user: what it pays, or burns where negative.
    weigh : callable
        Takes NMR at risk and whether it submitted, by user; returns the users' weights
        in the metamodel.
    path : path-like, optional
        File that the season is saved to as it goes, ``.npz``; if it is there, the
        season goes on where it was left, and ends as if it had never stopped. Remove
        it when you change a user's code, which the file cannot know.
    progress : callable, optional
        Called with rounds done and rounds in all.

    Returns
    -------
    Season

    Raises
    ------
    NumlearnError
        If two users share a name, the rules are not Classic's, or the file at `path`
        holds another season.

    Examples
    --------
    >>> season = nl.world.run(seed=1, rules="2026-01", rounds=52)
    >>> season.summary()
    """
    rules = rule_set(rules)
    users = crowd.mixed(users, seed) if isinstance(users, int) else list(users)
    _refuse(rules, users, rounds)
    ground = arena(seed, -(-rounds // YEAR) * YEAR, rows, train)
    ground.prepare(_models_of(users))
    loop = _Loop(ground, rules, users, pay, weigh)
    journal = _Journal(path, _mark(ground, rules, users, pay, weigh))
    for number in range(1, rounds + 1):
        loop.turn(number, journal)
        if progress:
            progress(number, rounds)
    journal.save()
    loop.finish()
    return Season(ground, rules, users, loop.weeks)


def _models_of(users):
    """Name the base models that the users will ask for."""
    if any(isinstance(user, crowd.Copycat) for user in users):
        return MODELS
    names = [m for u in users for m in getattr(u, "models", (getattr(u, "model", ""),))]
    return [name for name in dict.fromkeys(names) if name]


def _refuse(rules, users, rounds):
    if rules.tournament != "classic":
        raise NumlearnError(
            f"The rules {rules.name!r} are not Classic's, and only Classic is played "
            "here: choose such as '2026-01'."
        )
    names = [user.name for user in users]
    if twice := [name for name in names if names.count(name) > 1]:
        raise NumlearnError(f"Two users have the name {twice[0]!r}: give each its own.")
    if not users or rounds < 1:
        raise NumlearnError("A season needs at least one user and one round.")


class _Loop:
    """The state of a season: positions, what was scored, and what is pending."""

    def __init__(self, arena, rules, users, pay, weigh):
        self.arena, self.rules, self.users = arena, rules, users
        self.pay, self.weigh = pay, weigh
        stakes = np.array([float(user.stake) for user in users])
        if not (np.isfinite(stakes) & (stakes >= 0)).all():
            raise NumlearnError("A stake is a number of NMR, 0 or above.")
        self.staked = stakes > 0  # who has no stake keeps prizes in the wallet
        self.held = open_position(stakes, (1, len(users)), rules)
        self.target = "target_ada_60" if rules.horizon == 60 else "target"
        self.deciders = [
            k for k, u in enumerate(users) if type(u).share is not crowd.User.share
        ]
        self.opened = 0  # rounds; several a week under most rules
        self.weeks = []

    def turn(self, number, journal):
        """Play one week: settle what is due, predict, weigh, score, and pay."""
        self._settle()
        wealth = self.held.wealth[0].copy()
        week = {"position": wealth, "payout": np.zeros_like(wealth)}
        self.weeks.append(week)
        known = journal.get(number)
        columns = None if known else self._predictions(number)
        submitted = known["submitted"] if known else _submitted(columns)
        share = self._shares() * submitted * self.staked
        week["stake"] = at_risk = self._open(share)
        weight = np.asarray(self.weigh(at_risk, submitted), float) * submitted
        if not weight.sum() > 0:
            raise NumlearnError(
                f"Nobody has a weight in round {number}, so there is no metamodel: "
                "give a user a stake, or weigh the users in another way."
            )
        week["weight"] = weight / weight.sum()
        week |= known or journal.add(self._score(number, columns, week["weight"]))
        week["factor"] = self.rules.payout_factor(at_risk.sum())
        self._pay(number, at_risk)
        for _ in range(1, self.rules.rounds_a_week):
            self._settle()
            self._pay(number, self._open(share))

    def finish(self):
        """Resolve what is still open."""
        for _ in range(self.rules.lag):
            self._settle()
            self.opened += 1

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
        facts = (week["corr"], week["mmc"], at_risk, at_risk.sum(), self.rules)
        payout = np.nan_to_num(np.asarray(self.pay(Round(number, *facts)), float))
        place = self.opened % self.rules.lag
        self.held.pending[place][0] = np.maximum(payout, -at_risk)  # no debts
        self.opened += 1

    def _shares(self):
        shares = np.ones(len(self.users))
        resolved = max(0, (self.opened - self.rules.lag) // self.rules.rounds_a_week)
        for k in self.deciders:
            position, payout, corr, mmc = (
                np.array([week[name][k] for week in weeks])
                for name, weeks in (
                    ("position", self.weeks),
                    ("payout", self.weeks[:resolved]),
                    ("corr", self.weeks[:resolved]),
                    ("mmc", self.weeks[:resolved]),
                )
            )
            past = Past(position, payout, self.rules.score(corr, mmc))
            shares[k] = self.users[k].share(past)
        return shares

    def _predictions(self, number):
        metamodels = [week["metamodel"] for week in self.weeks[:-1]]
        live = Live(self.arena, number, metamodels)
        columns = []
        for user in self.users:
            made = user.predict(live)
            made = np.asarray(np.full(live.rows, np.nan) if made is None else made)
            if made.shape != (live.rows,):
                raise NumlearnError(
                    f"{user.name} predicted an array of shape {made.shape} for the "
                    f"{live.rows} rows of round {number}: return a number for each row."
                )
            columns.append(made)
        return columns

    def _score(self, number, columns, weight):
        """Rank each user once; metamodel and both scores follow from these ranks."""
        target = self.arena.live[number - 1].targets[self.target]
        ranks, submitted, blend = cleaned(columns, weight)
        blend = blend.astype(np.float32)
        by_mmc = _mmc_weight(target.astype(float), blend.astype(float))
        mmc = np.einsum("ij,j->i", ranks, by_mmc)
        heavy = tails(ranks)
        heavy -= heavy.mean(axis=1, keepdims=True)
        corr = np.einsum("ij,j->i", heavy, unit(tails(centre(target))))
        with np.errstate(invalid="ignore"):
            corr /= np.sqrt(np.einsum("ij,ij->i", heavy, heavy))
        equal = ranks[submitted].mean(axis=0)
        return {
            "corr": np.where(submitted, corr, np.nan),
            "mmc": np.where(submitted, mmc, np.nan),
            "submitted": submitted,
            "metamodel": blend,
            "blends": era_corr(np.column_stack([blend, equal]), target),
        }


def _submitted(columns):
    return np.array([not np.isnan(column).all() for column in columns])


class _Journal:
    """What was predicted and scored so far; all else follows from it once more."""

    def __init__(self, path, mark):
        self.path = path and Path(path)
        self.mark, self.weeks, self.saved = mark, [], 0
        if self.path and self.path.exists():
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
        try:
            with np.load(self.path) as file:
                tables = dict(file)
            same = str(tables.pop("mark")) == self.mark
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            same = False
        if not same:
            raise NumlearnError(
                f"{self.path} is not a save of this season (another seed, rules or "
                "users, or no season at all): name another file, or remove this one."
            )
        cuts = np.cumsum(tables.pop("sizes"))[:-1]
        tables["metamodel"] = np.split(tables["metamodel"], cuts)
        rows = zip(*tables.values())
        self.weeks = [dict(zip(tables, row)) for row in rows]
        self.saved = len(self.weeks)


def _mark(arena, rules, users, pay, weigh):
    """Tell seasons apart by all that they follow from."""
    made = [getattr(f, "__qualname__", repr(f)) for f in (pay, weigh)]
    world = (arena.seed, arena.config.rows, arena.train)
    facts = repr([VERSION, world, rules, users, made])
    return hashlib.blake2b(facts.encode(), digest_size=16).hexdigest()
