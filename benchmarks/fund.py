"""The fund on the world's metamodel: its beta and its Sharpe ratio over several worlds.

Each seed is a market of its own, with the world's example, benchmarks and small crowd
trained on its first eras; the fund trades their metamodel in the eras after. No user's
model, target or future return reaches it. Printed are means ± standard deviations over
the seeds: what each friction takes away, and the beta of three portfolios on a model
that was trained on raw returns.

What the fund pays is assumed, not calibrated: so many basis points of each trade (20
is the library's default).

Run ``python benchmarks/fund.py --seeds 1 2 3``: about a minute a seed.
"""

import argparse

import numpy as np
import pandas as pd

from numlearn import fund, scoring
from numlearn.world import _example
from numlearn.world.dataset import World

STYLES = ["beta", "style_0", "style_1", "style_2"]


def traded(seed, eras, train):
    """Return the later eras' truth, the metamodel and a model of raw returns."""
    world = World.build(seed=seed, eras=eras, train=train)
    last, live = world.config.last_train, world.config.live
    spans = range(1, last + 1), range(last + 1, live - 4)
    early, late = (world.panel(span, resolved=True) for span in spans)
    sets = world.features.sets()
    raw = pd.concat([world.truth(era) for era in spans[0]])["return_20"]
    model = _example.fit_trees(early.assign(raw=raw), sets["all"], "raw")
    crowd = _example.predictions(early, late, sets)
    truth = pd.concat([world.truth(era) for era in spans[1]])
    at_once = [world.market.forward(era, 5, 0)[world.stocks(era)] for era in spans[1]]
    return truth.assign(
        target=late["target"],
        mm=crowd["meta_model"]["numerai_meta_model"].to_numpy(),
        raw=model.predict(late[sets["all"]]),
        at_once_5=np.concatenate(at_once),
    )


def books(panel):
    """Return a summary of each portfolio."""
    industries, sectors = [*STYLES, "industry"], [*STYLES, "sector"]
    large = panel[panel.groupby("era")["size"].rank(ascending=False) <= 500]
    trades = {
        "metamodel, no costs": (panel, "mm", industries, {"cost_bps": 0}),
        "5 bp": (panel, "mm", industries, {"cost_bps": 5}),
        "10 bp": (panel, "mm", industries, {"cost_bps": 10}),
        "20 bp": (panel, "mm", industries, {}),
        "20 bp, no lag": (panel, "mm", industries, {"lag": 0}),
        "20 bp, sectors only": (panel, "mm", sectors, {}),
        "20 bp, kept 8 weeks": (panel, "mm", industries, {"keep": 8}),
        "10 bp, 500 largest stocks": (large, "mm", industries, {"cost_bps": 10}),
        "raw returns, long only": (panel, "raw", None, {"long_only": True}),
        "raw returns, dollar-neutral": (panel, "raw", None, {}),
        "raw returns, factor-neutral": (panel, "raw", industries, {}),
    }
    return pd.DataFrame(
        {name: book(*trade).summary() for name, trade in trades.items()}
    ).T


def tie(panel, corr):
    """Correlate the metamodel's CORR with the return of its neutral book, by era."""
    neutral = [*STYLES, "industry"]
    options = {"neutralizers": neutral, "cost_bps": 0}
    earned = fund.backtest(panel, "mm", "return_20", **options).returns
    return earned.corr(corr["mm"])


def book(panel, signal, neutralizers, options):
    returns = "at_once_5" if options.pop("lag", 2) == 0 else "return_5"
    return fund.backtest(panel, signal, returns, neutralizers=neutralizers, **options)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[*range(1, 9)])
    parser.add_argument("--eras", type=int, default=180)
    parser.add_argument("--train", type=float, default=0.5)
    options = parser.parse_args()
    tables, scores = {}, {}
    shown = ["sharpe_gross", "sharpe", "beta", "beta_se", "volatility", "turnover"]
    for seed in options.seeds:
        panel = traded(seed, options.eras, options.train)
        tables[seed] = books(panel)
        corr = scoring.corr(panel, "mm")
        scores[seed] = scoring.summary(corr).iloc[0]
        scores[seed]["tie"] = tie(panel, corr)
        print(f"seed {seed}: the metamodel's CORR", flush=True)
        print(
            scores[seed][["mean", "std", "sharpe", "rounds", "tie"]].round(4).to_dict()
        )
        print(tables[seed][shown].round(3).to_string(), flush=True)
    both = pd.concat(tables).rename_axis(["seed", "portfolio"])[shown].groupby(level=1)
    order = tables[options.seeds[0]].index
    mean, deviation = both.mean().loc[order], both.std().loc[order]
    corr = pd.DataFrame(scores).T[["mean", "sharpe", "tie"]]
    print(f"{len(options.seeds)} seeds, mean ± standard deviation; CORR:")
    print(
        "  ".join(f"{k} {v:.4f} ± {corr[k].std():.4f}" for k, v in corr.mean().items())
    )
    text = mean.map("{:.3f}".format) + " ± " + deviation.map("{:.3f}".format)
    print(text.to_string())


if __name__ == "__main__":
    main()
