# ---
# jupyter:
#   numlearn:
#     question: How does a fund earn when the market falls?
#     minutes: 40
#     objectives:
#       - measure how far a portfolio follows the market
#       - make it neutral to the dollar, to the market and to other risks that you can name
#       - take the cost of trading off what a fund earns, and judge what is left
#     needs: ["{lesson:triangle}", the idea of a straight line through points]
#     claims: [S1, S2, S3, S4]
# ---

# %% [markdown]
# A hedge fund promises something odd: to earn whether the market rises or falls. The page
# of 2021 that this course grew from says that Numerai's fund wants to profit in any market
# and not to be exposed to its swings. How would one do that?
#
# Let us try, with a made-up market whose truth we can look up. First we need a **signal**:
# one number for each stock and week, higher where more is expected. Ours is a straight line
# through 42 features, fitted to what each stock returned in the four weeks after. (What
# features are is {lesson:data}'s question, better models are {lesson:models}'s.)

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
stocks[["era", "sector", "beta", "return_5", "signal"]].head(4).round(3)

# %% [markdown]
# Each row is a stock in a week, which Numerai calls an **era**. `return_5` is what the
# stock returned in the five trading days that begin two days later, when a fund can have
# bought it. The line learned eras 1 to 91; we trade 97 to 156, which it has not seen.
#
# The obvious fund buys the fifth of the stocks with the highest signal. For the moment,
# trading is free.

# %%
risks = ["beta", "style_0", "style_1", "style_2"]


def trade(panel, signal="signal", **how):
    """Hold what a signal asks for, by default without costs."""
    shown = {"cost_bps": 0, "features": [*risks, "sector"]}
    return nl.fund.backtest(panel, signal, "return_5", **(shown | how))


long_only = trade(stocks, long_only=True)
both = long_only.eras[["net", "market"]].set_axis(["long only", "market"], axis=1)
axes = nl.plots.profit_and_loss(both, title="Who only buys goes where the market goes")

# %% [markdown]
# ## 1. How far does it follow?
#
# Look at the drawdowns, below. The market here is the mean of all stocks, and when it falls
# the fund falls with it, a little further. That is not what was promised.
#
# Draw a point for each week, the market's return to the right and the fund's upwards, and a
# line through them. Its slope is called **beta**. A beta of 1 says: when the market moves by
# one per cent, so does the fund. A beta of 0 is what **market-neutral** means.
#
# **Predict before you run.** All stocks follow the market, some more, some less. Will the
# beta of this fund be below 1, about 1, or above?

# %%
import matplotlib.pyplot as plt
import numpy as np

slope, error = nl.fund.market_beta(both["long only"], both["market"])
percent = 100 * both
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(6, 4))
    ax.scatter(percent["market"], percent["long only"])
    middle = percent[["market", "long only"]].mean()
    ax.axline(middle, slope=slope, color=nl.plots.COLORS["users"], zorder=0)
    ax.set(xlabel="market, % a week", ylabel="long-only fund, % a week")
    ax.set_title("Beta is a slope")
nl.plots.caption(
    ax,
    "A point a week, the market's return to the right and the fund's upwards: the points"
    f" lie close to a line of slope {slope:.2f} ± {error:.2f}.",
)
plt.show()

# %% [markdown]
# The points lie close to the line: whatever this fund earns or loses in a week is mostly
# the market's doing. And the slope is above 1, so the signal prefers stocks that swing more
# than the market. Keep that in mind.

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
# To sell **short** is to borrow a stock and sell it: you gain if it falls. A fund that buys
# the stocks it likes and sells short as many dollars' worth of those it dislikes is
# **dollar-neutral**. If all stocks rise by a per cent, it gains a per cent on one side and
# loses it on the other.
#
# Ours gives every stock a **weight**, a share of the capital, below zero for what is sold
# short. The ranked signal gets a bell shape (`nl.eras.gaussianize`; {lesson:scoring} takes it
# apart), the mean is subtracted, and all is scaled so that a dollar is bought and a dollar
# sold for each dollar of capital.
#
# **Predict before you run.** Is this fund neutral to the market?

# %%
shapes = {"long only": {"long_only": True}, "dollar-neutral": {}}
books = {name: trade(stocks, **shape) for name, shape in shapes.items()}
weather = np.where(both["market"] < 0, "market fell", "market rose")
table = {
    name: {
        **(100 * book.returns.groupby(weather).mean()),
        **book.summary()[["beta", "beta_se"]],
    }
    for name, book in books.items()
}
pd.DataFrame(table).T.round(2)

# %% [markdown]
# The first two columns are in per cent a week. The dollar-neutral fund is much calmer, but
# it still loses when the market falls, and its beta is many standard errors (`beta_se`)
# above zero. Here is a fund that believed it was neutral, because it counted dollars. Why is
# it not? Sort the stocks by signal and look at *their* betas.

# %%
rise = truth[truth["era"] <= "0091"].groupby("era")["return_5"].mean().mean()
print(f"while the line learned, the market made {rise:+.2%} in a mean week")
fifth = np.ceil(5 * stocks.groupby("era")["signal"].rank(pct=True)).astype(int)
stocks.groupby(fifth)["beta"].mean().rename_axis("fifth by signal").round(2)

# %% [markdown]
# There it is. The market rose while the line learned, so stocks with a high beta returned
# more than others, and the line learned to like them. Nobody told it to bet on the market.
# It learned **raw returns**, and the market is in all of them. Had the market fallen in
# those weeks, it might have learned the opposite bet; we shall see.

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
# The remedy is a second fit. In each era, fit a line from the stocks' betas to the shaped
# signal and keep only what the line does *not* explain. What is left has nothing to do with
# beta: the sum of weight times beta is zero. The same works for several risks at once:
# styles (such as a taste for small or for cheap companies) and industries, one column for
# each. That makes a **factor-neutral** portfolio.

# %%
shapes["factor-neutral"] = {"neutralizers": [*risks, "industry"]}
books = {name: trade(stocks, **shape) for name, shape in shapes.items()}
bets = pd.DataFrame({name: book.exposures.mean() for name, book in books.items()})
sectors = bets.filter(like="sector=", axis=0)
crowded = sectors["dollar-neutral"].idxmax()
ax = nl.plots.exposures(
    bets.loc[[*risks, crowded]], title="What each fund bets on besides its stocks"
)

# %% [markdown]
# The sector in the last row is the one in which the dollar-neutral fund holds the most. The
# factor-neutral fund has nothing but points on zero, *by construction*: they were taken out.
#
# Now the test. In a made-up market we can replay the same weeks with other weather. If the
# market had done 1 % worse in a week, each stock would have done worse by 1 % times its
# beta; all else stays. We make a bull market, a bear market and a crash of that one sector.
#
# **Predict before you run.** Which fund is hurt most by the bear, which by the crash?

# %%
moved = {
    "as it was": 0,
    "bull: market +0.5 % a week": 0.005 * stocks["beta"],
    "bear: market -1 % a week": -0.01 * stocks["beta"],
    "crash: one sector -1 % a week": -0.01 * ("sector=" + stocks["sector"] == crowded),
}
replayed = {}
for name, by in moved.items():
    other = stocks.assign(return_5=stocks["return_5"] + by)
    funds = {fund: trade(other, **shape).returns for fund, shape in shapes.items()}
    replayed[name] = pd.DataFrame(funds)
totals = {name: (1 + table).prod() - 1 for name, table in replayed.items()}
(100 * pd.DataFrame(totals).T).round(0).astype(int)

# %%
bear = replayed["bear: market -1 % a week"]
axes = nl.plots.profit_and_loss(bear, title="In a bear market, neutral earns its keep")

# %% [markdown]
# The table is in per cent over all weeks. The factor-neutral fund earns about the same in
# any weather, and that is the answer to the title: not by foreseeing the fall, but by
# holding as much of it short as long.
#
# > **Built in or found?** That its row of numbers hardly moves is arithmetic: its weights
# > times beta add up to zero, so whatever is added in proportion to beta drops out. What is
# > found is how much the other two were betting without being asked to.
#
# One world, one draw. Next come stored results of eight others, made with the code above:
# what the market made in a mean week while the signal was learned, in per cent, and the
# betas of the three funds afterwards.

# %% keep="betas"
betas = {name: book.summary()["beta"] for name, book in books.items()}
{"market before": 100 * rise, **betas}

# %% stored="betas"
stored = nl.data.stored("betas")
alike = stored["market before"].corr(stored["dollar-neutral"])
print(f"market before and dollar-neutral beta: correlation {alike:.1f}")
stored.agg(["mean", "std", "min", "max"]).T.round(2)

# %% [markdown]
# The dollar-neutral fund's beta depends on what the market happened to do before: large
# where it rose most, negative in the one world where it fell. Such a fund bets that the
# market goes on as it did. The factor-neutral one does not bet on it at all.
#
# There is a catch. We looked up the true betas. A real fund has to estimate them, and
# estimates are noisy. Let us estimate each stock's beta as you did above, from the weeks
# before, and make the fund neutral to *that*.
#
# **Predict before you run.** How much of the beta is left?

# %%
early = truth[truth["era"] <= "0096"]
market = early.groupby("era")["return_5"].transform("mean")
swing = market - market.mean()
parts = pd.DataFrame({"xy": swing * early["return_5"], "xx": swing**2})
by_stock = parts.groupby(early["stock"])
sums = by_stock.sum()[by_stock.size() >= 50]
stocks["estimate"] = stocks["stock"].map(sums["xy"] / sums["xx"]).fillna(1.0)
tries = {"nothing": None, "estimated beta": ["estimate"], "true beta": ["beta"]}
left = {name: trade(stocks, neutralizers=to).summary() for name, to in tries.items()}
pd.DataFrame(left).T[["beta", "beta_se"]].rename_axis("neutral to").round(2)

# %% [markdown]
# Better than nothing, and far from zero: a fit to a noisy beta takes out only a part of the
# true one. Neutral is a property *against a list of numbers*, and the numbers have to be
# good. That is why funds pay for models of risk.

# %% [markdown]
# ### Exercise: neutral_weights
#
# Write `neutral_weights(signal, exposures)` for one era: a Series and a table of risks on
# the same index go in, a Series of weights on it comes out. Shape the signal, subtract what
# the exposures and a constant explain of it *together* (`np.linalg.lstsq`, which also copes
# with columns that repeat each other), scale to 2. For the signal `[1, 2, 3, 4, 6]` and one
# column of betas `[0.8, 1.2, 0.9, 1.1, 1.5]`, rounded here:
#
# ```
# [-0.35, -0.65, 0.45, 0.42, 0.13]
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
# hundredths of a per cent, of all that is bought and sold. We take 20, which is an
# assumption: what half a spread and one's own impact may come to where small stocks are
# traded, too. Each portfolio is kept four weeks, a quarter of the book changes every week.
#
# Beside our line, trade what the fund really trades, the crowd's **metamodel**. It comes
# from models that learned a *target* in which market, styles and industries had been
# taken out before.
#
# **Predict before you run.** Do both survive the costs?

# %%
metamodel = nl.data.load_metamodel()["numerai_meta_model"]
stocks["metamodel"] = metamodel
neutral = shapes["factor-neutral"]
after = {
    "metamodel, free": trade(stocks, "metamodel", **neutral),
    "metamodel, 20 bp": trade(stocks, "metamodel", cost_bps=20, **neutral),
    "raw line, free": trade(stocks, **neutral),
    "raw line, 20 bp": trade(stocks, cost_bps=20, **neutral),
}
profits = pd.DataFrame({name: book.returns for name, book in after.items()})
axes = nl.plots.profit_and_loss(profits, title="Costs take most of what a signal earns")
ends = pd.DataFrame({name: book.summary() for name, book in after.items()}).T
ends[["return", "volatility", "sharpe", "sharpe_se", "turnover"]].round(2)

# %% [markdown]
# Shares of the capital, a year. `volatility` is the standard deviation; `sharpe` is the
# return divided by it, reward per up-and-down. `turnover` says that the whole capital is
# traded more than once a month. The line that learned raw returns has little left; the
# metamodel keeps enough. (A Sharpe ratio of 1 to 2 after costs would be a good
# fund; look at its standard error before you trust a single year.)
#
# One world, one year. The Sharpe ratios of the eight other worlds, stored like the betas: of
# the metamodel, once with the 500 largest stocks only, and of the three funds on raw returns.

# %% keep="sharpe_ratios"
largest = stocks[stocks.groupby("era")["size"].rank(ascending=False) <= 500]
after["500 largest, 10 bp"] = trade(largest, "metamodel", cost_bps=10, **neutral)
for name in ("long only", "dollar-neutral"):
    after[f"{name}, 20 bp"] = trade(stocks, cost_bps=20, **shapes[name])
{name: book.summary()["sharpe"] for name, book in after.items()}

# %% stored="sharpe_ratios"
sharpes = nl.data.stored("sharpe_ratios")
sharpes.agg(["mean", "std", "min", "max"]).T.round(1)

# %% [markdown]
# Costs decide. A model of raw returns loses money in all of these worlds once it is neutral
# and pays; the metamodel earns in all of them, in some hardly. Long only and dollar-neutral
# live by the market's luck. From world to world the ratios differ so much that one good year
# proves little.
#
# > **Kinder than the world.** Before costs these figures are too good. What is left of our
# > made-up stocks without market, styles and industries is nearly independent, so thousands
# > of small bets even out. Real stocks share risks that nobody has named yet, and a large fund
# > cannot trade the small ones. With the 500 largest, at half the cost, the fund ends in
# > about the same place.
#
# Does the fund earn when its metamodel predicts well? {Lesson:scoring} will say what *well* means;
# the number is in the library already. Compare it, era by era, with what the neutral fund
# earned on the same four weeks, before costs.

# %%
known = stocks.assign(target=future["target"]).dropna(subset="target")
how_well = nl.scoring.corr(known, "metamodel")["metamodel"]
risk_free = {"cost_bps": 0, **neutral}
earned = nl.fund.backtest(known, "metamodel", "return_20", **risk_free).returns
print(f"correlation of the two over {len(earned)} eras: {earned.corr(how_well):.2f}")

# %% [markdown]
# > **Built in or found?** Built in. The target is made of these very returns, freed of the
# > same risks, so the two are nearly the same sum. What can part them are costs, limits, and
# > risks that the target keeps.
#
# > **Then and now.** In 2021 the fund was called market-neutral and traded stocks all over
# > the world, no cryptocurrencies. By 2026 that still holds; there is a Crypto tournament,
# > but the fund does not trade its metamodel. You could not invest and cannot, unless you
# > are an accredited investor. Performance is for investors: figures were public at times,
# > and Numerai's answers of August 2026 say that it is not disclosed.
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
#   them through a bull market, a bear market and a crash;
# - took the cost of trading off, and judged what was left by more than one world.
#
# From here on the library trades for you: `nl.fund.weights`, `nl.fund.backtest`. What
# Numerai says of itself is in its [documentation](https://docs.numer.ai).
