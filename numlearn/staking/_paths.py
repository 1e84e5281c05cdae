"""What a simulation found: the ends of all paths and what happened on their way."""

from dataclasses import dataclass
from textwrap import fill

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError, one_of, real_number
from numlearn.plots import COLORS, caption, style
from numlearn.staking._rules import Rules

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, repr=False)
class Paths:
    """Simulated paths of one or more models under one rule set, in NMR.

    Attributes
    ----------
    rules : Rules
    stake : Series by model
        The whole position before the first round.
    rounds : int
        Rounds in which something was put at risk. A path ends when they are resolved.
    final : DataFrame, paths × models
        The whole position at the end.
    lowest : DataFrame, paths × models
        The least that it was worth after any round.
    drawdown : DataFrame, paths × models
        The deepest fall below an earlier peak, as a share of that peak.
    under_water : DataFrame, paths × models
        The share of rounds spent below an earlier peak.
    fan : DataFrame
        How the position developed: about a hundred rounds × (model, level), with the
        levels 0.05, 0.25, 0.5, 0.75 and 0.95 of the first chunk of paths (so that its
        size does not grow with the number of paths).
    """

    rules: Rules
    stake: pd.Series
    rounds: int
    final: pd.DataFrame
    lowest: pd.DataFrame
    drawdown: pd.DataFrame
    under_water: pd.DataFrame
    fan: pd.DataFrame

    def __repr__(self):
        paths, models = self.final.shape
        rate = "a week" if self.rules.rounds_a_week == 1 else "of 5 a week"
        return (
            f"{paths:,} paths of {models} model(s) over {self.rounds} rounds {rate} "
            f"under the rules {self.rules.name!r}: see .summary() and .plot()"
        )

    @property
    def note(self):
        """How payouts compound under these rules, in a sentence."""
        if not self.rules.compounds:
            return "What a round pays lies idle: it is not staked on."
        if self.rules.position_share == 1.0:
            return (
                f"The whole position is at risk in each round, and what a round pays "
                f"joins it {self.rules.lag} rounds later."
            )
        return (
            f"Each of {self.rules.lag} slices compounds by itself: what a round pays "
            f"is at risk again {self.rules.lag} rounds later, in the same slice."
        )

    def summary(self, ruin=0.1):
        """Return what became of each model's stake.

        Parameters
        ----------
        ruin : float
            Ruin is to have had less than this share of the stake at any time.

        Returns
        -------
        DataFrame, models × figures
            ``mean`` and ``p5`` … ``p95`` of the final position in NMR; the
            probabilities ``loss`` (ending below the stake) and ``ruin``; the median
            and the 95th percentile of the ``drawdown``; the mean share of rounds
            ``under_water``. Its ``attrs["note"]`` says how payouts compound: `note`.

        Examples
        --------
        >>> import pandas as pd
        >>> import numlearn as nl
        >>> scores = pd.DataFrame({"corr": [0.02, -0.01, 0.03], "mmc": 0.001})
        >>> paths = nl.staking.simulate(scores, rounds=50, paths=100, draw=2)
        >>> sorted(paths.summary())[:3]
        ['drawdown', 'drawdown_p95', 'loss']
        """
        real_number(ruin, "ruin", 0.0, 1.0)
        levels = self.final.quantile(list(LEVELS)).T
        levels.columns = [f"p{level * 100:.0f}" for level in LEVELS]
        deepest = self.drawdown.quantile([0.5, 0.95]).T
        levels.attrs["note"] = self.note
        return levels.rename(columns={"p50": "median"}).assign(
            mean=self.final.mean(),
            loss=(self.final < self.stake).mean(),
            ruin=(self.lowest < self.stake * ruin).mean(),
            drawdown=deepest[0.5],
            drawdown_p95=deepest[0.95],
            under_water=self.under_water.mean(),
        )

    def affordable(self, loss, confidence=0.95):
        """Return the largest stake that loses no more than you can afford.

        Everything here grows in proportion to the stake, so that one simulation
        answers for every stake (as long as yours does not move the payout factor).

        Parameters
        ----------
        loss : float
            What you can afford to lose, in NMR.
        confidence : float
            The share of paths that may not lose more.

        Returns
        -------
        Series by model
            In NMR; infinite where that many paths lose nothing at all.

        Examples
        --------
        >>> import pandas as pd
        >>> import numlearn as nl
        >>> scores = pd.DataFrame({"corr": [0.02, -0.01, 0.03], "mmc": 0.001})
        >>> paths = nl.staking.simulate(scores, rounds=50, paths=100, draw=2)
        >>> bool((paths.affordable(10) > 10).all())  # to lose 10 NMR at most
        True
        """
        real_number(loss, "the loss")
        real_number(confidence, "the confidence", 0.0, 1.0)
        if not (loss > 0 and 0 < confidence < 1):
            raise NumlearnError(
                f"A loss above 0 NMR and a confidence between 0 and 1 are needed, and "
                f"{loss!r} and {confidence!r} were given."
            )
        lost = 1.0 - (self.final / self.stake).quantile(1.0 - confidence)
        return (loss / lost.where(lost > 0, np.nan)).fillna(np.inf).rename("stake")

    @style()
    def plot(self, model=None, title=None):
        """Draw the fan of one model's position over the rounds.

        Parameters
        ----------
        model : str, optional
            May be left out if there is one model.
        title : str, optional
            The takeaway; by default how many paths lose.

        Returns
        -------
        matplotlib Axes
        """
        import matplotlib.pyplot as plt

        models, rules = list(self.final), self.rules.name
        if model is None and len(models) == 1:
            model = models[0]
        stake = self.stake[one_of(model, models, "model")]
        levels, lost = self.fan[model], (self.final[model] < stake).mean()
        _, ax = plt.subplots()
        color, rounds = COLORS["staking"], levels.index
        for low, high, alpha in ((0.05, 0.95, 0.2), (0.25, 0.75, 0.35)):
            name = f"{round((high - low) * 100)} of 100 paths"
            band = {"color": color, "alpha": alpha, "lw": 0, "label": name}
            ax.fill_between(rounds, levels[low], levels[high], **band)
        ax.plot(rounds, levels[0.5], color=color, label="median")
        ax.axhline(stake, color=COLORS["ink"], lw=1, ls="--", label="the stake")
        ax.set(xlabel="round", ylabel="NMR")
        ax.legend(loc="upper left")
        takeaway = f"{lost * 100:.0f} of 100 paths end below the stake"
        ax.set_title(fill(title or f"{takeaway} under the rules of {rules}", 72))
        ends = levels.iloc[-1]
        low, middle, high = (float(f"{ends[x]:.2g}") for x in (0.05, 0.5, 0.95))
        caption(
            ax,
            f"Fan chart of a stake of {stake:g} NMR over {rounds[-1] + 1} rounds under "
            f"the rules of {rules}: the median ends at about {middle:g} NMR, and 90 of "
            f"100 paths end between about {low:g} and {high:g} NMR.",
        )
        return ax
