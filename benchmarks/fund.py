"""The fund on the world's metamodel: its beta and its Sharpe ratio over several worlds.

Each seed is a market of its own, with the world's example, benchmarks and small crowd
trained on its first eras; the fund trades their metamodel in the eras after. No user's
model, target or future return reaches it. Printed are means ± standard deviations over
the seeds: what each friction takes away, and the beta of three portfolios on a model
that was trained on raw returns.

What the fund pays is assumed, not calibrated: 5 basis points of each trade, and the
square-root law, with a daily volatility of 3 % and, for the median stock, a
daily volume of 3 % of the capital (half a billion, in stocks that trade 15 million
a day).

Run ``python benchmarks/fund.py --seeds 1 2 3 4 5``: some minutes a seed.
"""

import argparse

import numpy as np
import pandas as pd

from numlearn import fund, scoring
from numlearn.world import _example
from numlearn.world.dataset import World

STYLES = ["beta", "style_0", "style_1", "style_2"]
VOLUME, VOLATILITY = 0.03, 300  # a median stock's, of the capital; a day's, in bp


def traded(seed, eras, train):
    """Return the later eras' truth, the metamodel and a model of raw returns."""
    world = World.build(seed=seed, eras=eras, train=train)
    last, live = world.config.last_train, world.config.live
    spans = range(1, last + 1), range(last + 1, live - 4)
    early, late = (world.panel(span, resolved=True) for span in spans)
    sets = world.features.sets()
    raw = pd.concat([world.truth(era) for era in spans[0]])["return_20"]
    model = _example.fit(early.assign(raw=raw), sets["all"], "raw")
    crowd = _example.predictions(early, late, sets)
    truth = pd.concat([world.truth(era) for era in spans[1]])
    week = [world.market.forward(era, 5)[world.stocks(era)] for era in spans[1]]
    return truth.assign(
        target=late["target"],
        mm=crowd["meta_model"]["numerai_meta_model"].to_numpy(),
        raw=model.predict(late[sets["all"]].to_numpy()),
        sector=truth["sector"].astype(str),
        industry=truth["industry"].astype(str),
        return_5=np.concatenate(week),
        volume=VOLUME * np.exp(truth["size"]),
    )


def books(panel):
    """Return a summary of each portfolio."""
    every, impact = [*STYLES, "industry"], {"impact_bps": VOLATILITY}
    large = panel.groupby("era")["size"].rank(ascending=False) <= 1000
    trade = {
        "metamodel, no costs": (panel, "mm", every, {"cost_bps": 0}),
        "… 5 bp": (panel, "mm", every, {}),
        "… and impact": (panel, "mm", every, impact),
        "… kept 8 weeks": (panel, "mm", every, {**impact, "keep": 8}),
        "… 1,000 largest stocks": (panel[large], "mm", every, impact),
        "… sectors, not industries": (panel, "mm", [*STYLES, "sector"], impact),
        "raw returns, long only": (panel, "raw", (), {"long_only": True}),
        "raw returns, dollar-neutral": (panel, "raw", (), {}),
        "raw returns, factor-neutral": (panel, "raw", [*STYLES, "sector"], {}),
    }
    return pd.DataFrame(
        {
            name: fund.backtest(rows, signal, "return_5", neutral, **options).summary()
            for name, (rows, signal, neutral, options) in trade.items()
        }
    ).T


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--eras", type=int, default=220)
    parser.add_argument("--train", type=float, default=0.45)
    options = parser.parse_args()
    tables, scores = {}, {}
    shown = ["sharpe", "beta", "beta_se", "return", "volatility", "cost", "turnover"]
    for seed in options.seeds:
        panel = traded(seed, options.eras, options.train)
        tables[seed] = books(panel)
        scores[seed] = scoring.summary(scoring.corr(panel, "mm")).iloc[0]
        print(f"seed {seed}: the metamodel's CORR", flush=True)
        print(scores[seed][["mean", "std", "sharpe", "rounds"]].round(4).to_dict())
        print(tables[seed][shown].round(3).to_string(), flush=True)
    both = pd.concat(tables).rename_axis(["seed", "portfolio"])[shown].groupby(level=1)
    order = tables[options.seeds[0]].index
    mean, deviation = both.mean().loc[order], both.std().loc[order]
    corr = pd.DataFrame(scores).T[["mean", "sharpe"]]
    print(f"{len(options.seeds)} seeds, mean ± standard deviation; CORR:")
    print(
        "  ".join(f"{k} {v:.4f} ± {corr[k].std():.4f}" for k, v in corr.mean().items())
    )
    text = mean.map("{:.3f}".format) + " ± " + deviation.map("{:.3f}".format)
    print(text.to_string())


if __name__ == "__main__":
    main()
