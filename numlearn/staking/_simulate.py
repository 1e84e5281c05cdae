"""Monte Carlo: what becomes of a stake, over thousands of possible futures."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError
from numlearn.staking._draws import autoregression, bootstrap, fit
from numlearn.staking._paths import LEVELS, Paths
from numlearn.staking._positions import Watch, position
from numlearn.staking._rules import Rules
from numlearn.staking._scores import weighted_scores
from numlearn.staking.rules import named

# So many numbers at a time stay in a core's cache; the results depend on it.
CHUNK = 1 << 14


def simulate(
    scores,
    rules,
    stake=100.0,
    *,
    rounds=250,
    paths=10_000,
    seed=0,
    draw="bootstrap",
    block=None,
    compound=True,
    total_at_risk=None,
    n_jobs=1,
):
    """Simulate what a stake may become, round after round, under one rule set.

    Parameters
    ----------
    scores : DataFrame, Series, mapping or path of a CSV file
        What futures are made of, one row a round: a table rounds × models of the first
        paid score (CORR); or both paid scores, as ``{"corr": table, "mmc": table}`` or,
        for one model, as a table with the columns ``corr`` and ``mmc``. Every score of
        every round must be there.
    rules : str or Rules
        Such as "2026-01". For another choice of multipliers, and for any what-if:
        ``dataclasses.replace(RULES["2021-03"], mmc_multiplier=2.0)``.
    stake : float, or Series or mapping by model
        The whole position in NMR; what of it is at risk in a round is the rules'.
    rounds : int
        Rounds to take part in. A path ends when the last of them is resolved.
    paths : int
    seed : int
        The same seed gives the same paths, whatever `n_jobs` is.
    draw : {"bootstrap", "autoregression"}
        Stretches of the table as they are, or a fitted autoregression of first order
        with the table's means, covariances and memory.
    block : int, optional
        Rounds in a stretch of the bootstrap. By default the rules' `lag`: rounds that
        are live together share days, and their scores are alike.
    compound : bool
        Whether payouts are staked on. If not, no more than the first stake is ever at
        risk and the rest lies idle.
    total_at_risk : float, optional
        NMR at risk in the whole tournament; left out, it is below the threshold.
    n_jobs : int
        Threads.

    Returns
    -------
    Paths

    Raises
    ------
    NumlearnError
        If the scores have gaps or a number makes no sense.
    """
    rules = named(rules)
    weighted = weighted_scores(scores, rules)
    _refuse_counts(rounds=rounds, paths=paths, n_jobs=n_jobs, block=block or 1)
    plan = _Plan(
        rules=rules,
        stake=_stakes(stake, weighted.columns).astype(np.float32),
        source=_source(weighted, rules, draw, block, total_at_risk),
        rounds=rounds,
        compound=compound,
        seed=seed,
    )
    per_chunk = max(1, CHUNK // weighted.shape[1])
    sizes = [min(per_chunk, paths - done) for done in range(0, paths, per_chunk)]
    with _one_blas_thread(), ThreadPoolExecutor(n_jobs) as pool:
        chunks = list(pool.map(plan.run, range(len(sizes)), sizes))
    return _collect(plan, chunks, weighted.columns)


def replay(scores, rules, stake=100.0, *, compound=True, total_at_risk=None):
    """Compute what a stake becomes with exactly these scores, round after round.

    Parameters
    ----------
    scores, rules, stake, compound, total_at_risk
        As in `simulate`.

    Returns
    -------
    DataFrame
        The position in NMR at the start of each round, counted from 1, × models. It
        goes on for `lag` rounds in which nothing is staked, until all is resolved.
    """
    rules = named(rules)
    weighted = weighted_scores(scores, rules)
    rates = rules.rate(weighted, total_at_risk)
    shape = (1, weighted.shape[1])
    held = position(_stakes(stake, weighted.columns), shape, rules, compound)
    worth = []
    for now in range(len(rates) + rules.lag):
        held.settle(now)
        worth.append(held.wealth[0].copy())
        if now < len(rates):
            held.risk(now, rates.to_numpy(float)[now])
    index = pd.RangeIndex(1, len(worth) + 1, name="round")
    return pd.DataFrame(np.array(worth), index, weighted.columns)


@dataclass(frozen=True)
class _Plan:
    """All that a chunk of paths needs to know."""

    rules: Rules
    stake: np.ndarray
    source: object
    rounds: int
    compound: bool
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
        held = position(self.stake, shape, self.rules, self.compound)
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


def _source(weighted, rules, draw, block, total_at_risk):
    """Return a function of (shape, rng) that begins a stream of rates."""
    if draw == "bootstrap":
        rates = rules.rate(weighted, total_at_risk)
        rates = rates.to_numpy(np.float32)
        block = min(block or rules.lag, len(rates))
        return lambda shape, rng: bootstrap(rates, block, shape, rng)
    if draw == "autoregression":
        factor = rules.payout_factor(total_at_risk)
        limit = rules.cap * (factor if rules.caps_the_score else 1.0)
        model = fit(weighted * factor)
        return lambda shape, rng: autoregression(model, limit, shape, rng)
    raise NumlearnError(
        f"Scores cannot be drawn by {draw!r}: choose 'bootstrap' or 'autoregression'."
    )


def _stakes(stake, models):
    """Return one stake a model, all above zero."""
    if isinstance(stake, pd.Series | Mapping):
        stake = pd.Series(stake).reindex(models)
    stakes = np.broadcast_to(np.asarray(stake, dtype=float), len(models))
    good = np.isfinite(stakes) & (stakes > 0)
    if not good.all():
        raise NumlearnError(
            f"Each model needs a stake above 0 NMR, and {models[~good][0]} has "
            f"{stakes[~good][0]}."
        )
    return stakes


def _refuse_counts(**counts):
    for name, count in counts.items():
        if not isinstance(count, int | np.integer) or count < 1:
            raise NumlearnError(
                f"{name} must be a whole number from 1 on, and {count!r} was given."
            )


def _one_blas_thread():
    """Keep BLAS from starting threads of its own for these small products."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="blas")


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
