# ---
# jupyter:
#   numlearn:
#     question: When is a prediction right?
#     minutes: 40
#     objectives:
#       - compute the score of one era by hand, and of all eras in one line
#       - read a track record by its mean, its Sharpe ratio and its drawdown
#       - say how many independent rounds a track record is worth
#     needs: ["{lesson:triangle}", pandas' `groupby`]
#     claims: [S16, S18, S30]
# ---

# %% [markdown]
# Here are the predictions of a decent model for one era, that is, for some thousands of
# stocks in one week, beside what happened. Nobody has told the model what the stocks
# are. Is it any good?

# %%
data_validation = nl.data.load("validation").dropna(subset="target")
data_validation["example"] = nl.data.load_example_predictions()["prediction"]
one_era = data_validation[data_validation["era"] == "0120"]
one_era[["example", "target"]].head(8).round(2)

# %% [markdown]
# The target has five values, from 0 (fell far behind) over 0.5 (nothing special) to 1
# (ran far ahead). The prediction is any number between 0 and 1. Row by row they hardly
# seem to know each other. So sort the stocks of an era by prediction, cut them into ten
# equal groups, and look at how each group did: in this one era, and over all of them.

# %%
import matplotlib.pyplot as plt

rank = data_validation.groupby("era")["example"].rank(pct=True, method="first")
tenth = (rank * 10).clip(upper=9.99).astype(int) + 1
groups = {"One era: like chance": one_era, "All eras: a staircase": data_validation}
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
# One era looks like chance; all eras together climb like a staircase, in very small
# steps. No single prediction is right or wrong here, and yet the ranking knows
# something. So the question in the title needs a better form: *how well does a ranking of
# thousands of stocks agree with what happened?* Numerai's answer is a number called
# **CORR**.
#
# > All data here are synthetic: a made-up market in which the truth is known, shaped
# > after Numerai's public figures. What it gets right, and what not, is written in its
# > datasheet, `data/README.md`.

# %% [markdown]
# ## 1. One era, by hand
#
# CORR takes four steps. **Rank** the predictions, so that only their order counts; ties
# share their average rank. **Gaussianize** the ranks: give them the shape of a normal
# distribution, so that the extremes stand out from the crowded middle. Raise both sides
# to the **power** of 1.5, keeping the sign: the fund trades the tails, so the tails
# should weigh more. Then **correlate** (Pearson).

# %%
import numpy as np
from scipy.stats import norm


def signed_power(x):
    return np.sign(x) * np.abs(x) ** 1.5


steps = one_era[["example"]].copy()
steps["rank"] = (steps["example"].rank() - 0.5) / len(steps)
steps["normal"] = norm.ppf(steps["rank"])
steps["tails"] = signed_power(steps["normal"])
steps.sort_values("example").iloc[:: len(steps) // 6].round(2)

# %% [markdown]
# Read it from top to bottom: the ranks run evenly from near 0 to near 1, the normal
# column bends them, the last column bends them more. The target needs no ranks, it comes
# in five bins. It is centred, so that 0.5 becomes zero, and gets the same power.

# %%
target_tails = signed_power(one_era["target"] - one_era["target"].mean())
by_hand = np.corrcoef(steps["tails"], target_tails)[0, 1]
library = nl.scoring.era_corr(one_era["example"], one_era["target"])
print(f"by hand {by_hand:.3f}, library {library:.3f}")

# %% [markdown]
# **Predict before you run.** What happens to the score if every prediction is multiplied
# by a thousand? If we take its exponential? If we turn the ranking round?

# %%
import pandas as pd

changed = {
    "as it is": one_era["example"],
    "times 1000, minus 7": 1000 * one_era["example"] - 7,
    "exponential": np.exp(one_era["example"]),
    "turned round": 1 - one_era["example"],
}
today = {name: nl.scoring.era_corr(p, one_era["target"]) for name, p in changed.items()}
in_2021 = {
    name: nl.scoring.era_corr_2021(p, one_era["target"]) for name, p in changed.items()
}
pd.DataFrame({"CORR today": today, "CORR of 2021": in_2021}).round(3)

# %% [markdown]
# Only the order counts. You are asked which stocks do better than which others, never by
# how much. Turn the ranking round and the sign turns with it.
#
# > **Then and now.** In March 2021 the score was the plain Pearson correlation of the
# > target with the ranks, and ties were broken by the order of the file. Today's form
# > came in May 2023. They rarely disagree about who is good; they disagree about how much
# > the extremes count. In 2021 the sign of CORR decided whether you earned or burned.
# > Since January 2024 it is the sign of a weighted sum of CORR and of a second score, MMC
# > ({lesson:contribution}), so that a round with positive CORR can burn.

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
ax = nl.plots.score_bars(scores, title="A good model is wrong in many an era")
# %% [markdown]
# The mean is small and the eras scatter around it. Some of the scatter is plain sampling:
# even if the model's true skill were the same in every era, a correlation over n rows
# varies by about 1/√n.

# %%
rows = data_validation.groupby("era").size().mean()
print(f"scatter of the era scores     {scores['example'].std():.3f}")
print(f"of it by sampling, 1/√n       {1 / np.sqrt(rows):.3f}")

# %% [markdown]
# The rest is shared fate. In a week in which, say, cheap stocks fall out of favour, all
# stocks that the model likes for being cheap are wrong *together*. Rows of one era are
# not independent witnesses. That is why everything at Numerai is counted by era, and
# never by row.

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
# ratio** is the mean divided by the standard deviation of the era scores: reward per
# up-and-down. The **drawdown** is the deepest fall of the summed scores below their own
# peak: how bad it got before it got better. Let the example model meet a rival that
# learned another target, and a coin.

# %%
rivals = nl.data.load_benchmarks()
data_validation["rival"] = rivals[rivals.columns[-1]]
data_validation["coin"] = np.random.default_rng(0).random(len(data_validation))
scores = nl.scoring.corr(data_validation, ["example", "rival", "coin"])
nl.scoring.summary(scores)[["mean", "std", "sharpe", "max_drawdown", "positive"]].round(
    2
)

# %%
axes = nl.plots.score_lines(scores, title="Two models climb, the coin wanders")
# %% [markdown]
# Look at the coin: it has stretches in which it climbs, too. How long must you watch a
# leaderboard before it shows who is better?
#
# **Predict before you run.** Take every stretch of so many eras in a row. How often does
# the coin beat the example model over that stretch?

# %%
margin = scores["coin"] - scores["example"]
share = {n: (margin.rolling(n).sum().dropna() > 0).mean() for n in (1, 4, 12, 24)}
pd.Series(share, name="coin ahead").rename_axis("eras in a row").round(2)

# %% [markdown]
# Over single eras the coin is ahead surprisingly often; over longer stretches hardly
# ever. Between two *good* models it takes far longer, often longer than the record is.
#
# > **Then and now.** In 2021 the leaderboard was for bragging, and it still mostly is.
# > Since then seasons and titles have come back: a season's rank gives a title, and
# > titles give room for more models. What is paid depends on your own scores alone.

# %% [markdown]
# ### Exercise: sharpe_drawdown
#
# Write `sharpe_drawdown(scores)`: a Series of era scores goes in, a pair comes out, the
# Sharpe ratio (`ddof=0`, not annualised) and the deepest drawdown of the summed scores (a
# number that is not negative). The sum starts with the first era's score, so a loss there
# is no drawdown yet. (`nl.scoring.summary` has both: do without it.) For the scores
# `[0.03, -0.01, -0.02, 0.04]`, rounded here:
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
# There is a new era every week, but its target looks 20 trading days ahead: four weeks.
# So neighbouring eras are scored on mostly the same days. If this week went well, next
# week's score has three quarters of the same luck in it. The **autocorrelation** of the
# scores shows it: how alike are scores that lie so many eras apart?
#
# **Predict before you run.** With windows of four weeks, at which distance should the
# likeness end?

# %%
memory = nl.scoring.autocorrelation(scores["example"], lags=range(1, 11))
ax = nl.plots.score_memory(
    memory, horizon=4, title="Neighbouring rounds tell the same story"
)
# %% [markdown]
# The line is what shared days alone would give, if a model said the same about a stock
# week after week: three quarters, a half, a quarter, nothing. The bars lie below it,
# because the features change every week and the predictions with them, and they wobble,
# because sixty eras are few. Over five longer worlds they come out steadier; the datasheet
# has the figures beside the real ones.
#
# What does it cost? With autocorrelations $r_1, r_2, \dots$ the mean of $n$ rounds is
# only as certain as that of
#
# $$ \frac{n}{1 + 2\,(r_1 + r_2 + \dots)} $$
#
# independent ones. The sum ends before the first correlation that is not positive: what
# comes after it is chance.

# %%
worth = nl.scoring.effective_rounds(scores["example"])
mean, std = scores["example"].mean(), scores["example"].std()
print(f"{len(scores)} rounds are worth about {worth:.0f}")
print(
    f"mean CORR {mean:.3f} ± {std / np.sqrt(len(scores)):.3f} if they were independent"
)
print(f"mean CORR {mean:.3f} ± {std / np.sqrt(worth):.3f} as they are")

# %% [markdown]
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
# - computed the score of one era by hand, and of all eras in one line, today's and that
#   of 2021;
# - read track records by their mean, Sharpe ratio and drawdown, and saw how long a coin
#   can lead;
# - said how many independent rounds a track record is worth, and by how much its mean is
#   less certain than it looks.
#
# From here on the library does the counting: `nl.scoring.corr`, `nl.scoring.summary`.
# Numerai's own account of its scores is in its [documentation](https://docs.numer.ai).
