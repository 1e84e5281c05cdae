# ---
# jupyter:
#   numlearn:
#     question: How does a fund earn when the market falls?
#     minutes: 43
#     objectives:
#       - measure how far a portfolio follows the market
#       - make it neutral to the dollar, to the market and to other risks that you can name
#       - take the cost of trading off what a fund earns, and judge what is left
#     needs: ["{lesson:triangle}", the idea of a straight line through points]
#     claims: [S1, S2, S3, S4]
# ---

# %% [markdown]
# A hedge fund promises something odd: to earn whether the market rises or falls. How would
# one do that? Begin with two stocks, A and B, and with one piece of knowledge: whatever the
# market does, A will do 2 % better than one expects of it, and B 2 % worse.
#
# **Predict before you run.** You buy A for a dollar. The market falls by 10 %, and A falls
# with it, though only by 8 %. You were right and you have lost money. What would you add?

# %%
import matplotlib.pyplot as plt
import numpy as np

market = np.array([-10, 10])  # per cent
steps = {  # dollars in A and B, and how far each follows the market
    "1 Buy A": (1, 0, 1, 1),
    "2 Sell B short": (1, -1, 1, 1),
    "3 A swings more": (1, -1, 1.5, 0.5),
    "4 Count swings": (1, -3, 1.5, 0.5),
}

# %%
with nl.plots.style():
    figure, axes = plt.subplots(1, 4, sharey=True, figsize=(10, 3.2))
    for ax, (name, (a, b, follows_a, follows_b)) in zip(axes, steps.items()):
        bought = a * (follows_a * market + 2)
        sold = b * (follows_b * market - 2)
        ax.plot(market, bought, "--", label="A")
        ax.plot(market, sold, ":", label="B")
        ax.plot(market, bought + sold, color=nl.plots.COLORS["ink"], lw=3, label="fund")
        ax.set(title=name, xlabel="market, %")
    axes[0].set_ylabel("gain, % of a dollar")
    axes[0].legend(loc="upper left")
    figure.suptitle("A fund is neutral when its line is flat, whatever it holds")
nl.plots.caption(
    axes,
    "Four charts of gain against what the market does. A alone rises and falls with it. With"
    " B sold short the fund's line is flat and above zero. If A follows the market three times"
    " as far as B, the fund's line is steep again, and flat once three dollars of B are sold"
    " short for each of A.",
)
plt.show()

# %% [markdown]
# The whole lesson is in these four pictures. (1) Who only buys goes where the market goes. (2)
# Sell B **short**, that is borrow it and sell it: you gain what it loses. The two falls
# cancel, and the 2 % of A and the 2 % of B are left, in any market. (3) But stocks do not
# follow the market equally far. If A swings more than B, a dollar of each no longer cancels.
# (4) What has to cancel is the swings.
#
# How far a stock or a fund follows the market is the slope of its line, and has a name:
# **beta**. Beta 1 says: when the market moves by one per cent, so does the fund. Beta 0 is
# what
# *market-neutral* means. Now a thousand times more stocks, and a signal that is only a little
# better than chance.

# %% [markdown]
# ## 1. How far does it follow?
#
# A **signal** is a number for each stock and week, higher where more is expected. Ours is a
# straight line through 42 columns of data, fitted to what each stock returned in the four
# weeks after. (What these columns are is {lesson:data}'s question, better models are
# {lesson:models}'s.) The market is made up, so that we can look up its truth later. It
# takes some seconds to make.

# %% worlds=[1, 2, 3, 4, 5, 6, 7, 8]
folder = nl.world.classroom(eras=160, seed=seed)
world = nl.world.World.build(seed=seed)
past = nl.data.load("train", "small", source=folder)
future = nl.data.load("validation", "small", source=folder)
features = nl.data.feature_sets(folder)["small"]
metamodel = nl.data.load_metamodel(folder)["numerai_meta_model"]

# %%
import pandas as pd
from sklearn.linear_model import Ridge

world = nl.world.World.build()
truth = pd.concat(world.truth(era) for era in range(1, 157))
past, future = (nl.data.load(part, "small") for part in ("train", "validation"))
features = nl.data.feature_sets()["small"]
learned = past[past["era"] <= "0091"]
line = Ridge().fit(learned[features], truth.loc[learned.index, "return_20"])
stocks = truth.loc[future.index].assign(signal=line.predict(future[features]))
stocks[["era", "stock", "sector", "return_5", "signal"]].head(4).round(3)

# %% [markdown]
# Each row is a stock in a week, whose number is in `era`. `return_5` is what the stock
# returned in the five trading days that begin two days later, when a fund can have bought
# it. The line learned from weeks 1 to 91; we trade weeks 97 to 156, which it has not seen.
#
# The obvious fund, *long only*, buys the fifth of the stocks with the highest signal. To
# **backtest** it is to replay these weeks as if it had traded. For the moment trading is
# free.
#
# **Predict before you run.** All stocks follow the market, some more, some less. Will the beta
# of this fund be below 1, about 1, or above?


# %%
def trade(signal="signal", **how):
    """Backtest the fund that a signal asks for, without costs."""
    return nl.fund.backtest(stocks, signal, "return_5", cost_bps=0, **how)


long_only = trade(long_only=True)
both = long_only.eras[["market", "net"]].set_axis(["market", "long only"], axis=1)
slope, error = nl.fund.market_beta(both["long only"], both["market"])
percent = 100 * both
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(6, 4))
    ax.scatter(percent["market"], percent["long only"])
    ax.axline(percent.mean().to_numpy(), slope=slope, color="C1", zorder=0)
    names = {"xlabel": "market, % a week", "ylabel": "long-only fund, % a week"}
    ax.set(title="Beta is a slope", **names)
nl.plots.caption(
    ax,
    "A point a week, the market's return to the right and the fund's upwards: the points"
    f" lie close to a line of slope {slope:.2f} ± {error:.2f}.",
)
plt.show()

# %% [markdown]
# This is picture 1 of our four, with a point for each week; the market is the mean of all
# stocks. (± is the standard error, as everywhere in this course.) The points lie close to
# the line, so whatever this fund earns or loses in a week is mostly the market's doing. And
# the slope is above 1: the signal prefers stocks that swing more than the market. Keep that
# in mind.
#
# > **Then and now.** In 2021 the fund was called market-neutral and traded stocks all over
# > the world, no cryptocurrencies. By 2026 that still holds; there is a Crypto tournament,
# > but the fund does not trade its metamodel. You could not invest and cannot, unless you
# > are an accredited investor. Performance is for investors: figures were public at times,
# > and Numerai's answers of August 2026 say that it is not disclosed.

# %% [markdown]
# ### Exercise: beta
#
# Write `beta(returns, market)`: two Series by week on the same index go in, the slope of
# the line comes out. For the returns `[0.03, -0.01, 0.04, -0.02]`, while the market returned
# `[0.02, -0.01, 0.03, -0.02]` (rounded here, and not in your answer):
#
# ```
# 1.235
# ```


# %% exercise="beta"
def beta(returns, market):
    """Return the slope of a fund's returns on the market's."""
    # BEGIN SOLUTION
    return float(returns.cov(market) / market.var())
    # END SOLUTION


# %% [markdown]
# ## 2. A dollar bought, a dollar sold short
#
# Now picture 2. A fund that sells short as many dollars' worth of stocks as it buys is
# **dollar-neutral**. Ours gives every stock a **weight**, a share of the capital, below
# zero for what is sold short. The ranked signal gets a bell shape (`nl.eras.gaussianize`;
# {lesson:scoring} takes it apart), the mean is subtracted, and all is scaled so that a
# dollar is bought and a dollar sold for each dollar of capital. All weights of a fund are
# its **book**.
#
# **Predict before you run.** Is this fund neutral to the market?

# %%
funds = {"long only": long_only, "dollar-neutral": trade()}
weather = np.where(both["market"] < 0, "market fell", "market rose")
table = {
    name: {
        **(100 * fund.returns.groupby(weather).mean()),
        **fund.summary()[["beta", "beta_se"]],
    }
    for name, fund in funds.items()
}
pd.DataFrame(table).T.round(2)

# %% [markdown]
# The first two columns are in per cent a week. The dollar-neutral fund is much calmer, but
# it still loses when the market falls, and its beta is many standard errors (`beta_se`)
# above zero. Here is a fund that believed it was neutral, because it counted dollars. Why is
# it not? Sort the stocks by signal and look at *their* betas, which only a made-up market
# tells.

# %%
rise = truth[truth["era"] <= "0091"].groupby("era")["return_5"].mean().mean()
print(f"while the line learned, the market made {rise:+.2%} in a mean week")
fifth = np.ceil(5 * stocks.groupby("era")["signal"].rank(pct=True)).astype(int)
stocks.groupby(fifth)["beta"].mean().rename_axis("fifth by signal").round(2)

# %% [markdown]
# There it is, picture 3. The market rose while the line learned, so stocks with a high beta
# returned more than others, and the line learned to like them. Nobody told it to bet on the
# market. It learned **raw returns**, and the market is in all of them. Had the market
# fallen in those weeks, it might have learned the opposite bet; we shall see.

# %% [markdown]
# ### Exercise: dollar_neutral
#
# Write `dollar_neutral(signal)`: a Series without gaps goes in, a Series of weights on the
# same index comes out. Give the signal its shape with `nl.eras.gaussianize`, subtract the
# mean, and scale so that the absolute weights add up to 2. For the signal
# `pd.Series([5, 1, 1, 9])` the weights are, rounded here:
#
# ```
# [0.2, -0.5, -0.5, 0.8]
# ```


# %% exercise="dollar_neutral"
def dollar_neutral(signal):
    """Return weights that buy and sell short one dollar each."""
    # BEGIN SOLUTION
    shaped = nl.eras.gaussianize(signal)
    centred = shaped - shaped.mean()
    return 2 * centred / centred.abs().sum()
    # END SOLUTION


# %% [markdown]
# ## 3. Neutral to what you can name
#
# For picture 4, fit once more. In each week, fit a line from the stocks' betas to the shaped
# signal and keep only what the line does *not* explain. What is left has nothing to do with
# beta: the sum of weight times beta is zero. The same works for several risks at once: styles
# (such as a taste for small or for cheap companies) and industries, one column for each. That
# makes a **factor-neutral** fund.
#
# Styles and industries can be looked up. Betas cannot: a fund has to estimate each stock's,
# as you did the fund's above, from the weeks before. Here is that estimate, next to the
# truth, which no fund knows and we keep as a yardstick.

# %%
early = truth[truth["era"] <= "0096"]
mean = early.groupby("era")["return_5"].transform("mean")
swing = mean - mean.mean()
parts = pd.DataFrame({"xy": swing * early["return_5"], "xx": swing**2})
by_stock = parts.groupby(early["stock"])
sums = by_stock.sum()[by_stock.size() >= 50]  # weeks; with fewer we assume 1
stocks["estimate"] = stocks["stock"].map(sums["xy"] / sums["xx"]).fillna(1.0)
alike = stocks["estimate"].corr(stocks["beta"])
print(f"correlation of estimated and true betas: {alike:.2f}")

# %% [markdown]
# **Predict before you run.** Make the fund neutral to the estimates, or to the truth: how much
# beta is left? (A few seconds.)

# %%
known = ["style_0", "style_1", "style_2", "industry"]
shapes = {
    "long only": {"long_only": True},
    "dollar-neutral": {},
    "neutral to estimates": {"neutralizers": ["estimate", *known]},
    "neutral to the truth": {"neutralizers": ["beta", *known]},
}
held = {k: nl.fund.weights(stocks, "signal", **shape) for k, shape in shapes.items()}
shown = {"features": "sector", "cost_bps": 0}
books = {k: nl.fund.hold(stocks, w, "return_5", **shown) for k, w in held.items()}
summaries = pd.DataFrame({name: book.summary() for name, book in books.items()}).T
summaries[["beta", "beta_se", "volatility"]].round(2)

# %% [markdown]
# Neutral to the truth, the beta is gone, *by construction* (but for changes in the four
# weeks that it is kept). Neutral to estimates, about half of it is left: they are noisy,
# and a fit to a noisy beta takes out only a part of the true one. Neutral is a property
# *against a list of numbers*, and the numbers have to be good. That is why funds pay for
# models of risk. (`volatility` is the standard deviation of a year's returns.)
#
# Now the test. In a made-up market we can replay the same weeks with other weather. If the
# market had done 1 % worse in a week, each stock would have done worse by 1 % times its
# beta; all else stays. We make a bear market, and a crash of the sector (a group of
# industries) of which the dollar-neutral fund holds the most.
#
# **Predict before you run.** Which fund is hurt most by the bear, which by the crash? (Twelve
# backtests, some seconds.)

# %%
crowded = books["dollar-neutral"].exposures.mean().idxmax()
moved = {
    "as it was": 0,
    "bear: market -1 % a week": -0.01 * stocks["beta"],
    "crash: one sector -1 % a week": -0.01 * ("sector=" + stocks["sector"] == crowded),
}
replayed = {}
for weather, by in moved.items():
    other = stocks.assign(moved_5=stocks["return_5"] + by)
    again = {k: nl.fund.hold(other, w, "moved_5", cost_bps=0) for k, w in held.items()}
    replayed[weather] = pd.DataFrame({k: book.returns for k, book in again.items()})
totals = {weather: (1 + table).prod() - 1 for weather, table in replayed.items()}
(100 * pd.DataFrame(totals).T).round(0).astype(int)

# %%
bear = replayed["bear: market -1 % a week"]
axes = nl.plots.profit_and_loss(bear, title="Of four funds, one earns in a bear market")

# %% [markdown]
# Per cent over all weeks: both hurt long only most. Below in the chart is the **drawdown**,
# how far each fund is below its highest point so far. The fund that is neutral to the truth
# earns about the same in any weather, and that is the answer to the title: not by
# foreseeing the fall, but by selling short as much of it as it buys. The one with estimates
# comes part of the way: the crash does not touch it, the bear does.
#
# > **Built in or found?** That the last column hardly moves is arithmetic: weights times beta
# > add up to zero, so whatever is added in proportion to beta drops out. Found is how much
# > the others were betting without being asked to.
#
# One world, one draw. Next come stored results of eight others, made with the code above:
# what the market made in a mean week while the signal was learned, in per cent, and the
# betas of the four funds afterwards.

# %% keep="betas"
betas = {name: book.summary()["beta"] for name, book in books.items()}
{"market before": 100 * rise, **betas}

# %% stored="betas"
stored = nl.data.stored("betas")
alike = stored["market before"].corr(stored["dollar-neutral"])
print(f"market before and dollar-neutral beta: correlation {alike:.1f}")
closer = stored["neutral to estimates"].abs() < stored["dollar-neutral"].abs()
print(f"estimates bring beta closer to zero in {closer.sum()} of {len(stored)} worlds")
stored.agg(["mean", "sem", "min", "max"]).T.round(2)

# %% [markdown]
# (`sem` is the standard error of the mean over the worlds.) The dollar-neutral fund's beta
# depends on what the market happened to do before: large where it rose most, negative in the
# one world where it fell. Such a fund bets that the market goes on as it did. The estimates
# make that bet smaller, the truth ends it.

# %% [markdown]
# ### Exercise: neutral_weights
#
# Write `neutral_weights(signal, exposures)` for one week: a Series and a table of risks on
# the same index go in, a Series of weights on it comes out. Shape the signal, subtract what
# the risks and a constant explain of it *together* (`np.linalg.lstsq`, which also copes
# with columns that repeat each other), scale to 2. For the signal `[1, 2, 3, 4, 6]` and one
# column of betas `[0.8, 1.2, 0.9, 1.1, 1.5]`, rounded here:
#
# ```
# [-0.351, -0.649, 0.453, 0.422, 0.125]
# ```


# %% exercise="neutral_weights"
def neutral_weights(signal, exposures):
    """Return weights that are neutral to the dollar and to each exposure."""
    # BEGIN SOLUTION
    shaped = nl.eras.gaussianize(signal)
    columns = exposures.assign(constant=1)
    slopes = np.linalg.lstsq(columns, shaped)[0]
    rest = shaped - columns @ slopes
    return 2 * rest / rest.abs().sum()
    # END SOLUTION


# %% [markdown]
# ## 4. What is left after costs
#
# So far trading was free. It is not: there is a spread between the buying and the selling
# price, and whoever buys much drives the price up. Costs are counted in **basis points**,
# hundredths of a per cent, of all that is traded, that is bought *or* sold. We take 20,
# which is an assumption: what half a spread and one's own impact may come to where small
# stocks are traded, too. Each portfolio is kept four weeks, a quarter of the book changes
# every week.
#
# Beside our line, trade what the fund really trades, the crowd's *metamodel*. It comes
# from models that learned returns from which market, styles and industries had been
# taken out before. Both funds are neutral to estimates, for no fund has more.
#
# **Predict before you run.** Do both survive the costs?

# %%
metamodel = nl.data.load_metamodel()["numerai_meta_model"]
stocks["metamodel"] = metamodel
paying = {"cost_bps": 20, **shapes["neutral to estimates"]}
after = {
    "metamodel": nl.fund.backtest(stocks, "metamodel", "return_5", **paying),
    "raw line": nl.fund.backtest(stocks, "signal", "return_5", **paying),
}
columns = ["gross", "traded", "cost", "net"]
years = pd.DataFrame({k: 52 * book.eras[columns].mean() for k, book in after.items()}).T
ratios = pd.DataFrame({name: book.summary() for name, book in after.items()}).T
years.join(ratios[["sharpe_gross", "sharpe", "sharpe_se", "beta"]]).round(2)

# %% [markdown]
# *Gross* is before costs, *net* after. The first four columns are shares of the capital in a
# year: `traded` says that the capital is bought and sold many times over, and 20 basis
# points of it are the `cost`. The **Sharpe ratio** is a year's return divided by its
# standard deviation, reward per up-and-down: `sharpe_gross` before, `sharpe` after costs.
# (After costs, 1 to 2 would be a good fund; look at the standard error, `sharpe_se`, before
# you trust a single year.)
#
# Mind the last column. The raw line earns more, net as well, and has a beta that its
# estimates left in; the metamodel never learned the market, so there is little to take out.
#
# One world, 60 weeks. Here are the Sharpe ratios of eight others.

# %% keep="sharpe_ratios"
kinds = {"gross": "sharpe_gross", "net": "sharpe"}
{
    f"{name}, {kind}": book.summary()[column]
    for name, book in after.items()
    for kind, column in kinds.items()
}

# %% stored="sharpe_ratios"
sharpes = nl.data.stored("sharpe_ratios")
told = sharpes.agg(["mean", "sem", "min", "max"]).T.round(1)
told.assign(worlds_above_zero=(sharpes > 0).sum())

# %% [markdown]
# Costs decide. After them the metamodel is above zero in all eight worlds, in some hardly; the
# raw line is in two, and part of what it earns is still the market's luck, since the estimates
# left some beta in. From world to world the ratios differ so much that one good year proves
# little, our first one included.
#
# > **Kinder than the world.** Before costs these figures are too good. What is left of our
# > made-up stocks without market, styles and industries is nearly independent, so thousands
# > of small bets even out. Real stocks share risks that nobody has named yet, and a large fund
# > cannot trade the small ones.
#
# > **Caution.** A backtest is a story about the past, here about a past that never was.
# > Nothing in this course is financial advice.

# %% [markdown]
# ### Exercise: fund_return
#
# Write `fund_return(before, weights, returns, cost_bps)` for one week: the weights held
# before, the new ones and what each stock returns, three Series on the same index, and the
# cost in basis points of all that is traded, bought or sold. Return what the fund earned
# after costs. For weights that go from `[1, -1, 0, 0]` to `[0.6, -0.5, 0.4, -0.5]`, returns
# of `[0.02, 0.01, 0.03, -0.03]` and 20 basis points:
#
# ```
# 0.0304
# ```


# %% exercise="fund_return"
def fund_return(before, weights, returns, cost_bps):
    """Return what a portfolio earned in a week after the cost of getting into it."""
    # BEGIN SOLUTION
    traded = (weights - before).abs().sum()
    return float(weights @ returns - traded * cost_bps / 10_000)
    # END SOLUTION


# %% quiz="long_short"

# %% [markdown]
# ## In this notebook you
#
# - measured how far a portfolio follows the market, and saw a fund that believed it was
#   neutral;
# - made portfolios neutral to the dollar, to the market and to other named risks, and sent
#   them through a bear market and a crash;
# - took the cost of trading off, and judged what was left by more than one world.
#
# From here on the library trades for you: `nl.fund.weights`, `nl.fund.backtest`. What
# Numerai says of itself is in its [documentation](https://docs.numer.ai).
