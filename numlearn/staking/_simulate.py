"""Monte Carlo: what becomes of a stake, over thousands of possible futures.

A position lives on arrays of paths × models. In each round `settle` adds what the
round `lag` rounds ago paid or burned, then `risk` puts the new round at stake.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError, one_of, real_number, whole_number
from numlearn.scoring import one_blas_thread
from numlearn.staking._paths import LEVELS, Paths
from numlearn.staking._rules import SUPPLY, Rules, amount, numbers, rule_set
from numlearn.staking._scores import score_table, weighted_scores

# So many numbers at a time stay in a core's cache; the results depend on it.
CHUNK = 1 << 14
WEEKS = 50  # of a year: there are rounds in about so many
_DRAWS = ("bootstrap", "autoregression")
_GUESSES = {
    "block": "draw=1 draws single rounds, draw=25 stretches of 25",
    "compound": "use dataclasses.replace(RULES[...], compounds=False)",
    "n_rounds": "rounds= says how many",
    "n_paths": "paths= says how many",
    "n_simulations": "paths= says how many",
}


@one_blas_thread
def simulate(
    scores, rules="2026-01", stake=100.0, *, rounds=None, paths=10_000, seed=0,
    draw="bootstrap", total_at_risk=None, missed="zero", n_jobs=1, **guesses,
):  # fmt: skip
    """Simulate what a stake may become, round after round, under one rule set.

    Parameters
    ----------
    scores : DataFrame, Series, mapping or path of a CSV file
        What futures are made of, in any shape that `score_table` takes, such as that of
        `history`. There must be two rounds at least.
    rules : str or Rules
        Such as "2026-01". For a staker's choice, and any what-if:
        ``dataclasses.replace(RULES["2021-03"], multipliers=(1.0, 2.0))``.
    stake : float, or Series or mapping by model
        The whole position in NMR; what of it is at risk in a round is the rules'. In
        "2026-08" each of 64 slices compounds by itself, once in 64 rounds.
    rounds : int, optional
        Rounds of these rules to take part in, daily or weekly as they have it; by
        default those of a year of 50 weeks. A path ends when the last is resolved.
    paths : int
    seed : int
        The same seed gives the same paths, whatever `n_jobs` is.
    draw : "bootstrap", int or "autoregression"
        Stretches of the table as they are, of so many rounds (by default the rules'
        `lag`: rounds that are live together share days, and their scores are alike);
        or a fitted autoregression of first order with the table's means, covariances
        and memory.
    total_at_risk : float, optional
        NMR at risk in the whole tournament, one's own included, the same in all rounds
        and at least what this stake puts at risk in the first. Left out, it is that of
        the rule set, as its source gives it; 0 is a tournament without others.
    missed : {"zero", "refuse"}
        As in `score_table`.
    n_jobs : int
        Threads.
    **guesses
        Anything else is refused with the name that was meant.

    Returns
    -------
    Paths

    Raises
    ------
    NumlearnError
        If the scores cannot be read, or a number makes no sense.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> scores = pd.DataFrame({"corr": [0.02, -0.01, 0.03], "mmc": [0.01, 0.0, -0.02]})
    >>> paths = nl.staking.simulate(scores, rounds=50, paths=100, draw=2)
    >>> paths.summary().index.tolist()
    ['model']
    """
    if guesses:
        name, known = next(iter(guesses)), "paths, rounds, seed, draw, n_jobs, …"
        meant = _GUESSES.get(name, f"there are {known}")
        raise NumlearnError(f"simulate() has no argument {name!r}: {meant}.")
    rules = rule_set(rules)
    rounds = WEEKS * rules.rounds_a_week if rounds is None else rounds
    counts = {"rounds": rounds, "paths": paths, "n_jobs": n_jobs}
    counts |= {} if isinstance(draw, str) else {"draw": draw}
    for name, count in counts.items():
        whole_number(count, name, 1)
    whole_number(seed, "seed")
    weighted = weighted_scores(score_table(scores, rules, missed=missed), rules)
    if len(weighted) < 2:
        raise NumlearnError(
            f"There are scores of {len(weighted)} rounds and {weighted.shape[1]} "
            "models: paths can be drawn from two rounds on."
        )
    stakes = _stakes(stake, weighted.columns)
    source = _source(weighted, rules, stakes, draw, total_at_risk)
    plan = _Plan(rules, stakes.astype(np.float32), source, rounds, seed)
    per_chunk = max(1, CHUNK // weighted.shape[1])
    sizes = [min(per_chunk, paths - done) for done in range(0, paths, per_chunk)]
    with ThreadPoolExecutor(n_jobs) as pool:
        chunks = list(pool.map(plan.run, range(len(sizes)), sizes))
    return _collect(plan, chunks, weighted.columns)


def replay(scores, rules="2026-01", stake=100.0, *, total_at_risk=None, missed="zero"):
    """Compute what a stake becomes with exactly these scores, round after round.

    Parameters
    ----------
    scores, rules, stake, total_at_risk, missed
        As in `simulate`.

    Returns
    -------
    DataFrame
        The position in NMR at the start of each round, counted from 1, × models. It
        goes on for `lag` rounds in which nothing is staked, until all is resolved.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> scores = pd.DataFrame({"corr": [0.02, -0.01, 0.03], "mmc": [0.01, 0.0, -0.02]})
    >>> worth = nl.staking.replay(scores, "2026-01", stake=100)
    >>> worth["model"].iloc[-1].round(2).item()  # once all is resolved
    100.14
    """
    rules = rule_set(rules)
    weighted = weighted_scores(score_table(scores, rules, missed=missed), rules)
    stakes = _stakes(stake, weighted.columns)
    rates = _rates(weighted, rules, stakes, total_at_risk)[0].to_numpy(float)
    held = open_position(stakes, (1, len(stakes)), rules)
    worth = []
    for now in range(len(rates) + rules.lag):
        held.settle(now)
        worth.append(held.wealth[0].copy())
        if now < len(rates):
            held.risk(now, rates[now])
    index = pd.RangeIndex(1, len(worth) + 1, name="round")
    return pd.DataFrame(np.array(worth), index, weighted.columns)


def _settle(wealth, payout):
    """Add what was paid or burned, in place; nobody owes more than all."""
    wealth += payout
    if wealth.min() < 0:
        np.maximum(wealth, 0, out=wealth)


class WholeStake:
    """The same stake is at risk in every live round (until August 2026)."""

    def __init__(self, stake, shape, rules):
        self.stake = np.broadcast_to(stake, shape).copy()
        self.wealth = self.stake.copy()
        self.at_risk = self.wealth if rules.compounds else self.stake.copy()
        self.pending = np.zeros((rules.lag, *shape), stake.dtype)

    def settle(self, number):
        """Pay or burn what the round `lag` rounds ago came to."""
        _settle(self.wealth, self.pending[number % len(self.pending)])

    def risk(self, number, rates):
        """Put the stake at risk; if it is constant, at most what was staked first."""
        if self.at_risk is not self.wealth:
            np.minimum(self.wealth, self.stake, out=self.at_risk)
        np.multiply(self.at_risk, rates, out=self.pending[number % len(self.pending)])


class Slices:
    """Each round has a slice of its own, locked until that round resolves."""

    def __init__(self, stake, shape, rules):
        self.compounds = rules.compounds
        whole = np.broadcast_to(stake, shape)
        self.wealth = whole.copy()
        self.slice = whole * stake.dtype.type(rules.position_share)
        self.locked = np.zeros((rules.lag, *shape), stake.dtype)
        self.pending = np.zeros_like(self.locked)
        self.idle = self.wealth.copy()

    def settle(self, number):
        """Free the slice of `lag` rounds ago, with what it earned or lost."""
        place = number % len(self.pending)
        _settle(self.wealth, self.pending[place])
        self.locked[place] += self.pending[place]
        self.idle += self.locked[place]

    def risk(self, number, rates):
        """Lock what that slice came to, or a constant amount if so much is idle."""
        place = number % len(self.pending)
        locked = self.locked[place]
        if not self.compounds or number < len(self.pending):
            np.minimum(self.idle, self.slice, out=locked)
        self.idle -= locked
        np.multiply(locked, rates, out=self.pending[place])


def open_position(stake, shape, rules):
    """Return the kind of position that a rule set has, before its first round.

    Parameters
    ----------
    stake : ndarray of float, by model
        NMR; its precision is the position's.
    shape : (paths, models)
    rules : Rules

    Returns
    -------
    WholeStake or Slices
        With ``wealth``, the worth of the position now, ``pending``, what the live
        rounds will pay or burn (lag × paths × models), and the methods ``settle`` and
        ``risk``, to be called by turns with the number of the round, from 0 on.
    """
    kind = WholeStake if rules.position_share == 1.0 else Slices
    return kind(stake, shape, rules)


class Watch:
    """What happens to the worth of a position on its way: lows, peaks, drawdown."""

    def __init__(self, wealth):
        self.lowest = wealth.copy()
        self.peak = wealth.copy()
        self.deepest = np.ones_like(wealth)
        self.rounds_below = np.zeros(wealth.shape, np.int32)
        self._share = np.empty_like(wealth)
        self._below = np.empty(wealth.shape, bool)

    def look(self, wealth):
        """Take note of the worth after one more round."""
        np.minimum(self.lowest, wealth, out=self.lowest)
        np.maximum(self.peak, wealth, out=self.peak)
        np.divide(wealth, self.peak, out=self._share)
        np.minimum(self.deepest, self._share, out=self.deepest)
        np.less(wealth, self.peak, out=self._below)
        self.rounds_below += self._below


@dataclass(frozen=True)
class _Plan:
    """All that a chunk of paths needs to know."""

    rules: Rules
    stake: np.ndarray
    source: object
    rounds: int
    seed: int

    @property
    def shown(self):
        """The rounds that a figure shows, about a hundred, with the last."""
        end = self.rounds + self.rules.lag - 1
        return range(end % max(1, end // 100), end + 1, max(1, end // 100))

    def run(self, number, paths):
        """Simulate one chunk of paths; its number decides its random numbers."""
        seeds = np.random.SeedSequence(self.seed, spawn_key=(number,))
        rng = np.random.Generator(np.random.SFC64(seeds))
        shape = (paths, len(self.stake))
        held = open_position(self.stake, shape, self.rules)
        watch, seen = Watch(held.wealth), []
        shown = self.shown if number == 0 else ()
        rates = islice(self.source(shape, rng), self.rounds)
        for now in range(self.rounds + self.rules.lag):
            if now >= self.rules.lag:
                held.settle(now)
                watch.look(held.wealth)
            if now < self.rounds:
                held.risk(now, next(rates))
            if now in shown:
                seen.append(held.wealth.copy())
        return held.wealth, watch, seen


def _rates(weighted, rules, stakes, total_at_risk):
    """Return rates by round and model, and the payout factor that is in them."""
    if total_at_risk is not None:
        real_number(total_at_risk, "the total at risk", 0.0, SUPPLY)
    total = rules._total(total_at_risk, own=stakes * rules.position_share)
    return rules.rate(weighted, total), rules.payout_factor(total)


def _source(weighted, rules, stakes, draw, total_at_risk):
    """Return a function of (shape, rng) that begins a stream of rates."""
    rates, factor = _rates(weighted, rules, stakes, total_at_risk)
    if draw == "autoregression":
        model = _fitted(weighted * factor)
        cap = rules.cap * (factor if rules.caps_the_score else 1.0)
        return lambda shape, rng: _autoregression(model, cap, shape, rng)
    if isinstance(draw, str):
        one_of(draw, _DRAWS, "way to draw scores", ", or give a number of rounds")
        draw = rules.lag
    block = min(draw, len(rates))
    rates = rates.to_numpy(np.float32)
    return lambda shape, rng: _bootstrap(rates, block, shape, rng)


def _bootstrap(rates, block, shape, rng):
    """Draw stretches of `block` rounds of a table, all models together.

    The table (rounds × models, float32) is a circle, so that each round is as likely.
    Yields an array of that shape, paths × models, the same one each time.
    """
    circle = np.concatenate([rates, rates[: block - 1]])
    drawn = np.empty(shape, np.float32)
    while True:
        rows = rng.integers(0, len(rates), shape[0])
        for _ in range(block):
            # "clip" writes straight into `drawn`; no row is ever out of bounds.
            np.take(circle, rows, axis=0, out=drawn, mode="clip")
            yield drawn
            rows += 1


def _fitted(scores):
    """Fit means, covariances and one memory to a table of scores, rounds × models.

    Returns the means by model; a matrix of models × models by which independent numbers
    of variance 1 get the table's covariances; and the median over models of the
    correlation of a round with the next.
    """
    values = scores.to_numpy(dtype=float)
    mean = values.mean(axis=0)
    around = values - mean
    variances, directions = np.linalg.eigh(around.T @ around / len(values))
    mixing = (directions * np.sqrt(np.maximum(variances, 0.0))).T
    energy = (around**2).sum(axis=0)
    moving = energy > 0
    memory = (around[1:] * around[:-1]).sum(axis=0)[moving] / energy[moving]
    memory = float(np.median(memory)) if moving.any() else 0.0
    return mean, mixing, min(max(memory, 0.0), 0.999)


def _autoregression(model, limit, shape, rng):
    """Draw from a first-order autoregression with the fitted moments, capped."""
    mean, mixing, memory = model
    shock_size = np.sqrt(1.0 - memory**2)
    mixing = (mixing * shock_size).astype(np.float32)
    mean = np.broadcast_to(mean.astype(np.float32), shape).copy()
    limit, memory = np.float32(limit), np.float32(memory)
    state = rng.standard_normal(shape, dtype=np.float32)
    state /= np.float32(shock_size)
    shocks, drawn = np.empty_like(state), np.empty_like(state)
    while True:
        if shape[1] == 1:
            np.multiply(state, mixing[0, 0], out=drawn)
        else:
            np.matmul(state, mixing, out=drawn)
        drawn += mean
        drawn.clip(-limit, limit, out=drawn)
        yield drawn
        state *= memory
        rng.standard_normal(out=shocks, dtype=np.float32)
        state += shocks


def _stakes(stake, models):
    """Return one stake a model, all above zero."""
    if isinstance(stake, pd.Series | Mapping):
        stake = pd.Series(stake)
        for name in stake.index:
            one_of(name, models, "model with scores")
        stake = stake.reindex(models)
    stakes = np.asarray(stake if numbers(stake) is None else numbers(stake))
    if np.ndim(stakes) and stakes.shape != (len(models),):
        raise NumlearnError(
            f"There are {stakes.size} stakes for {len(models)} models: give one number "
            "for all, or a dict by model."
        )
    for model, one in zip(models, np.broadcast_to(stakes, len(models))):
        if numbers(one) is None or not one > 0:
            raise NumlearnError(
                f"Each model needs a stake above 0 NMR, and {model} has {one!s}."
            )
    return np.broadcast_to(amount(stakes, "stake"), len(models))


def _collect(plan, chunks, models):
    def table(parts):
        return pd.DataFrame(np.concatenate(list(parts)), columns=models)

    watches = [watch for _, watch, _ in chunks]
    levels = np.quantile(np.stack(chunks[0][2]), LEVELS, axis=1)
    fan = pd.DataFrame(
        np.concatenate(levels.transpose(2, 1, 0), axis=1),
        index=pd.Index(plan.shown, name="round"),
        columns=pd.MultiIndex.from_product([models, LEVELS], names=["model", "level"]),
    )
    return Paths(
        rules=plan.rules,
        stake=pd.Series(plan.stake, index=models, name="stake", dtype=float),
        rounds=plan.rounds,
        final=table(wealth for wealth, _, _ in chunks),
        lowest=table(watch.lowest for watch in watches),
        drawdown=table(1 - watch.deepest for watch in watches),
        under_water=table(watch.rounds_below / plan.rounds for watch in watches),
        fan=fan,
    )
