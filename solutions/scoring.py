# ---
# jupyter:
#   numlearn:
#     question: When is a prediction right?
#     minutes: 48
#     objectives:
#       - compute the score of one era by hand, and say what its power of 1.5 is for
#       - read a track record by its mean, its Sharpe ratio and its drawdown
#       - say how many independent rounds a track record is worth
#     needs: ["{lesson:triangle}", pandas' `groupby`]
#     claims: [S16, S18, S30]
# ---

# %% [markdown]
# Here are the predictions of a decent model for one era, that is, for some thousands of
# stocks in one week, beside what happened. It is the **example model**, which stands in
# for the one that Numerai gives to every beginner; nobody has told it what the stocks are.
# Is it any good?

# %% worlds=[20, 21, 22, 23, 24, 25]
world = nl.world.World.build(seed=seed, eras=300, features=42)
past = world.panel(range(1, 97), resolved=True)
future = world.panel(range(109, 301), resolved=True)
trees = nl.models.baseline("example", n_estimators=60, learning_rate=0.1, n_jobs=1)
targets = ["target", "target_bruno_20"]
guesses = nl.models.fit_predict(trees, past, future, targets)
data_validation = future.assign(example=guesses["target"])
rival = guesses["target_bruno_20"]

# %%
example = nl.data.load_example_predictions()["prediction"]
data_validation = nl.data.load("validation").dropna(subset="target")
data_validation = data_validation.assign(example=example)
one_era = data_validation[data_validation["era"] == "0120"]
one_era[["example", "target"]].head(8).round(2)

# %% [markdown]
# The target has five values, from 0 (fell far behind) over 0.5 (nothing special) to 1
# (ran far ahead). Row by row the two hardly seem to know each other. So sort the stocks of
# an era by prediction, cut them into ten equal groups, and look at how each group did: in
# this one era, and over all of them.

# %%
import matplotlib.pyplot as plt

rank = data_validation.groupby("era")["example"].rank(pct=True, method="first")
tenth = (rank * 10).clip(upper=9.99).astype(int) + 1
groups = {"One era is ragged": one_era, "All eras make a staircase": data_validation}
with nl.plots.style():
    figure, axes = plt.subplots(1, 2, sharey=True, figsize=(8, 3.6))
    for ax, (name, rows) in zip(axes, groups.items()):
        outcome = rows.groupby(tenth)["target"].mean()
        ax.bar(outcome.index, outcome - 0.5)
        ax.set(title=name, xlabel="tenth, worst predicted first", xticks=range(1, 11))
    axes[0].set_ylabel("mean target, above or below 0.5")
nl.plots.caption(
    axes,
    "Two bar charts of the mean target of each tenth of the stocks by prediction: in"
    " one era the bars are ragged, over all eras they climb from left to right.",
)
plt.show()

# %% [markdown]
# One era is ragged, and it is a middling one, as section 2 will show. All eras together
# climb like a staircase, in very small steps: the ranking knows something. So the question
# in the title needs a better form: *how well does a ranking of thousands of stocks agree
# with what happened?* Numerai's answer is a number called **CORR**. (All data here are
# synthetic, from a made-up market; its datasheet is `data/README.md`.)
#
# ## 1. One era, by hand
#
# CORR takes four steps:
#
# 1. **Rank** the predictions; equal ones share their average rank. Scale to 0 … 1.
# 2. **Gaussianize** the ranks: give them the bell shape of a normal distribution.
# 3. Raise ranks and target to the **power** of 1.5, keeping the sign.
# 4. **Correlate** the two sides (Pearson's, the usual correlation).
#
# The first three, drawn. The outer tenths, the stocks that the model likes best and least,
# keep their color on the way.

# %%
import numpy as np
import pandas as pd
import seaborn as sns
from scipy.stats import norm


def signed_power(x, power=1.5):
    return np.sign(x) * np.abs(x) ** power


steps = pd.DataFrame({"rank": (one_era["example"].rank() - 0.5) / len(one_era)})
steps["normal"] = norm.ppf(steps["rank"])
steps["tails"] = signed_power(steps["normal"])
outer = np.where(abs(steps["rank"] - 0.5) > 0.4, "outer tenths", "the rest")
with nl.plots.style():
    figure, axes = plt.subplots(1, 3, sharey=True, figsize=(9, 3.2))
    look = {"multiple": "stack", "bins": 40, "linewidth": 0, "alpha": 1}
    for ax, name, title in zip(axes, steps, ["1. Even ranks", "2. A bell", "3. Tails"]):
        sns.histplot(steps, x=name, hue=outer, ax=ax, legend=name == "rank", **look)
        ax.set(title=title, xlabel=f"{name} of a stock", ylabel="stocks")
nl.plots.caption(
    axes,
    "Three histograms of one era's predictions: as even ranks, as a bell, and with tails"
    " pulled further out; the outer tenths move away from the middle.",
)
plt.show()

# %% [markdown]
# From left to right the outer tenths move away from the middle. In a correlation, what lies
# far out weighs most. The target comes in five bins and needs no ranks. It is *centred*: its
# mean in the era, close to 0.5, is subtracted, so that above zero stands what did better than
# the average of its week. Then it gets the same power.
#
# **Predict before you run.** What happens to the score if every prediction is multiplied
# by a thousand? If we take its exponential? If we turn the ranking round?

# %%
target = one_era["target"]
by_hand = signed_power(target - target.mean()).corr(steps["tails"])
changed = {
    "as it is": one_era["example"],
    "times 1000, minus 7": 1000 * one_era["example"] - 7,
    "exponential": np.exp(one_era["example"]),
    "turned round": 1 - one_era["example"],
}
today = {name: nl.scoring.era_corr(p, target) for name, p in changed.items()}
in_2021 = {name: nl.scoring.era_corr_2021(p, target) for name, p in changed.items()}
print(f"by hand: {by_hand:.3f}")
pd.DataFrame({"CORR today": today, "CORR of 2021": in_2021}).round(3)

# %% [markdown]
# Only the order counts. You are asked which stocks do better than which others, not by how
# much. Turn the ranking round and the sign turns with it.
#
# > **Then and now.** In March 2021 the score was the plain Pearson correlation of the
# > target with the ranks, and ties were broken by the order of the file. Today's form
# > came in May 2023. They differ in how much the extremes count. In 2021 the sign of CORR decided whether you earned or burned.
# > Since January 2024 it is the sign of a weighted sum of CORR and of a second score, MMC
# > ({lesson:contribution}), so that a round with positive CORR can burn.

# %% [markdown]
# Why 1.5, and not 1 or 3? Numerai's reason is that the extremes should weigh more. That can be
# tried. Suppose a fund buys the **best tenth** of your ranking and sells short the **worst
# tenth**. What it gets in an era is the mean target of the one less that of the other. A score
# suits this fund if it is high in the eras in which the fund gets much.
#
# **Predict before you run.** Move `power`. At which one do the points on the right come
# closest to a line? Then let the fund trade half of all stocks on each side, or only 5 %: does
# it want a higher power, or a lower one?

# %%
eras = data_validation.groupby("era")
place = (eras["example"].rank() - 0.5) / eras["example"].transform("size")
outcome = (data_validation["target"] - eras["target"].transform("mean")).to_numpy()
place, era = place.to_numpy(), eras.ngroup().to_numpy()


def by_era(values, rows=slice(None)):  # the mean of each era
    return np.bincount(era[rows], values[rows]) / np.bincount(era[rows])


def score_with(power):  # CORR, with any power in the place of 1.5
    x, y = signed_power(norm.ppf(place), power), signed_power(outcome, power)
    y = y - by_era(y)[era]
    return by_era(x * y) / np.sqrt(by_era(x**2) * by_era(y**2))


def fund_gets(part):  # by how much the best stocks beat the worst
    return by_era(outcome, place > 1 - part) - by_era(outcome, place < part)


# %%
def powers(power=1.5, traded=10):
    with nl.plots.style():
        _, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2))
        left.plot(100 * steps["rank"], signed_power(steps["normal"], power), ".")
        left.axvspan(traded, 100 - traded, color=nl.plots.COLORS["rule"], zorder=0)
        left.set(xlabel="rank (%)", ylabel="what it counts", title="Gray is not traded")
        right.scatter(x := score_with(power), y := fund_gets(traded / 100), s=20)
        right.set(xlabel="score of an era", ylabel="best less worst (target)")
        right.set_title(f"Score and fund agree to {np.corrcoef(x, y)[0, 1]:.2f}")
    nl.plots.caption(left, "What each rank counts, and a point an era: score and fund.")
    plt.show()


nl.plots.explore(powers, power=(0.5, 4.0, 0.5), traded=[5, 10, 20, 50])

# %% [markdown]
# The number in the title is the correlation of the two over the eras. 50 % a side wants a
# low power, a few per cent a high one, and 1.5 suits a fund that trades the outer tenths.
# Elsewhere, too? Below are six other worlds, each computed once with this lesson's code and
# stored: the power, of ½, 1, 1½ … 4, at which score and fund agree best.
#
# All six say the same, since it is mostly arithmetic: at that power the curve on the left is
# most like what the fund holds. (How deep Numerai's own fund reaches, it does not say.)

# %% keep="powers"
tried = np.arange(0.5, 4.5, 0.5)
agreed = {
    f"{traded} % a side": [
        np.corrcoef(score_with(power), fund_gets(traded / 100))[0, 1] for power in tried
    ]
    for traded in (50, 20, 10, 5)
}
{name: tried[np.argmax(values)] for name, values in agreed.items()}

# %% stored="powers"
nl.data.stored("powers").rename_axis("world")

# %% [markdown]
# ### Exercise: numerai_corr
#
# Write `numerai_corr(predictions, target)` for one era: two Series without gaps on the same
# index go in, one number comes out. For the predictions `[0.2, 0.3, 0.5, 0.6, 0.9]` and the
# targets `[0, 0.5, 0.25, 0.5, 1]`, rounded here:
#
# ```
# 0.942
# ```


# %% exercise="numerai_corr"
def numerai_corr(predictions, target):
    """Return the CORR of one era."""
    # BEGIN SOLUTION
    rank = (predictions.rank() - 0.5) / len(predictions)
    normal = pd.Series(norm.ppf(rank), predictions.index)
    tails = np.sign(normal) * normal.abs() ** 1.5
    centred = target - target.mean()
    target_tails = np.sign(centred) * centred.abs() ** 1.5
    return float(tails.corr(target_tails))
    # END SOLUTION


# %% [markdown]
# ## 2. Many eras
#
# One era is one draw. The library scores all of them at once: `nl.scoring.corr` takes a
# panel (any table with an `era` column) and the names of its prediction columns, and
# gives back one row an era.
#
# **Predict before you run.** A good model: in how many of ten eras is its score above
# zero?

# %%
scores = nl.scoring.corr(data_validation, ["example"])
toss = np.random.default_rng(0).random(len(data_validation))
coin = pd.Series(toss, data_validation.index, name="coin")
tossed = nl.scoring.corr(data_validation, coin)["coin"]
rows = data_validation.groupby("era").size().mean()
first = scores["example"].rank(ascending=False)["0120"]
print(f"era 0120, the first of this page: place {first:.0f} of {len(scores)}")
print(f"scatter of the model's scores     {scores['example'].std():.3f}")
print(f"scatter of a coin's               {tossed.std():.3f}")
print(f"by sampling alone, 1/√n           {1 / np.sqrt(rows):.3f}")
ax = nl.plots.score_bars(scores, title="A good model is wrong in many an era")
# %% [markdown]
# The mean is small and the eras scatter around it. Some of the scatter is plain sampling:
# even if the true skill were the same in every era, a correlation over n rows varies by
# about 1/√n. Random numbers, a **coin** for each stock, scatter as this says; the model
# scatters more.
#
# The rest is shared fate. In a week in which, say, cheap stocks fall out of favour, all stocks
# that the model likes for being cheap are wrong *together*. Rows of one era are not independent witnesses. That is why Numerai
# counts by era, and not by row, and so does this course.

# %% [markdown]
# ### Exercise: era_scores
#
# Write `era_scores(panel, prediction, target)`: a table with an `era` column and the
# names of two other columns without gaps go in; a Series with the CORR of each era comes
# out, its index the eras in order. You may use `nl.scoring.era_corr` for one era. For this
# panel and the names `"guess"` and `"target"`
#
# ```
#     era  guess  target
# 0  0002    0.9    0.50
# 1  0001    0.1    0.25
# 2  0002    0.3    0.75
# 3  0001    0.7    1.00
# 4  0001    0.4    0.50
# 5  0002    0.2    0.25
# 6  0002    0.4    0.25
# ```
#
# it returns, rounded here,
#
# ```
# era
# 0001    0.988
# 0002    0.199
# ```


# %% exercise="era_scores"
def era_scores(panel, prediction, target):
    """Return the CORR of a prediction in each era."""
    # BEGIN SOLUTION
    eras = panel.groupby("era")[[prediction, target]]
    return eras.apply(lambda e: nl.scoring.era_corr(e[prediction], e[target]))
    # END SOLUTION


# %% [markdown]
# ## 3. A track record in a few numbers
#
# Which of two models would you rather trust? The mean alone does not say. The **Sharpe
# ratio** of scores, per era and not per year, is the mean divided by the standard
# deviation: reward per up-and-down. The **drawdown** is how far the summed scores are below
# their own highest point so far; the deepest says how bad it got. The sum starts with the
# first era's score, from which there is nothing to fall yet. (A fund's money, in
# {lesson:long_short}, starts with its capital.)
#
# Let the example model meet the coin, and a rival: the same kind of model, which has learned
# another of the targets in the data.

# %%
rival = nl.data.load_benchmarks().iloc[:, -1]
runners = data_validation.assign(rival=rival, coin=coin)
scores = nl.scoring.corr(runners, ["example", "rival", "coin"])
shown = ["mean", "std", "sharpe", "max_drawdown", "positive"]
print(nl.scoring.summary(scores)[shown].round(3))
axes = nl.plots.score_lines(scores, title="Two models climb, the coin wanders")
# %% [markdown]
# `positive` is the share of eras above zero. Look at the coin: it has stretches in which it
# climbs. How long must you watch a leaderboard before it shows who is better?
#
# **Predict before you run.** Take every stretch of so many eras in a row. How often is the
# coin ahead of the example model over that stretch? And of two *good* models, how often is
# the one ahead that is worse over the whole record? The table is of this record. Sixty eras
# hold few such stretches, so the picture below it is of six other worlds, with 192 eras each.

# %%
lengths, pairs = [1, 4, 12, 24], [["coin", "example"], ["example", "rival"]]


def worse_leads(pair):
    """Return how often the worse of two is ahead over so many eras in a row."""
    worse, better = scores[pair].mean().sort_values().index
    lead = scores[worse] - scores[better]
    return {n: (lead.rolling(n).sum().dropna() > 0).mean() for n in lengths}


leads = pd.DataFrame({" and ".join(pair): worse_leads(pair) for pair in pairs})
leads.rename_axis("eras in a row").round(2)

# %% keep="leads"
leads.T

# %% stored="leads"
stored = nl.data.stored("leads")
with nl.plots.style():
    figure, axes = plt.subplots(1, 2, sharey=True, figsize=(9, 3.6))
    titles = ["A coin falls behind", "Two good models change places"]
    for ax, pair, title in zip(axes, stored.columns.unique(0), titles):
        ax.plot(lengths, 100 * stored[pair].T, color=nl.plots.COLORS["muted"], lw=1)
        ax.plot(
            lengths, 100 * stored[pair].mean(), marker="o", label="mean of the worlds"
        )
        ax.set(title=title, xlabel="eras in a row", xticks=lengths, ylim=(0, 60))
    axes[0].set_ylabel("worse one leads (% of stretches)")
    axes[1].legend()
nl.plots.caption(
    axes,
    "Two line charts of how often the worse of two leads, a thin line a world: for a coin"
    " all lines fall towards zero, for two good models some fall and some hardly do.",
)
plt.show()

# %% [markdown]
# Over a month a coin may still lead a good model; over half a year it hardly does. With two good
# models it depends on how far apart they are, which is what you wanted to learn: in two of
# the six worlds the worse one leads nearly as often over half a year as over a single era, in
# another it never lasts that long.
#
# > **Then and now.** In 2021 the leaderboard was for bragging, and it still mostly is.
# > Since then seasons and titles have come back: a season's rank gives a title, and
# > titles give room for more models. What is paid depends on no rank. It does depend on
# > others: MMC compares you with the crowd, and where more NMR is at stake than a rule set
# > pays for in full, all payouts shrink ({lesson:staking}).

# %% [markdown]
# ### Exercise: sharpe_drawdown
#
# Write `sharpe_drawdown(scores)`: a Series of era scores goes in, a pair comes out, the
# Sharpe ratio (`ddof=0`, not annualised) and the deepest drawdown of the summed scores (a
# number that is not negative), as defined above. (`nl.scoring.summary` has both: do without
# it.) For the scores `[0.03, -0.01, -0.02, 0.04]`, rounded here:
#
# ```
# (0.392, 0.03)
# ```


# %% exercise="sharpe_drawdown"
def sharpe_drawdown(scores):
    """Return the Sharpe ratio and the deepest drawdown of era scores."""
    # BEGIN SOLUTION
    total = scores.cumsum()
    sharpe = scores.mean() / scores.std(ddof=0)
    return float(sharpe), float((total.cummax() - total).max())
    # END SOLUTION


# %% [markdown]
# ## 4. How many rounds is that really?
#
# Each week has an era, or live a round, and its target looks 20 trading days ahead: four
# weeks. So neighbouring eras are scored on mostly the same days. If this week went well,
# next week's score has three quarters of the same luck in it. The **autocorrelation** of
# the scores shows it: how alike are scores that lie so many eras apart?
#
# **Predict before you run.** With windows of four weeks, at which distance should the
# likeness end?

# %%
memory = nl.scoring.autocorrelation(scores["example"], lags=range(1, 11))
ax = nl.plots.score_memory(
    memory, horizon=4, title="Neighbouring rounds tell the same story"
)
# %% [markdown]
# The line is what shared days alone would give, if a model said the same about a stock week
# after week: three quarters, a half, a quarter, nothing. The first bars lie below it, since
# predictions change with the features, and they wobble, since sixty eras are few.
#
# What does it cost? With autocorrelations $r_1, r_2, \dots$ the mean of $n$ rounds is
# only as certain as that of
#
# $$ \frac{n}{1 + 2\,(r_1 + r_2 + \dots)} $$
#
# independent ones. The sum ends before the first correlation that is not positive: what
# comes after it is chance. On the line the sum is 1½, and *n* rounds are worth a quarter of
# *n*. What are these worth?
#
# Behind each mean stands ± its **standard error**, here and in all of this course: how far, as
# a rule, it is off by chance. It is the standard deviation divided by the root of the number
# of independent rounds.


# %%
def told(record):
    """Say a mean with its standard error, as if rounds were independent and as they are."""
    worth = nl.scoring.effective_rounds(record)
    errors = [record.std() / np.sqrt(n) for n in (len(record), worth)]
    print(f"{record.name}: {len(record)} rounds, worth about {worth:.0f}")
    print(f"    if they were independent  {record.mean():.4f} ± {errors[0]:.4f}")
    print(f"    as they are               {record.mean():.4f} ± {errors[1]:.4f}")


told(scores["example"])
told((scores["rival"] - scores["example"]).rename("lead of the rival"))

# %% [markdown]
# The model's rounds are worth more than a quarter of their number, and far less than all:
# taken as independent, they make its mean look surer than it is. The lead's are worth
# nearly all, and yet it is less than two standard errors: as a rule of thumb, do not trust
# it.
#
# > **In the real tournament** rounds open every day from Tuesday to Saturday, and the
# > overlap is worse: the scores of the real metamodel in the 355 daily rounds 843 to 1197
# > (September 2024 to early 2026) have autocorrelations of .69, .41, .18 and .03 at 5, 10,
# > 15 and 20 days. They are worth about 18 independent rounds: one for every month that
# > went by, however many rounds it had.
#
# > **Caution.** A short record is worth less than it looks, and that matters most when a
# > stake depends on it. Nothing here is financial advice.

# %% [markdown]
# ### Exercise: effective_rounds
#
# Write `effective_rounds(scores)`: a Series of era scores goes in, the number of
# independent rounds that they are worth comes out. Use `nl.scoring.autocorrelation` for
# all lags from 1 to one less than the number of scores, and stop before the first that is
# not positive. For the scores `[1, 2, 3, 4, 3, 2, 1, 2]`, rounded here:
#
# ```
# 4.32
# ```


# %% exercise="effective_rounds"
def effective_rounds(scores):
    """Return how many independent rounds overlapping ones are worth."""
    # BEGIN SOLUTION
    memory = nl.scoring.autocorrelation(scores, range(1, len(scores)))
    before_chance = memory[(memory > 0).cummin()]
    return float(len(scores) / (1 + 2 * before_chance.sum()))
    # END SOLUTION


# %% quiz="scoring"

# %% [markdown]
# ## In this notebook you
#
# - computed the score of one era by hand, and saw that its power suits a fund that trades
#   the tails;
# - read track records by their mean, Sharpe ratio and drawdown, and saw how long the worse
#   of two models can lead;
# - said how many independent rounds a track record is worth, and by how much its mean is
#   less certain than it looks.
#
# From here on the library does the counting: `nl.scoring.corr`, `nl.scoring.summary`.
# Numerai's own account of its scores is in its [documentation](https://docs.numer.ai).
