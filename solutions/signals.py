# ---
# jupyter:
#   numlearn:
#     question: "I already have a trading model: can I use it?"
#     minutes: 45
#     objectives:
#       - tell a model that picks stocks from one that ranks them, and what Signals takes
#       - take out of a signal what the fund has already, and score what is left
#       - measure how restless a signal is, and what that does to a stake
#     needs: ["lessons {number:scoring}, {number:feature_risk}, {number:contribution} and {number:staking}", data of your own if you go on from here]
#     claims: [S7, S12, S13, S14]
# ---

# %% [markdown]
# This is the appendix, for those who have data of their own. Suppose that you have traded
# for years on a simple idea: look at what stocks gained over the last year, leave out the
# last month, and buy the eight that gained most. It is called **momentum**. Below is a
# made-up market, this time with tickers and prices, and then your eight beside the
# average stock.

# %% worlds=[1, 2, 3, 4, 5]
world = nl.world.World.build(seed=seed, rows=1000, eras=400)

# %%
from numlearn.models import signals
from numlearn.world import World, universe

world = World.build(seed=0, rows=1000, eras=300)
prices = universe.prices(world)
prices.iloc[-3:, :5].round(2)

# %%
import matplotlib.pyplot as plt

members = universe.panel(world, [world.config.live])["ticker"]
gains = signals.momentum(prices).iloc[-1][members]
picks = gains.nlargest(8).index
past = prices.iloc[-241:] / prices.iloc[-241]
with nl.plots.style():
    figure, ax = plt.subplots()
    lines = ax.plot(past[picks], color=nl.plots.COLORS["users"], lw=1)
    lines += ax.plot(past[members].mean(axis=1), color=nl.plots.COLORS["ink"], lw=3)
    ax.legend(lines[-2:], ["a winner", "the average stock"])
    ax.set_title("Eight winners, chosen after they had won")
    ax.set(xlabel="date (made up)", ylabel="price, as a multiple of a year ago")
nl.plots.caption(
    ax,
    "Eight thin lines climb far above the thick line of the average stock over a year.",
)
plt.show()

# %% [markdown]
# It looks splendid, and it proves nothing: they are the eight because they climbed. But
# it is a model, and it is yours. Can you use it at Numerai?
#
# In the Tournament you cannot. Its rows have no names ({lesson:data}), so nobody can tell
# which of them are these eight. For people with data of their own there is a second way
# in, called **Signals**: you name the stocks, and send a number for each.
#
# > **Then and now.** In March 2021 the Tournament and Signals were the two ways in, and
# > Signals was a few months old. By 2026 there is a third, Crypto, which the fund does
# > not trade.

# %% [markdown]
# ## 1. Pick or rank?
#
# **Predict before you run.** You hand in your eight, numbered from 1 to 8. What will
# Signals say, by the rules of March 2021 and by today's? And if you rank all stocks by
# the same gains?

# %%
import pandas as pd

picked = pd.DataFrame({"bloomberg_ticker": picks, "signal": range(1, 9)})
ranked = signals.to_signal(gains).rename("signal").rename_axis("bloomberg_ticker")
for name in ("2021-03", "2026-09"):
    rules = signals.LIMITS[name]
    print(f"Rules of {name}. The eight:")
    for fault in rules.faults(picked, members):
        print("-", fault)
    faults = rules.faults(ranked.reset_index(), members)
    print(f"The ranking of {len(ranked)}: {len(faults)} faults")

# %% [markdown]
# (The *universe* is all the stocks that may be ranked in a week, here a thousand.) Signals
# asks for a ranking of many stocks, relative to each other. Your model has one: it knows
# the gains of all, and threw away everything below the top.
#
# Is this more than a formality? Every fourth week, over years, let us hold either one,
# always a dollar long and a dollar short: the eight against all others, or the upper half
# of the ranking against the lower half, the extremes weighted most.
#
# **Predict before you run.** Which of the two swings more from month to month, and how
# many times as much? (The cell takes about five seconds.)


# %%
def earn(stocks, holding):
    """Return what a dollar long and a dollar short earn in each era."""
    size = holding.abs().groupby(stocks["era"]).sum()
    return 2 * (holding * stocks["return_20"]).groupby(stocks["era"]).sum() / size


every = universe.panel(world, range(60, world.config.live - 4))
eras = range(60, world.config.live - 4, 4)
stocks = every[every["era"].astype(int).isin(eras)].copy()
stocks["momentum"] = signals.at(stocks, signals.momentum(prices))
momentum = stocks.groupby("era")["momentum"]
eight = (momentum.rank(ascending=False) <= 8) - 8 / momentum.transform("size")
ranking = momentum.transform(nl.eras.average_rank) - 0.5
held = {"eight picks": earn(stocks, eight), "whole ranking": earn(stocks, ranking)}
(100 * pd.DataFrame(held).agg(["mean", "std"])).round(1)

# %% [markdown]
# Percent in four weeks; the *swing* is `std`, the standard deviation. The eight swing far
# more, because the luck of eight companies does not average out. A ranking lets every stock
# testify.
#
# > **Then and now.** In 2021 ten tickers were enough, and already then people were told
# > to bring dozens or hundreds. Today it must be at least 100, of about 5,000.
#
# ### Exercise: to_signal
#
# Write `to_signal(values)`: a Series of any numbers by ticker goes in, a Series of ranks
# strictly between 0 and 1 comes out, the higher the better: rank r of n becomes
# (r - 0.5) / n. Ties share the average of their ranks, and a ticker without a value is left
# out. For the values 3, 8, NaN, 3 and -1 of A to E:
#
# ```
# A    0.500
# B    0.875
# D    0.500
# E    0.125
# dtype: float64
# ```


# %% exercise="to_signal"
def to_signal(values):
    """Return the ranks of what is known, strictly between 0 and 1."""
    # BEGIN SOLUTION
    known = values.dropna()
    return (known.rank() - 0.5) / len(known)
    # END SOLUTION


# %% [markdown]
# ## 2. What the fund has already
#
# Once accepted, your signal goes through **neutralisation**, which newcomers of 2021 knew
# as the mysterious part: before the score, all that the fund has already is taken out, as
# you did with features in {lesson:feature_risk}. In our world these are industries, market beta,
# company size, styles and the Tournament's features. In 2021 the real list was secret.
#
# **Predict before you run.** How much will be left of your momentum, of the average
# momentum of each stock's industry, and of a coin?

# %%
import numpy as np

known = universe.neutralizers(world, eras)
industry = stocks.groupby(["era", "industry"])["momentum"].transform("mean")
stocks["industry bet"] = industry
stocks["coin"] = np.random.default_rng(0).random(len(stocks))
names = ["momentum", "industry bet", "coin"]
data = stocks.join(known)
neutral = nl.scoring.neutralize_2021(data, names, list(known.columns))
left = neutral.groupby(stocks["era"]).var().mean()
left.rename("share left").round(2)

# %% [markdown]
# Of the industry bet nothing is left, by construction: it says nothing about a stock that
# its industry does not say. Of your momentum less than half remains, the part in which a
# stock beat its own kind. Even the coin loses something, because so many columns fit a
# little of anything.
#
# What does the fund gain by this? Let it hold your ranking before and after, and compare
# what each earned in four weeks: the mean, and the swing.

# %%
before = momentum.transform(nl.eras.gaussianize)
held = {"as you sent it": before, "neutral": neutral["momentum"]}
with nl.plots.style():
    figure, ax = plt.subplots()
    for name, holding in held.items():
        earned = 100 * earn(stocks, holding)
        label = f"{name}: {earned.mean():.1f} %, a swing of {earned.std():.1f} %"
        ax.plot(earned.cumsum(), label=label)
    ax.set(xlabel="era", ylabel="sum of returns (%)", xticks=range(0, len(eras), 8))
    ax.set_title("Neutral, the same idea swings far less")
    ax.legend()
nl.plots.caption(
    ax,
    "Two lines of summed returns: that of the ranking as sent goes up and down in long"
    " waves, that of the neutral one is far calmer.",
)
plt.show()

# %% [markdown]
# Industries and more had moved together, and your ranking had been riding on them. What
# remains is yours, small and calm: something that a fund can add to what it has.
#
# > **In the real tournament** Numerai's documentation names what it takes out: countries
# > and sectors, features of its own, and common factors such as size, value and *momentum*.
# > Signals asks whether your idea is right *and* new to the fund.
#
# ### Exercise: neutralize_2021
#
# Write the recipe of 2021 for one era, `neutralize_2021(signal, neutralizers)`: a Series
# by ticker, in which some may be NaN, and a table on the same index go in. Rank the signal
# to (r - 0.5) / n, fill the gaps with 0.5, rank again, give it a normal shape, and return
# what is left when you subtract what the columns F explain, F pinv(F) x: a Series of all
# the tickers. For Numerai's example of 2021, five stocks with the signal .4, .2, .8, NaN,
# .3 and the columns -.2, .3, .1, -.5, .3 and .3, .1, -.2, -.3, .1:
#
# ```
# A    0.549
# B   -0.945
# C    1.235
# D   -0.652
# E   -0.188
# dtype: float64
# ```


# %% exercise="neutralize_2021"
def neutralize_2021(signal, neutralizers):
    """Return what is left of one era's signal, as Signals took it in 2021."""
    # BEGIN SOLUTION
    ranks = nl.eras.average_rank(signal).fillna(0.5)
    shaped = nl.eras.gaussianize(ranks)
    explained = neutralizers @ (np.linalg.pinv(neutralizers) @ shaped)
    return shaped - explained
    # END SOLUTION


# %% [markdown]
# ## 3. Today: a portfolio, and what it earns
#
# Since 2025 the step is half open: for the past, Numerai publishes the matrix N of what it takes
# out, and a weight v for each stock, how much of it the fund can hold. From the signal s (normal
# ranks to the signed power 1.5) come the weights of a neutral portfolio:
#
# $$ w = v \,(s - N N' (v s)) $$
#
# Products with v are stock by stock. Three stocks, by hand: A is large, the fund can hold twice
# as much of it: $v=(2,1,1)$. You like A and dislike C: $s=(1,0,-1)$. N has one column, the
# market, of which all have as much: ½, ½, ½.
#
# - You would hold $vs=(2,0,-1)$: more long than short.
# - The market in that: $N'(vs)=½·2+½·0-½·1=½$.
# - Spread over the stocks: $NN'(vs)=(¼,¼,¼)$.
# - Left is $s-NN'(vs)=(¾,-¼,-1¼)$; times v: $w=(1½,-¼,-1¼)$.
# - The market in it: $N'w=½·1½-½·¼-½·1¼=0$. It is gone.
#
# Does the library say the same?

# %%
three = pd.DataFrame({"signal": [3, 2, 1], "v": [2, 1, 1], "N": 0.5}, index=[*"ABC"])
s = nl.eras.signed_power(nl.eras.gaussianize(three["signal"]), 1.5)
size = s["A"]  # three normal ranks are not quite 1, 0, -1: we measure in this unit
three["s"] = s / size
three["v s"] = three["v"] * three["s"]
three["N N'(v s)"] = three["N"] * (three["N"] @ three["v s"])
three["w"] = three["v"] * (three["s"] - three["N N'(v s)"])
weights = nl.scoring.era_signal_weights(three["signal"], three[["N"]], three["v"])
assert np.allclose(weights / size, three["w"])
three.round(2)

# %%
with nl.plots.style():
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.2), sharey=True)
    shades = nl.plots.COLORS["gain"], nl.plots.COLORS["loss"]
    pictures = {
        "v s": "Before: more long than short",
        "w": "After: as much long as short",
    }
    for ax, (column, title) in zip(axes, pictures.items()):
        up = three[column] > 0
        ax.bar(three.index, three[column], color=np.where(up, *shades))
        ax.set(title=title, xlabel=f"stock; all together {three[column].sum():.0f}")
        ax.axhline(0, color=nl.plots.COLORS["ink"], lw=1)
    axes[0].set_ylabel("weight")
nl.plots.caption(
    axes,
    "Bars of three weights. Before: 2, 0 and -1, together 1. After: 1.5, -0.25 and -1.25,"
    " together 0.",
)
plt.show()

# %% [markdown]
# It works because N is *orthonormal* under v: the squares of each column, weighted by v, add up
# to 1 (here $2·¼+¼+¼$), and the products of any two columns to 0. So $N'$, which is N with rows
# and columns exchanged, says how much of each column is there, and N gives back just that. The
# score **alpha** is what the portfolio earns with the target t:
#
# $$ \alpha = w \cdot (t - \bar t) / n $$
#
# **Predict before you run.** Your momentum, the industry bet and the coin: whose mean alpha is
# more than two standard errors (±) from zero?

# %%
columns = list(known.columns)
scores = 1000 * nl.scoring.alpha(data, names, columns, "sample_weight")
table = pd.DataFrame({"mean alpha, in thousandths": scores.mean(), "±": scores.sem()})
table.round(1) + 0.0

# %% [markdown]
# Nobody's. The industry bet has no alpha at all, good or bad. Our eras are four weeks apart, so
# that no two share a day, and still they are too few to tell a faint signal from a coin. Is
# there momentum in this market? Nobody built it in, but some of what makes stocks do well lasts
# for years here, and past winners might hold a little more of it. Here are five longer worlds,
# run beforehand. **Predict before you run.** In how many is momentum's alpha above zero?

# %% keep="momentum_worlds"
{
    "alpha": scores["momentum"].mean(),
    "swing as sent (%)": 100 * earn(stocks, before).std(),
    "swing neutral (%)": 100 * earn(stocks, neutral["momentum"]).std(),
}

# %% stored="momentum_worlds"
others = nl.data.stored("momentum_worlds")
pd.concat([others, others.agg(["mean", "sem"])]).round(1)

# %% [markdown]
# In four of the five. Their mean lies a little less than the 2.8 standard errors (`sem`) above
# zero that five worlds ask for ({lesson:one_rule}): a hint, no proof. Whether a real market has
# momentum is a question for real prices. The swings shrink in every world, to about a third.
#
# > **Then and now.** In 2021 Signals paid twice the correlation of what was left, and
# > MMC if you chose it. Alpha and the contribution to the common portfolio (MPC) were
# > paid from September 2025. Since 25 September 2026 it is a neutral correlation and a
# > neutral contribution. `nl.staking.RULES` has all of them.
#
# ### Exercise: alpha
#
# Write `alpha(signal, neutralizers, sample_weights, target)` for one era, from the
# formula above: Series and a table (N) on the same index go in, one number comes out. You
# may use `nl.eras.gaussianize` and `nl.eras.signed_power`. For the signal 1, 2, 3, 4, 5,
# one column N of 1, -0.5, 0.5, 0, 0, weights of 0.5, 1, 1, 2, 1 and the target
# 0, 0.5, 0.5, 0.5, 1:
#
# ```
# 0.191
# ```


# %% exercise="alpha"
def alpha(signal, neutralizers, sample_weights, target):
    """Return what one era's neutral portfolio earns."""
    # BEGIN SOLUTION
    s = nl.eras.signed_power(nl.eras.gaussianize(signal), 1.5)
    common = neutralizers @ (neutralizers.T @ (sample_weights * s))
    w = (s - common) * sample_weights
    return float(w @ (target - target.mean()) / len(target))
    # END SOLUTION


# %% [markdown]
# ## 4. How often may you change your mind?
#
# A fund cannot sell everything on Friday and buy something else. So Signals compares a
# submission with those of the week before; the largest of the last five counts. **Churn**
# is 1 minus the rank correlation of the two signals: 0 for the same order, 1 for an
# unrelated one. **Turnover** is the part of the portfolio that would be traded. Here we
# compare with a week before, which is the largest as a rule.
#
# **Predict before you run.** A momentum over so many days replaces five of them in a
# week. How many days must it look back to stay below a churn of 15 %?


# %%
def weekly_churn(signal, dates=range(1, 200, 20)):
    """Return a signal's churn from one week to the next, on average over some dates."""
    pairs = [(signal.iloc[-k], signal.iloc[-k - 5]) for k in dates]
    return np.mean([nl.scoring.era_churn(now, before) for now, before in pairs])


days = [5, 10, 20, 40, 80, 160, 240]
restless = [weekly_churn(signals.momentum(prices, n, skip=0)) for n in days]
limit = signals.LIMITS["2026-09"].max_churn

# %%
with nl.plots.style():
    figure, ax = plt.subplots()
    ax.loglog(days, restless, "o", label="measured")
    ax.loglog(days, [5 / n for n in days], label="five days of so many are new")
    ax.axhline(limit, ls="--", color=nl.plots.COLORS["loss"], label="limit")
    ax.axvline(5 / limit, ls=":", label=f"they cross at {5 / limit:.0f} trading days")
    ax.set_xticks(days, days)
    ax.set_yticks([0.02, 0.05, 0.15, 0.5, 1], ["2", "5", "15", "50", "100"])
    ax.minorticks_off()
    ax.set_title("A short memory exceeds the limit, so its stake does not count")
    ax.set(xlabel="days that the signal looks back", ylabel="churn in a week (%)")
    ax.legend()
nl.plots.caption(
    ax,
    "Churn falls in proportion as the signal looks back further; signals of less than"
    f" {5 / limit:.0f} trading days, about {1 / limit:.0f} weeks, lie above the limit.",
)
plt.show()

# %% [markdown]
# The line is arithmetic: where every day's returns are new, churn is the share of days
# that are new. The points follow it.
#
# > **Caution.** A stake that counts as zero earns nothing and burns nothing; one that
# > counts can burn. Nothing here is financial advice.
#
# And if your idea is *fast*? Suppose that each week you hear something new about the four to
# come. We make it from the target itself, three parts in a hundred under noise that is new
# every week. Nothing of it lasts, so its churn is 1. To be calmer you hand in the mean of the
# last weeks.

# %%
rng = np.random.default_rng(0)
shaped = every.groupby("era")["target"].transform(nl.eras.gaussianize)
every["news"] = 0.03 * shaped + rng.normal(size=len(every))
news = every.pivot(index="era", columns="ticker", values="news")
truth = every.pivot(index="era", columns="ticker", values="target")
rows = {}
for length in range(1, 27):
    calm = news.rolling(length).mean().iloc[26:].rank(axis=1)
    corr = calm.iloc[::4].corrwith(truth, axis=1)
    changed = 1 - calm.iloc[1:].corrwith(calm.shift(), axis=1)
    rows[length] = [corr.mean(), corr.sem(), changed.mean()]
smoothed = pd.DataFrame(rows, ["corr", "error", "churn"]).T

# %% [markdown]
# Move `weeks`. Where does the churn (left) go below the limit, and what has the score (right)
# lost by then? **Predict before you run.** Does a mean of four weeks score better or worse than
# the freshest one alone?


# %%
def calmer(weeks=1):
    """Draw churn and score of a mean of so many weeks, among all others."""
    now = smoothed.loc[weeks]
    counts = "below the limit" if now["churn"] < limit else "above the limit"
    with nl.plots.style():
        _, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6))
        here = {"fmt": "-o", "markevery": [weeks - 1]}
        left.errorbar(smoothed.index, 100 * smoothed["churn"], **here)
        left.axhline(100 * limit, ls="--", color=nl.plots.COLORS["loss"])
        left.set(ylabel="churn (%)", xlabel="weeks", title=f"The churn is {counts}")
        right.errorbar(smoothed.index, smoothed["corr"], smoothed["error"], **here)
        right.set_title(f"It scores {now['corr']:.3f} ± {now['error']:.3f}")
        right.set(ylabel="mean CORR", xlabel="weeks", ylim=0)
    nl.plots.caption(left, "Churn and mean CORR, by how many weeks; a dot at yours.")
    plt.show()


nl.plots.explore(calmer, weeks=(1, 26, 1))

# %% keep="calmer_worlds"
smoothed["corr"].loc[[1, 4, 8, 16, 26]]

# %% stored="calmer_worlds"
others = nl.data.stored("calmer_worlds")
by_weeks = pd.concat([others, others.agg(["mean", "sem"])])
by_weeks.rename_axis("weeks", axis=1).round(3)

# %% [markdown]
# By arithmetic one of so many weeks is new, so seven or eight pass the limit. And the score?
# Above are five longer worlds, run beforehand. Between one week and four they do not agree: a
# mean has less noise, and last week's news still tells of three of the same four weeks. In all
# five, eight weeks score less than four, and sixteen less than eight. A fast idea can be made
# calm, and it pays for that.
#
# Churn is not all. Here are your momentum, and a signal that never changes, over the last
# eight weeks. **Predict before you run.** How much does the second one trade?

# %%
weeks = range(world.config.live - 8, world.config.live + 1)
recent = universe.panel(world, weeks).join(universe.neutralizers(world, weeks))
recent["momentum"] = signals.at(recent, signals.momentum(prices))
fixed = pd.Series(rng.random(prices.shape[1]), prices.columns)
recent["never changes"] = recent["ticker"].map(fixed)
kept, normal = ["momentum", "never changes"], {"normalize": True}
held = nl.scoring.signal_weights(recent, kept, columns, "sample_weight", **normal)
held = recent[["era", "ticker"]].join(held)
changed = nl.scoring.churn(recent, kept, "ticker").mean()
traded = nl.scoring.turnover(held, kept, "ticker").mean()
pd.DataFrame({"churn": changed, "turnover": traded}).round(2)

# %% [markdown]
# It never moves, and its portfolio still trades: N is made anew every week. So there is a
# turnover that you cannot avoid, and little room above it. From 15 % churn or 25 % turnover on
# it is as if you had not staked.
#
# > **Then and now.** In 2021 nothing limited churn. Turnover was limited in September 2025: to
# > 20 % in the announcement, 25 % in the documentation of 2026. Since then Numerai's library has
# > a gentler rule, by which payouts shrink with churn; no source says that it replaced these.
#
# ### Exercise: churn
#
# Write `churn(today, before)`: two Series by ticker go in, whose tickers may be in
# another order and are not all the same (at least 80 % are common); 1 minus Spearman's rank
# correlation of the common ones comes out: 0 for the same order, 2 for the reverse. For
# today's A .9, B .2, C .5, D .4, F .6 and before D .5, C .8, A .3, B .1, E .6:
#
# ```
# 0.6
# ```


# %% exercise="churn"
def churn(today, before):
    """Return how much a signal changed: 1 minus the rank correlation."""
    # BEGIN SOLUTION
    common = today.index.intersection(before.index)
    return float(1 - today[common].rank().corr(before[common].rank()))
    # END SOLUTION


# %% quiz="signals"

# %% [markdown]
# ## In this notebook you
#
# - told a picker from a ranking: eight stocks are refused, a thousand are heard;
# - took out of a signal what the fund has already, by the recipe of 2021 and by today's,
#   and scored what was left;
# - measured churn and turnover, what they do to a stake, and what calming a fast idea costs.
#
# Can you use your trading model? In the Tournament, no. In Signals, if it ranks many
# stocks, says something that the fund does not have, and does not change its mind too
# fast. The rules of the day are in [Numerai's documentation](https://docs.numer.ai), and
# questions find answers in the [forum](https://forum.numer.ai).
