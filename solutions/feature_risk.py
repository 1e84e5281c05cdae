# ---
# jupyter:
#   numlearn:
#     question: Why did my best feature betray me?
#     minutes: 38
#     objectives:
#       - tell, in a world whose truth can be opened, chance from change in a feature that failed
#       - measure how much a model leans on each feature, with a control beside it
#       - take features out of a model, all of the way or part of it, and say what that costs
#     needs: ["{lesson:scoring}", the idea of a least-squares fit]
#     claims: [S1]
# ---

# %% [markdown]
# Here is a plan that everybody has on the first day: find the features that predicted
# best so far, and trust them. We have the training eras to find them in, and the
# validation eras to see what became of them.

# %% worlds=[30, 31, 32, 33, 34, 35, 36, 37]
world = nl.world.World.build(seed=seed, eras=249, features=42)
rules = nl.world.market.MarketRules(drift=0, regime=0)
still = nl.world.World.build(seed=seed, eras=249, features=42, market=rules)
features = world.features.names
past = world.panel(range(1, 97))
future = world.panel(range(97, 237), resolved=True)
model = nl.models.baseline("example", n_estimators=60, learning_rate=0.1, n_jobs=1)
model.fit(past[features], past["target"])
example = model.predict(future[features])

# %%
import numpy as np
import pandas as pd

features = nl.data.feature_sets()["small"]
past = nl.data.load("train").dropna(subset="target")
future = nl.data.load("validation").dropna(subset="target")
score_past = nl.scoring.corr(past, features).mean()
score_future = nl.scoring.corr(future, features).mean()
record = pd.DataFrame({"past": score_past, "future": score_future})

# %% [markdown]
# A feature is a ranking of stocks like any other, so it has a CORR in each era. Some
# point up and some down; a downward one is as useful as an upward one once it is turned
# round. So let every feature point the way in which it was right in the past.
#
# **Predict before you run.** All 42 bars of the past are then above zero. How many bars
# of the future will be?

# %%
import matplotlib.pyplot as plt

turned = record.mul(np.sign(record["past"]), axis=0)
turned = turned.sort_values("past", ascending=False).reset_index(drop=True)
with nl.plots.style():
    ax = turned.plot.bar(width=0.8, figsize=(8, 3.6))
    ax.set(xlabel="feature, best in the past first", ylabel="mean CORR", xticks=[])
    ax.set_title("The best of the past do well later, but less well than they did")
nl.plots.caption(
    ax,
    "Two bars for each of 42 features, sorted by the past: the past bars fall smoothly;"
    " the future bars of the best lie mostly below them, and further right some are"
    " below zero.",
)
plt.show()

# %%
best, name = turned.head(10), record["past"].abs().idxmax()
way = np.sign(record.loc[name, "past"])
whole = pd.concat([past, future])
path = way * nl.scoring.corr(whole, [name])[name]
in_past = path.index.isin(past["era"])
print(f"{(turned['future'] > 0).sum()} of {len(turned)} still point the same way,")
print(f"and {(best['future'] > 0).sum()} of the ten best; the mean CORR of those ten")
print(f"is {best['future'].mean() / best['past'].mean():.0%} of what it was,")
print(f"of the best one {path[~in_past].mean() / path[in_past].mean():.0%}")

# %% [markdown]
# For the ten best the plan does not collapse, it shrinks. Of the very best, into which you
# would have put the most, half is left. Why?
#
# ## 1. Who betrayed whom?
#
# There are two suspects. **Change**: what one earns for holding what a feature measures is
# called its **premium**, and premiums may fade as times change. And **chance**: the
# premium never was so large, but we picked the largest of 42 noisy records, and luck does
# not come along.
#
# In real data nobody can tell the two apart. Ours come from a world that was made, and its
# truth can be opened: its premiums wander, and rise and fall together. So let the same world
# run once more, with the same stocks, the same features and the same dice on every day.
# Only the premiums stand still. Whatever falls there falls by chance: that holds by
# construction. The rest of the fall is change.
#
# **Predict before you run.** How much of the fall will be left? (It takes some seconds.)

# %%
rules = nl.world.market.MarketRules(drift=0, regime=0)  # nothing drifts
still = nl.world.World.build(market=rules)  # all else is as in our data
again = still.panel(whole["era"].unique().astype(int), resolved=True)
whole["still"] = again["target"].reindex(whole.index)
path_still = way * nl.scoring.corr(whole, [name], "still")[name]
paths = pd.DataFrame({"as it was": path, "premiums still": path_still})
found = pd.DataFrame({"past": paths[in_past].mean(), "later": paths[~in_past].mean()})
found["fall"] = found["past"] - found["later"]
found.round(4)

# %%
promise = path[in_past].mean() * np.arange(1, len(path) + 1)
titles = ["1 The promise", "2 What came", "3 With premiums still"]
with nl.plots.style():
    figure, axes = plt.subplots(1, 3, figsize=(9, 3.3), sharey=True)
    for step, ax in enumerate(axes):
        ax.plot(promise, ls="--", color=nl.plots.COLORS["muted"], label="promise")
        shown = paths if step == 2 else paths[["as it was"]]
        shown = shown[in_past] if step == 0 else shown
        ax.plot(shown.cumsum().to_numpy(), label=shown.columns)
        ax.set(title=titles[step], xlabel="era", xticks=[0, in_past.sum(), 150])
    axes[0].set_ylabel("sum of CORR")
    axes[2].legend()
nl.plots.caption(
    axes,
    "Three panels of the best feature's summed CORR over 156 eras. First the training"
    " eras, and a dashed line that goes on as steeply; then the whole path, which falls"
    " behind that line; then beside it the path with premiums that stand still, which"
    " falls behind, and further.",
)
plt.show()

# %% [markdown]
# Look at the table: a good part of the fall is there even where nothing has changed. One
# world proves little. So here are eight others, each with 140 later eras, run beforehand.
# From here on ± is the **standard error**; over worlds: their standard deviation divided by
# the square root of their number.

# %% keep="falls"
found["fall"]

# %% stored="falls"
falls = nl.data.stored("falls")
parts = pd.DataFrame(
    {"the fall": falls["as it was"], "chance": falls["premiums still"]}
)
parts["change"] = parts["the fall"] - parts["chance"]
fell, mostly = parts["the fall"] > 0, parts["chance"] > parts["change"]
print(f"the best feature fell in {fell.sum()} of {len(parts)} worlds,")
print(f"in {(fell & mostly).sum()} of them more by chance than by change")
parts.agg(["mean", "sem"]).T.set_axis(["mean", "± error"], axis=1).round(4)

# %% [markdown]
# Change works both ways: of premiums that wander some grow as well. Chance works against
# whoever has picked a record: on average the luck in it stays behind. So it was we who
# flattered the feature, more than the feature that betrayed us: **what is picked for its
# record has, on average, a record that is too good.** (How far the premiums of Numerai's
# features wander, no outsider can open a world to see.)
#
# Nor can you know beforehand which luck will stay. What you can know is how much you have bet.
#
# ## 2. Exposure
#
# The **exposure** of a model to a feature is the correlation of its predictions with that
# feature in an era: how much the model leans on it, whether it meant to or not.

# %%
example = nl.data.load_example_predictions()["prediction"]
future["example"] = example
leaning = nl.scoring.exposure(future, ["example"], features)["example"]
by_feature = leaning.groupby("feature").mean().sort_values()
by_feature.iloc[[0, 1, 2, -3, -2, -1]].round(2)

# %% [markdown]
# Those are the three features that the example model leans against and on the most, on
# average over the eras. None of them comes near 1: a model of trees spreads its bets.
#
# Does leaning matter? Take a feature and split the eras in two: those in which its own CORR
# was above its median, and the others. The **gap** is the model's mean CORR in the former
# minus that in the latter. If the model goes down with what it leans on, the gap is above
# zero for features that it leans on, and below zero for those it leans against.
#
# **Predict before you run.** And for the ten features on which it leans least? They are our
# *control*: a gap that they show has another cause.

# %%
scores = nl.scoring.corr(future, ["example", *features])
good = scores[features] > scores[features].median()
mine = scores["example"]
gap = {f: mine[good[f]].mean() - mine[~good[f]].mean() for f in features}
lean = pd.DataFrame({"exposure": by_feature, "gap": gap})
place = lean["exposure"].abs().rank()
lean["leaned on"] = np.select([place <= 10, place > 32], ["least", "most"], "some")
wide = lean["gap"].abs().groupby(lean["leaned on"]).mean()
agree = (lean["exposure"] * lean["gap"] > 0).groupby(lean["leaned on"]).mean()
row = {"gap, ten most": wide["most"], "gap, ten least": wide["least"]}
row |= {"same sign, most": agree["most"], "same sign, least": agree["least"]}
pd.Series(row).round(3)

# %%
import seaborn as sns

looks = {"palette": nl.plots.PALETTE[:3], "hue_order": ["most", "some", "least"]}
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.8))
    looks |= {"hue": "leaned on", "style": "leaned on", "s": 60}
    sns.scatterplot(lean, x="exposure", y="gap", ax=ax, **looks)
    for line in (ax.axhline, ax.axvline):
        line(0, color=nl.plots.COLORS["rule"], zorder=0)
    ax.set(xlabel="mean exposure of the model", ylabel="gap in mean CORR")
    ax.set_title("The ten it leans on most pull it along; the control splits, too")
nl.plots.caption(
    ax,
    "Each of 42 features as a point, the model's exposure to the right and the gap"
    " upwards. The ten with the largest exposures have gaps with the sign of the"
    " exposure; the ten with the smallest have gaps of either sign, some as wide.",
)
plt.show()

# %% [markdown]
# Without the control we would have marvelled at every gap. Sixty eras that overlap are few,
# and one half of them may be better than the other for no reason at all: the ten features
# that the model hardly touches split it nearly as widely as the ten that it leans on most.
# What only those ten share is the *sign*. And with more eras, in the eight other worlds?

# %% keep="leaning"
row

# %% stored="leaning"
leaned = nl.data.stored("leaning")
wider = (leaned["gap, ten most"] > leaned["gap, ten least"]).sum()
print(f"the ten most leaned on have the wider gaps in {wider} of {len(leaned)} worlds")
leaned.agg(["mean", "sem"]).T.set_axis(["mean", "± error"], axis=1).round(3)

# %% [markdown]
# So leaning matters: a model goes up and down with what it leans on. The control's gap, its
# sign dropped, is smaller now. Besides what is left of chance, features come in families:
# two of them may show the same hidden cause, and then a model feels the one even if it only
# uses the other. No single feature of 42 decides its fate. But where thousands of models
# lean alike, so does the fund that trades on them.

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
# ## 3. Taking features out
#
# To **neutralize** predictions to some features, fit the features to the predictions by
# least squares, era by era, and subtract the fit. What is left has no linear relation to
# any of them: all exposures are zero. Subtract only a share of the fit and you get
# something in between.
#
# **Predict before you run.** Less risk, surely. And the reward? Think of the mean CORR, of
# its standard deviation, of the deepest drawdown, and of the Sharpe ratio.

# %%
shares, track, largest = [0, 0.25, 0.5, 0.75, 1.0], {}, {}
for share in shares:
    left = nl.scoring.neutralize(future, ["example"], features, proportion=share)
    track[share] = nl.scoring.corr(future, left)["example"]
    largest[share] = nl.scoring.max_exposure(future, left, features).mean().item()
dial = nl.scoring.summary(pd.DataFrame(track))[
    ["mean", "std", "sharpe", "max_drawdown"]
]
dial = dial.rename_axis("share taken out")
dial.assign(**{"largest exposure": largest}).round(
    {"mean": 4, "std": 4, "sharpe": 2, "max_drawdown": 3, "largest exposure": 3}
)

# %% [markdown]
# Now **move the share**. On the left are one era's stocks over one feature, the one that the
# model leans on or against most: watch the line through the means of the five bins. On the
# right you see what the same share does to the scores of all eras.

# %%
week = future[future["era"] == future["era"].max()]
favourite = by_feature.abs().idxmax()
bins, said = week[favourite], week["example"] - week["example"].mean()
fit = said - nl.scoring.era_neutralize(said, week[features])
beside = bins + np.random.default_rng(0).uniform(-0.3, 0.3, len(week))
relative = dial / dial.iloc[0]
labels = {"ylabel": "relative to none", "title": "What it does to the scores"}
told = """Left, an era's predictions over the five bins of a feature, with a line through
the bins' means, tilted while nothing is taken out and flat when all is. Right, four
lines over the share taken out, relative to none: the mean falls further than the
standard deviation, so the Sharpe ratio falls; the drawdown falls, and rises again."""


# %%
def tilt(share=0.0):
    """Draw a cloud of stocks, less a share of the fit, and what it costs."""
    rest = said - share * fit
    with nl.plots.style():
        _, (cloud, cost) = plt.subplots(1, 2, figsize=(10, 3.8))
        cloud.scatter(beside, rest, s=5, color=nl.plots.COLORS["muted"], linewidths=0)
        cloud.plot(rest.groupby(bins).mean(), "o-", color=nl.plots.COLORS["loss"])
        tilted = f"{share:.0%} taken out: exposure {rest.corr(bins):.2f}"
        cloud.set(xlabel=favourite, ylabel="prediction", ylim=(-0.8, 0.8), title=tilted)
        cost.plot(relative, "o-", label=relative.columns)
        cost.axvline(share, color=nl.plots.COLORS["ink"])
        cost.set(xlabel="share taken out", **labels)
        cost.legend()
    nl.plots.caption(cloud, told)
    plt.show()


nl.plots.explore(tilt, share=(0.0, 1.0, 0.05))

# %% [markdown]
# The line goes flat: nothing is left to lean on. And the price: the mean falls further than the
# standard deviation, so their ratio falls. The drawdown shrinks here, up to a point even faster
# than the mean; but it is a single event. Is any of that this world's accident?

# %% keep="dials"
dial.loc[[0, 0.5, 1], ["sharpe", "max_drawdown"]]

# %% stored="dials"
dials = nl.data.stored("dials")
before, after = dials[0.0], {"half": dials[0.5], "all": dials[1.0]}
for share, values in after.items():
    lower = (values["sharpe"] < before["sharpe"]).sum()
    deeper = (values["max_drawdown"] > before["max_drawdown"]).sum()
    print(f"{share} taken out, of {len(dials)} worlds: Sharpe ratio lower in {lower},")
    print(f"    drawdown deeper in {deeper}")

# %% [markdown]
# The lower ratio is no accident. The shallower drawdown is: with all taken out it is deeper
# elsewhere, likely because with less of a mean a fall takes longer to make up for.
#
# And these are Numerai's own example models, as the outputs stored in its public example
# notebooks show them between August 2023 and December 2025: before and after full
# neutralisation (`s` for the small feature set).

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
lost = 1 - official["mean neutral"] / official["mean"]
fell = (official["Sharpe neutral"] < official["Sharpe"]).sum()
print(f"the Sharpe ratio fell in {fell} of {len(official)} runs")
official.assign(**{"share of the mean lost": lost.round(2)})

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
# ## 4. What is yours alone
#
# **Feature-neutral correlation**, **FNC**, scores what is left: give the predictions a normal
# shape (`nl.eras.gaussianize`, as CORR does), neutralise them fully, and compute CORR of the
# rest. It asks how much of your score you owe to *combinations* of features, and how much to
# leaning on them one by one.
#
# **Predict before you run.** How much of a model's variance is left when its features are
# taken out, of the trees' and of a linear model's? And how much of their CORR?

# %%
line = nl.models.baseline("ridge", alpha=1000).fit(past[features], past["target"])
future["line"], both = line.predict(future[features]), ["example", "line"]
shaped = future.groupby("era")[both].transform(nl.eras.gaussianize)
rest = nl.scoring.neutralize(future.assign(**shaped), both, features)
left = rest.groupby(future["era"]).var().mean() / shaped.var()
corr, fnc = nl.scoring.corr(future, both), nl.scoring.fnc(future, both, features)
alone = pd.DataFrame({"variance left": left, "CORR": corr.mean(), "FNC": fnc.mean()})
alone["± error"] = fnc.std() / np.sqrt(nl.scoring.effective_rounds(fnc))
alone.round(4)

# %% [markdown]
# A line is a weighted sum of features, so taking them out should leave nothing. But a normal
# shape bends a straight line a little, and that crumb is what remains. CORR ranks it, as it ranks
# everything, and so blows it up to full size: the line's FNC is a score of crumbs, and need not be
# zero. Look at the variance before you believe in an FNC.
#
# Of the trees most of the variance is left, and a good part of their CORR. That is what no
# weighted sum can say: bends, and *interactions*, this feature only where that one is high. The world that made these data does
# contain such interactions, so here the trees are right to look for them.

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
# - opened a world's truth and saw that most of a best feature's fall was chance;
# - measured how much a model leans on each feature, and what that does in good and bad
#   eras for the feature, beside a control;
# - took features out of a model, and saw that the mean falls further than the standard
#   deviation.
#
# From here on the library does it for many models at once: `nl.scoring.exposure`,
# `nl.scoring.neutralize`, `nl.scoring.fnc`.
