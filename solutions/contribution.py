# ---
# jupyter:
#   numlearn:
#     question: Is being right enough?
#     minutes: 35
#     objectives:
#       - take one prediction out of another, so that only the rest counts
#       - compute what a model contributes to the metamodel, by the rule of 2021 and today's
#       - say who is paid when correlation is paid, and who when contribution is
#     needs: ["lessons {number:scoring} and {number:metamodel}"]
#     claims: [S29]
# ---

# %% [markdown]
# Four people send predictions. One has copied the metamodel of the round. One submits the
# opposite of it. One submits noise. And one has a simple model of her own: a straight
# line through the features, no trees, nothing fancy. Who helps the fund?

# %%
import numpy as np
from sklearn.linear_model import Ridge

features = nl.data.feature_sets()["small"]
past = nl.data.load("train").dropna(subset="target")
panel = nl.data.load("validation").dropna(subset="target")
panel["metamodel"] = nl.data.load_metamodel()["numerai_meta_model"]
rng = np.random.default_rng(0)

panel["copycat"] = panel["metamodel"] + 0.02 * rng.normal(size=len(panel))
panel["contrarian"] = 1 - panel["metamodel"]
panel["noise"] = rng.random(len(panel))
panel["original"] = (
    Ridge(1000).fit(past[features], past["target"]).predict(panel[features])
)
cast = ["copycat", "original", "noise", "contrarian"]

# %%
scores_corr = nl.scoring.corr(panel, cast)
nl.scoring.summary(scores_corr)[["mean", "std", "sharpe"]].round(3)

# %% [markdown]
# If being right were all, the copycat would be a fine participant: always about as right
# as everybody together. And yet the fund could delete her tomorrow and lose nothing. It
# *has* the metamodel. What it cannot make for itself is what the metamodel does not know.
#
# > The metamodel here is that of a small synthetic crowd. Everything else is as in the
# > lessons before: a made-up market whose truth is known.

# %% [markdown]
# ## 1. Taking the crowd out of you
#
# Think of a prediction as an arrow, with one coordinate for each stock. Part of your
# arrow points the same way as the metamodel's, the rest points somewhere else. The rest is
# what is left when the part along the metamodel is subtracted: your arrow made
# **orthogonal** to it.
#
# $$ \text{own} = v - u\,\frac{v \cdot u}{u \cdot u} $$

# %%
one_era = panel[panel["era"] == panel["era"].min()]
shaped = nl.eras.gaussianize(one_era[["metamodel", *cast]])
own = {
    name: nl.scoring.orthogonalize(
        shaped[name].to_numpy(), shaped["metamodel"].to_numpy()
    )
    for name in cast
}
print({name: round(float(np.std(rest)), 2) for name, rest in own.items()})

# %% [markdown]
# Before, every arrow had a length of about 1 (the normal shape sees to that). After, the
# copycat is a stub and the contrarian is nothing at all: the opposite of the metamodel
# points along the same line, only backwards. Noise and the original have nearly all of
# their length left. Being different is easy. Being different *and right* is the trick.

# %% [markdown]
# ### Exercise: orthogonalize
#
# Write `orthogonalize(v, u)` for two arrays of the same length (`u` is not all 0), and
# return what is left of `v` without what points along `u`. For
# `v = np.array([3.0, 1.0, 2.0])` and `u = np.array([1.0, 1.0, 0.0])`:
#
# ```
# [ 1. -1.  2.]
# ```


# %% exercise="orthogonalize"
def orthogonalize(v, u):
    """Return what is left of v without the part along u."""
    # BEGIN SOLUTION
    return v - u * (v @ u) / (u @ u)
    # END SOLUTION


# %% [markdown]
# ## 2. Contribution
#
# **MMC**, the metamodel contribution, asks whether your rest points towards the target.
# Both sides get a normal shape; the metamodel is taken out of you; the target, stretched
# to 0 … 4 and centred, is multiplied in; divide by the number of stocks. It is a
# covariance, not a correlation: a small rest counts little, however well it points.
#
# **Predict before you run.** Put the four on a map: CORR to the right, MMC upwards. Where
# does each stand?

# %%
import matplotlib.pyplot as plt

scores_mmc = nl.scoring.mmc(panel, cast, metamodel="metamodel")
worth = nl.scoring.effective_rounds(scores_corr)
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(7, 4.5))
    for name in cast:
        x, y = scores_corr[name].mean(), scores_mmc[name].mean()
        spread = scores_mmc[name].std() / np.sqrt(worth[name])
        ax.errorbar(x, y, yerr=spread, fmt="o", capsize=4)
        ax.annotate(name, (x, y), xytext=(8, 8), textcoords="offset points")
    ax.set(xlabel="mean CORR", ylabel="mean MMC", xmargin=0.15)
    ax.set_title("Being right and adding something are two directions")
nl.plots.caption(
    ax,
    "A map of four models, mean CORR to the right and mean MMC upwards, with one"
    " standard error: the copycat far right on the zero line, the contrarian far left.",
)
plt.show()

# %%
import pandas as pd

error = scores_mmc.std() / np.sqrt(worth)
table = {"CORR": scores_corr.mean(), "MMC": scores_mmc.mean(), "± MMC": error}
pd.DataFrame(table).round(4) + 0.0

# %% [markdown]
# The copycat and the contrarian have an MMC of about zero *by construction*: they point
# along the metamodel's line, and that is taken out. Noise is zero on average, give or take
# its error. The original is the only one of the four whose place is a finding and not
# arithmetic. Look at how its MMC compares with its own error bar before you believe it.

# %% [markdown]
# ### Exercise: mmc
#
# Write `mmc(predictions, metamodel, target)` for one era: three Series on the same index
# go in, nothing missing, targets between 0 and 1; one number comes out.
# `nl.eras.gaussianize` and `nl.scoring.orthogonalize` are yours to use. For predictions
# `[0.2, 0.3, 0.9, 0.4]`, the metamodel `[0.5, 0.1, 0.8, 0.7]` and targets
# `[0.25, 0.5, 0.25, 0.75]`:
#
# ```
# 0.177
# ```


# %% exercise="mmc"
def mmc(predictions, metamodel, target):
    """Return what an era's predictions contribute to the metamodel."""
    # BEGIN SOLUTION
    mine, crowd = nl.eras.gaussianize(predictions), nl.eras.gaussianize(metamodel)
    own = nl.scoring.orthogonalize(mine, crowd)
    bins = 4 * (target - target.mean())
    return float(bins @ own / len(target))
    # END SOLUTION


# %% [markdown]
# ## 3. Then and now
#
# When the first page about all this was written, in March 2021, MMC was optional: you were
# paid for CORR, and could stake on MMC on top, at half, once or twice. It was also
# computed differently: uniform ranks instead of normal shapes, averaged over twenty blends
# of a random two thirds of the stakers. Here is the form with one blend, beside today's.

# %%
today = nl.scoring.mmc(panel, cast, metamodel="metamodel").round(9) + 0.0
in_2021 = nl.scoring.mmc_2021(panel, cast, metamodel="metamodel").round(9) + 0.0
pd.DataFrame(
    {"today": today.mean(), "2021": in_2021.mean(), "alike": today.corrwith(in_2021)}
).round(3)

# %% [markdown]
# `alike` is the correlation of the two over the eras. Where a model has anything of its
# own they tell the same story on different scales. (For the contrarian both are rounding
# errors, and the correlation of rounding errors means nothing.)
#
# > **Then and now.** 2021: CORR, and MMC if you chose it. April 2022: MMC no longer paid.
# > January 2024: 0.5 × CORR + 2 × MMC for everybody. January 2026: 0.75 and 2.25. From
# > round 1343, in August 2026: 3 and 15, on targets of 60 days.
#
# **Predict before you run.** Who is paid under which of these? Count the copycat's money
# first.

# %%
rules = {
    "CORR only (2021)": (1, 0),
    "2021 with MMC twice": (1, 2),
    "January 2024": (0.5, 2),
    "January 2026": (0.75, 2.25),
    "August 2026": (3, 15),
    "MMC only": (0, 1),
}
score = pd.DataFrame(
    {
        rule: a * scores_corr.mean() + b * scores_mmc.mean()
        for rule, (a, b) in rules.items()
    }
)
score.T.round(3) + 0.0

# %% [markdown]
# One row a rule, the mean score that is paid on. (The two rules of 2021 are computed with
# today's scores, to compare like with like, and August 2026 pays on 60-day targets, which
# we do not use here.) The copycat earns under every rule that pays CORR. Only where CORR
# counts for nothing does she go home with nothing. That is not an oversight: being as right
# as everybody, with a stake behind it, still tells the fund which blend to trust. But it
# is why the weight of MMC has grown.
#
# > **In the real tournament** nobody can copy *this* round's metamodel: it does not exist
# > until all have submitted. One can copy the last one, or Numerai's published benchmark
# > models. Over the 355 daily rounds 843 to 1197 those benchmarks had a mean CORR of .014
# > to .018 and a mean MMC between -.005 and +.0003: right, and not additive. Good
# > participants, picked afterwards by their success, had an MMC of +.004 to +.006.

# %% [markdown]
# Why *negative*? Try it. Let the crowd lean too much on one model: blend the metamodel
# with ever more of the original, and score the original against it.

# %%
blend = nl.eras.gaussianize
crowded = {}
for share in (0, 0.25, 0.5, 0.75, 0.9):
    parts = panel.groupby("era")[["metamodel", "original"]].transform(blend)
    panel["crowded"] = (1 - share) * parts["metamodel"] + share * parts["original"]
    crowded[share] = (
        nl.scoring.mmc(panel, "original", metamodel="crowded").mean().item()
    )
pd.Series(crowded, name="MMC").rename_axis("share of the original in the crowd").round(
    4
)

# %% [markdown]
# The more of a model the crowd has already, the less it adds, and past a point it
# subtracts: the crowd would be better with *less* of it. (At the far end the number
# creeps back towards zero, because then the crowd is the model and nothing is left.)
# Nothing about the model itself changed.
# Contribution is a property of you *and* the others, which makes it the one part of the
# tournament in which you do compete.
#
# > **Caution.** An MMC is small and noisy: it needs even more rounds than CORR to be told
# > from zero. Do not raise a stake on a season of it. Nothing here is financial advice.

# %% [markdown]
# ### Exercise: mmc_2021
#
# Write `mmc_2021(predictions, metamodel, target)` for one era, the form with one blend;
# the same three Series go in, and one number comes out. Make predictions and metamodel
# uniform with `nl.eras.position_rank` and center them; take the metamodel out; return the
# covariance of the rest with the target (divided by n - 1), divided by 0.29². For the
# example of the exercise before:
#
# ```
# 0.223
# ```


# %% exercise="mmc_2021"
def mmc_2021(predictions, metamodel, target):
    """Return the contribution to one blend as the example script of 2021 has it."""
    # BEGIN SOLUTION
    mine = nl.eras.position_rank(predictions)
    crowd = nl.eras.position_rank(metamodel)
    own = nl.scoring.orthogonalize(mine - mine.mean(), crowd - crowd.mean())
    return float(own.cov(target) / 0.29**2)
    # END SOLUTION


# %% quiz="contribution"

# %% [markdown]
# ## In this notebook you
#
# - took one prediction out of another, and saw that a copy leaves nothing;
# - computed contribution by the rule of 2021 and by today's;
# - saw who is paid: a copycat wherever CORR is paid, an original where contribution is,
#   and a crowded model less and less.
#
# From here on the library does it for the whole crowd: `nl.scoring.mmc`, and
# `nl.scoring.mmc_2021`.
