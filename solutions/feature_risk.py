# ---
# jupyter:
#   numlearn:
#     question: Why did my best feature betray me?
#     minutes: 35
#     objectives:
#       - measure how much a model leans on each feature
#       - take features out of a model, all of the way or part of it
#       - say what that does to its mean, its ups and downs, and its Sharpe ratio
#     needs: ["{lesson:scoring}", the idea of a least-squares fit]
#     claims: [S1]
# ---

# %% [markdown]
# Here is a plan that everybody has on the first day: find the features that predicted
# best so far, and trust them. We have the training eras to find them in, and the
# validation eras to see what became of them.

# %%
import pandas as pd

features = nl.data.feature_sets()["small"]
past = nl.data.load("train").dropna(subset="target")
future = nl.data.load("validation").dropna(subset="target")
score_past = nl.scoring.corr(past, features).mean()
score_future = nl.scoring.corr(future, features).mean()
record = pd.DataFrame({"past": score_past, "future": score_future})
record["strength"] = record["past"].abs()

# %% [markdown]
# A feature is a ranking of stocks like any other, so it has a CORR in each era. Some
# point up and some down; a downward one is as useful as an upward one once it is turned
# round. So let every feature point the way in which it was right in the past.
#
# **Predict before you run.** All 42 bars of the past are then above zero. How many bars
# of the future will be?

# %%
import matplotlib.pyplot as plt
import numpy as np

turned = record[["past", "future"]].mul(np.sign(record["past"]), axis=0)
turned = turned.sort_values("past", ascending=False).reset_index(drop=True)
with nl.plots.style():
    ax = turned.plot.bar(width=0.8, figsize=(8, 3.6))
    ax.set(xlabel="feature, best in the past first", ylabel="mean CORR", xticks=[])
    ax.set_title("What a feature did promises more than it will do")
nl.plots.caption(
    ax,
    "Two bars for each of 42 features, sorted by the past: the past bars fall smoothly,"
    " the future bars scatter around smaller values, some of them below zero.",
)
plt.show()

# %%
best = turned.head(10)
kept = (best["future"] > 0).sum()
shrunk = best["future"].mean() / best["past"].mean()
print(f"of the ten best, {kept} still point the same way")
print(f"their mean CORR is {shrunk:.0%} of what it was")

# %% [markdown]
# On average, then, the plan does not collapse, it shrinks: some of the past was luck,
# because we picked the largest of many noisy numbers. But nobody lives on averages. Follow
# the very best one along the way, through past and future.

# %%
name = record["strength"].idxmax()
whole = pd.concat([past, future])
path = nl.scoring.corr(whole, [name]) * np.sign(record.loc[name, "past"])
path.columns = ["best feature"]
axes = nl.plots.score_lines(
    path, title="It kept its promise, and betrayed you on the way"
)

# %% [markdown]
# Look at the drawdown below the curve: stretches of many weeks in which the best feature
# of all was plainly wrong. Some of that is chance; some is that what a feature measures
# goes out of fashion for a while, or that everybody trades on it. You cannot tell the two
# apart in time. What you can know is **how much your model leans** on each feature.

# %% [markdown]
# ## 1. Exposure
#
# The **exposure** of a model to a feature is the correlation of its predictions with that
# feature in an era. A model with a large exposure has made a bet on that feature, whether
# it meant to or not: in an era that punishes the feature, it goes down with it.

# %%
future["example"] = nl.data.load_example_predictions()["prediction"]
leaning = nl.scoring.exposure(future, ["example"], features)["example"]
by_feature = leaning.groupby("feature").mean().sort_values()
by_feature.iloc[[0, 1, 2, -3, -2, -1]].round(2)

# %% [markdown]
# Those are the three features that the example model leans against and on the most, on
# average over the eras. None of them comes near 1: a model of trees spreads its bets.
#
# **Predict before you run.** Does leaning matter? Take the feature with the largest
# exposure and split the eras in two: those in which the feature itself scored above its
# average, and those below. In which half does the model do better, and by how much?

# %%
favourite = by_feature.abs().idxmax()
scores = nl.scoring.corr(future, ["example", favourite])
direction = np.sign(by_feature[favourite])
own = direction * scores[favourite]
good_eras = np.where(own > own.median(), "feature did well", "feature did badly")
scores.groupby(good_eras)["example"].agg(["mean", "std"]).round(3)

# %% [markdown]
# The model's fate hangs on a feature that is one of 42. Multiply that by all the features
# it leans on, and by all the users who have found the same ones, and you see why a fund
# that wants to be neutral cares: a bet that everybody makes is no longer a small one.

# %% [markdown]
# ### Exercise: exposure
#
# Write `exposure(predictions, features)` for one era: a Series of predictions and a
# table of features on the same index go in; a Series comes out, one correlation for each
# feature, by its name. For the predictions `[0.2, 0.4, 0.4, 0.6]` and the features
# `[1, 2, 3, 4]` and `[3, 0, 4, 1]`, rounded here:
#
# ```
# feature_a    0.949
# feature_b   -0.447
# ```


# %% exercise="exposure"
def exposure(predictions, features):
    """Return the correlation of an era's predictions with each feature."""
    # BEGIN SOLUTION
    return features.corrwith(predictions)
    # END SOLUTION


# %% [markdown]
# ## 2. Taking features out
#
# To **neutralize** predictions to some features, fit the features to the predictions by
# least squares, era by era, and subtract the fit. What is left has no linear relation to
# any of them: all exposures are zero. Subtract only a share of the fit and you get
# something in between.

# %%
shares = [0, 0.25, 0.5, 0.75, 1.0]
neutral = {
    share: nl.scoring.neutralize(future, ["example"], features, proportion=share)[
        "example"
    ]
    for share in shares
}
largest = {
    s: nl.scoring.max_exposure(future, p, features).mean().item()
    for s, p in neutral.items()
}
pd.Series(largest, name="largest exposure").rename_axis("share taken out").round(3)

# %% [markdown]
# **Predict before you run.** Less risk, surely. And the reward? Think of the mean CORR,
# of its standard deviation, and of the ratio of the two.

# %%
track = pd.concat(
    {s: nl.scoring.corr(future, p)["example"] for s, p in neutral.items()}, axis=1
)
dial = nl.scoring.summary(track)[["mean", "std", "sharpe", "max_drawdown"]]
dial.rename_axis("share taken out").round(
    {"mean": 4, "std": 4, "sharpe": 2, "max_drawdown": 3}
)

# %%
import seaborn as sns

relative = dial[["mean", "std", "sharpe"]] / dial[["mean", "std", "sharpe"]].iloc[0]
with nl.plots.style():
    ax = sns.lineplot(relative, markers=True)
    ax.set(
        xlabel="share of the features taken out", ylabel="relative to none taken out"
    )
    ax.set_title("Neutralising takes reward away faster than risk")
nl.plots.caption(
    ax,
    "Three lines over the share taken out, each relative to its start: the mean falls"
    " the most, the deviation less, so their ratio falls, too.",
)
plt.show()

# %% [markdown]
# One world, one model. Is that an accident? These are Numerai's own example models, as
# the outputs stored in its public example notebooks show them between August 2023 and
# December 2025: before and after full neutralisation (`s` for the small feature set).

# %%
official = pd.DataFrame(
    {
        "mean": [0.0158, 0.0238, 0.0213, 0.0235, 0.0272, 0.0170, 0.0165, 0.0124],
        "mean neutral": [0.0122, 0.0188, 0.0162, 0.0169, 0.0215, 0.011, 0.0107, 0.0074],
        "Sharpe": [0.74, 1.07, 0.95, 1.04, 1.21, 0.91, 0.89, 0.85],
        "Sharpe neutral": [0.70, 0.96, 0.84, 0.89, 1.17, 0.65, 0.63, 0.55],
    },
    index=["v4.1", "v4.2", "v4.2", "v4.3", "v5.0", "v5.0 s", "v5.1 s", "v5.2 s"],
)
official

# %%
lost = 1 - official["mean neutral"] / official["mean"]
fell = (official["Sharpe neutral"] < official["Sharpe"]).sum()
print(f"of the mean, between {lost.min():.0%} and {lost.max():.0%} is lost")
print(f"the Sharpe ratio fell in {fell} of {len(official)} runs")

# %% [markdown]
# In none of the eight did the Sharpe ratio rise, although the notebook around these numbers
# speaks of an improvement. So do not neutralise because it sounds prudent. Neutralise
# when you know what the leaning costs you: when many others lean the same way ({lesson:contribution}),
# or when one feature dominates. In the same notebooks, taking out *one group* of features
# sometimes raised the ratio a little.
#
# > **Then and now.** In 2021 many users neutralised fully or by half, and the tournament
# > showed a feature-neutral score beside the plain one. It was never what the Classic
# > tournament paid. Signals did pay on neutralised scores, and still does.

# %% [markdown]
# ### Exercise: neutralize
#
# Write `neutralize(predictions, features, proportion)` for one era: a Series, a table on
# the same index and a number between 0 and 1 go in; a Series on it comes out. Fit the
# features *and a constant* by least squares, and subtract that share of the fit. Features may
# be constant or repeat each other, which `np.linalg.lstsq` does not mind. For predictions
# `[1, 2, 3, 6]`, one feature `[0, 1, 2, 3]` and the proportion 0.5:
#
# ```
# [0.7, 0.9, 1.1, 3.3]
# ```


# %% exercise="neutralize"
def neutralize(predictions, features, proportion):
    """Return predictions without a share of what the features explain."""
    # BEGIN SOLUTION
    columns = features.assign(constant=1)
    slopes = np.linalg.lstsq(columns, predictions)[0]
    return predictions - proportion * (columns @ slopes)
    # END SOLUTION


# %% [markdown]
# ## 3. What is yours alone
#
# **Feature-neutral correlation**, FNC, scores what is left: give the predictions a normal
# shape, neutralise them fully, and compute CORR of the rest. It asks how much of your
# score you owe to *combinations* of features, and how much to leaning on them one by one.
# A straight line of the features has nothing left by construction. What about trees?
#
# **Predict before you run.** Which share of the example model's CORR survives? And of a
# linear model's?

# %%
from sklearn.linear_model import Ridge

line = Ridge(alpha=1000).fit(past[features], past["target"])
future["line"] = line.predict(future[features])
both = ["example", "line"]
corr, fnc = nl.scoring.corr(future, both), nl.scoring.fnc(future, both, features)
pd.DataFrame({"CORR": corr.mean(), "FNC": fnc.mean()}).round(4)

# %% [markdown]
# The line's FNC is about zero, as it must be. What survives of the trees is what they
# found in *interactions*: this feature only where that one is high. The world that made
# these data does contain such interactions, so here the trees are right to look for them.

# %% [markdown]
# ### Exercise: feature_neutral_corr
#
# Write `feature_neutral_corr(predictions, features, target)` for one era and return one
# number. You have met all three steps: `nl.eras.gaussianize`, `nl.scoring.era_neutralize`
# and `nl.scoring.era_corr`. The three arguments have the same index. For the predictions
# `[0.3, 0.1, 0.7, 0.9, 0.4]`, one feature `[0, 1, 2, 4, 3]` and the targets
# `[0.5, 0.25, 0.75, 0.5, 1]`, rounded here:
#
# ```
# 0.390
# ```


# %% exercise="feature_neutral_corr"
def feature_neutral_corr(predictions, features, target):
    """Return the CORR of what the features do not explain."""
    # BEGIN SOLUTION
    shaped = nl.eras.gaussianize(predictions)
    rest = nl.scoring.era_neutralize(shaped, features)
    return nl.scoring.era_corr(rest, target)
    # END SOLUTION


# %% quiz="feature_risk"

# %% [markdown]
# ## In this notebook you
#
# - measured how much a model leans on each feature, and what that does in good and bad
#   eras for the feature;
# - took features out of a model, all of the way and part of it;
# - saw that the mean falls, the deviation falls less, and the Sharpe ratio usually falls
#   with them, here and in eight of eight official runs.
#
# From here on the library does it for many models at once: `nl.scoring.exposure`,
# `nl.scoring.neutralize`, `nl.scoring.fnc`.
