"""The record of a season, and what can be read off it."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from numlearn.errors import one_of
from numlearn.fund import backtest
from numlearn.scoring import summary
from numlearn.staking import Rules

TABLES = ("corr", "mmc", "weight", "position", "stake", "payout")
SUPPLY = 11_000_000  # NMR in existence before the first round


@dataclass(frozen=True, repr=False)
class Season:
    """What happened in every round: scores, stakes, payouts, the fund's return.

    Attributes
    ----------
    arena : Arena
        The world's live rounds.
    rules : Rules
    crowd : list of User
    weeks : list of dict
        Arrays by user, one dict a round; the tables below are made of these.
    final : ndarray
        NMR of each user once all rounds are resolved.
    """

    arena: object
    rules: Rules
    crowd: list
    weeks: list = field(repr=False)
    final: np.ndarray = field(repr=False)

    def __repr__(self):
        return (
            f"{len(self.weeks)} rounds of {len(self.crowd)} users under the rules "
            f"{self.rules.name!r}: see .summary(), .rounds, .users and .report(path)"
        )

    def __str__(self):
        table = self.behaviors.drop(columns=["final", "income", "paid", "burned"])
        lines = table.reset_index().to_string(index=False, float_format=short)
        return f"{self!r}\n{lines}\n{self.summary().map(short).to_string()}"

    @property
    def staked(self):
        """Whether anybody has a stake at the start."""
        return any(user.stake > 0 for user in self.crowd)

    def table(self, name):
        """Return one fact as a table, rounds × users.

        Parameters
        ----------
        name : str
            ``corr`` and ``mmc`` (NaN for who did not submit); ``weight`` in the
            metamodel; NMR: ``position`` when the round opened, ``stake`` (at risk in
            each of the week's rounds), ``payout`` (below 0: burned), when resolved.
        """
        one_of(name, TABLES, "table")
        index = pd.RangeIndex(1, len(self.weeks) + 1, name="round")
        names = pd.Index([user.name for user in self.crowd], name="user")
        return pd.DataFrame([week[name] for week in self.weeks], index, names)

    @cached_property
    def record(self):
        """Everything in one tidy table: a row for each round and user."""
        tables = {name: self.table(name).stack(future_stack=True) for name in TABLES}
        return pd.DataFrame(tables).reset_index()

    @cached_property
    def rounds(self):
        """One row a round.

        ``round`` and ``era``; ``market`` (what an average stock returned that week),
        ``fund_return`` (net of costs), ``metamodel_corr``, ``equal_corr`` (of all
        submissions, weighed equally), ``paid`` and ``burned`` (NMR), ``at_risk`` (NMR,
        in each of the week's rounds), ``payout_factor``, and ``supply``: all NMR there
        is once the round is resolved.
        """
        payouts = self.table("payout")
        blends = np.array([week["blends"] for week in self.weeks])
        burned = -payouts.clip(upper=0).sum(axis=1).to_numpy()
        book = self.book.eras
        columns = {
            "round": np.arange(1, len(self.weeks) + 1),
            "era": book.index,
            "market": book["market"].to_numpy(),
            "fund_return": book["net"].to_numpy(),
            "metamodel_corr": blends[:, 0],
            "equal_corr": blends[:, 1],
            "paid": payouts.clip(lower=0).sum(axis=1).to_numpy(),
            "burned": burned,
            "at_risk": [week["stake"].sum() for week in self.weeks],
            "payout_factor": [week["factor"] for week in self.weeks],
            "supply": SUPPLY - burned.cumsum(),
        }
        return pd.DataFrame(columns)

    @cached_property
    def users(self):
        """One row a user.

        ``behavior``; ``stake`` and ``final`` (NMR before the first and after the last
        round), ``income`` (what was paid less what was burned), ``paid``, ``burned``;
        mean ``corr`` and ``mmc``; ``weight_first`` and ``weight_last``.
        """
        payouts, weights = self.table("payout"), self.table("weight")
        first = pd.Series([float(u.stake) for u in self.crowd], payouts.columns)
        columns = {
            "behavior": [user.behavior for user in self.crowd],
            "stake": first,
            "final": self.final,
            "income": payouts.sum(),
            "paid": payouts.clip(lower=0).sum(),
            "burned": -payouts.clip(upper=0).sum(),
            "corr": self.table("corr").mean(),
            "mmc": self.table("mmc").mean(),
            "weight_first": weights.iloc[0],
            "weight_last": weights.iloc[-1],
        }
        return pd.DataFrame(columns)

    @cached_property
    def behaviors(self):
        """The users' table, summed up by behavior (scores: their means).

        ``growth`` is income as a share of the first stake, once all is resolved.
        """
        groups = self.users.groupby("behavior", sort=False)
        amounts = ["stake", "final", "income", "paid", "burned"]
        table = groups[[*amounts, "weight_first", "weight_last"]].sum()
        table.insert(0, "users", groups.size())
        with np.errstate(invalid="ignore"):
            table.insert(4, "growth", table["income"] / table["stake"])
        return table.join(groups[["corr", "mmc"]].mean())

    def summary(self):
        """Return the season in a few figures, a Series."""
        rounds, book = self.rounds, self.book.summary()
        totals = year_totals(rounds)
        score = summary(rounds["metamodel_corr"]).iloc[0]
        figures = {
            "metamodel_corr": score["mean"],
            "metamodel_sharpe": score["sharpe"],
            "equal_corr": rounds["equal_corr"].mean(),
            "median_corr": self.users["corr"].median(),
            "fund_return": totals["fund"],
            "fund_sharpe": book["sharpe"],
            "paid": totals["paid"],
            "burned": totals["burned"],
            "at_risk": rounds["at_risk"].iloc[-1],
            "payout_factor": rounds["payout_factor"].iloc[-1],
            "supply": rounds["supply"].iloc[-1],
        }
        return pd.Series(figures, name=self.rules.name)

    @cached_property
    def panel(self):
        """What the fund trades: `Arena.truth`, with the ``metamodel``."""
        panel = self.arena.truth(len(self.weeks))
        panel["metamodel"] = np.concatenate([w["metamodel"] for w in self.weeks])
        return panel

    def fund(self, signal="metamodel", cost_bps=5.0):
        """Trade a signal, by default the metamodel: neutral to beta, styles, sectors.

        Parameters
        ----------
        signal : str or Series
            A column of `panel`, or a Series on its index.
        cost_bps : float
            As in `numlearn.fund.backtest`.

        Returns
        -------
        numlearn.fund.Book
        """
        risks = [n for n in self.panel if n.startswith(("beta", "style", "sector"))]
        options = {"neutralizers": risks, "cost_bps": cost_bps}
        return backtest(self.panel, signal, "return_5", **options)

    @cached_property
    def book(self):
        """What the fund made of the metamodel, a `numlearn.fund.Book`."""
        return self.fund()

    def report(self, path, comparison=None):
        """Write the season as one HTML page, complete in itself; return its path.

        Amounts in it are those once all is resolved, as in `users`: the rounds that
        were still open after the last week are paid.

        Parameters
        ----------
        path : path-like
            Of the HTML file, in a folder that exists.
        comparison : Comparison, optional
            What the season would have been under other rules, as `what_if` returns it.
        """
        from numlearn.world._report import write_report

        return write_report(self, path, comparison)


def short(number):
    """Say a number with three digits, or as a whole one with commas from 1,000 on."""
    number = round(number, 9) + 0.0  # what rounding left of a 0 is one
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def year_totals(rounds):
    """Add up a season: what the fund earned, and what was paid and burned.

    Parameters
    ----------
    rounds : pandas.DataFrame
        One row a round, with the columns fund_return, paid and burned.

    Returns
    -------
    dict
        ``fund``: the compounded return, a share of the capital at the start;
        ``paid`` and ``burned``: sums in NMR.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> rounds = pd.DataFrame({"fund_return": [0.01, 0.01]})
    >>> rounds = rounds.assign(paid=[5, 0], burned=[0, 2])
    >>> {what: round(total, 4) for what, total in nl.world.year_totals(rounds).items()}
    {'fund': 0.0201, 'paid': 5.0, 'burned': 2.0}
    """
    return {
        "fund": float((1 + rounds["fund_return"]).prod() - 1),
        "paid": float(rounds["paid"].sum()),
        "burned": float(rounds["burned"].sum()),
    }
