# ---
# jupyter:
#   numlearn:
#     question: Is being right enough?
#     minutes: 38
#     objectives:
#       - take one prediction out of another, so that only the rest counts
#       - compute what a model contributes to the metamodel, by the rule of 2021 and today's
#       - say who is paid when correlation is paid, and who when contribution is
#     needs: ["lessons {number:scoring} and {number:metamodel}"]
#     claims: [S29]
# ---

# %% [markdown]
# Four people send predictions. A *copycat* has copied the metamodel of the round. An *opposing*
# one submits the opposite of it, a *random* one noise. And an *honest* one has a simple model of
# her own: a straight line through the features, no trees, nothing fancy. Who helps the fund?
#
# The metamodel is that of thirty users of all kinds, over 104 weekly rounds of a made-up
# market (`nl.world.run`, some ten seconds the first time).

# %%
import numpy as np
import pandas as pd
from numlearn.world.tournament import Live

seed = 4
season = nl.world.run(seed, rules="2026-01", rounds=104, users=30)
rounds = [Live(season.arena, n, []) for n in range(1, 105)]
panel = season.panel[["era", "target", "metamodel"]].copy()
rng = np.random.default_rng(seed)
panel["copycat"] = panel["metamodel"] + 0.1 * rng.normal(size=len(panel))
panel["opposing"] = -panel["metamodel"]
panel["random"] = rng.normal(size=len(panel))
panel["honest"] = np.concatenate([live.base("line") for live in rounds])
cast = ["copycat", "honest", "random", "opposing"]

# %%
scores_corr = nl.scoring.corr(panel, cast)
error_corr = scores_corr.std() / nl.scoring.effective_rounds(scores_corr) ** 0.5
pd.DataFrame({"CORR": scores_corr.mean(), "±": error_corr}).round(4)

# %% [markdown]
# (± is the standard error, here and below, with overlapping rounds counted for what they are
# worth, as in {lesson:scoring}.)
#
# If being right were all, the *copycat* would be a fine participant: about as right as everybody
# together. And yet the fund could delete her tomorrow and lose nothing. It *has* the
# metamodel. What it cannot make for itself is what the metamodel does not know.
#
# > **Caution.** This world was picked out of a few because a contribution can be seen in it.
# > Seven others, which nobody picked, follow in section 2.

# %% [markdown]
# ## 1. Taking the crowd out of you
#
# Think of a prediction as an arrow, with one coordinate for each stock. In so many dimensions
# nobody can draw, but two directions are enough here: along the metamodel, and away from it.
# A part of your arrow is its **shadow** on the metamodel's line. Subtract the shadow, and what
# is left is at a right angle to the metamodel: **orthogonal** to it. With $v$ for you and $u$
# for the metamodel:
#
# $$ \text{own} = v - u\,\frac{v \cdot u}{u \cdot u} $$
#
# **Predict before you run.** All four arrows have the same length (the normal shape sees to
# that). How much will be left of each?

# %%
one_era = panel[panel["era"] == panel["era"].min()]
shaped = nl.eras.gaussianize(one_era[["metamodel", *cast]])
crowd, arrows = shaped["metamodel"].to_numpy(), {}
for name in cast:
    own = nl.scoring.orthogonalize(shaped[name].to_numpy(), crowd)
    shadow = shaped[name].to_numpy() @ crowd / (crowd @ crowd)
    arrows[name] = {"shadow": shadow, "left": np.std(own)}
arrows = pd.DataFrame(arrows).T
arrows.round(2) + 0.0

# %%
import matplotlib.pyplot as plt

titles = "1. Four arrows", "2. Their shadows", "3. What is left"
with nl.plots.style():
    figure, axes = plt.subplots(1, 3, sharey=True, figsize=(10, 3.6))
    for n, (name, (x, y)) in enumerate(arrows.iterrows()):
        look, low = {"color": nl.plots.PALETTE[n], "label": name}, -0.08 * (n + 1)
        paths = ([0, x], [0, y]), ([0, x], [low, low]), ([x, x], [0, y])
        for ax, title, path in zip(axes, titles, paths):
            ax.plot([0, x, x], [0, y, low], lw=1, alpha=0.4, color=look["color"])
            ax.plot(*path, lw=4, marker="o", markevery=[1], **look)
            ax.set(title=title, xlabel="along the metamodel", ylim=(-0.4, 1.6))
    axes[0].set_ylabel("away from it")
    axes[0].legend(loc="upper center", ncols=2)
nl.plots.caption(
    axes,
    "Three pictures of four arrows of equal length. Their shadows on the metamodel's line:"
    " long for the copycat, backwards for opposing, none for random. What is left, at"
    " a right angle: a stub of the copycat, nothing of opposing, most of the honest one, and"
    " all of random.",
)
plt.show()

# %% [markdown]
# The copycat is a stub and the opposing one is nothing at all: the opposite of the metamodel
# lies on the same line, only backwards. Random and honest have most of their length left.
# (The shadows are drawn one below the other. And in truth the two point in quite different
# directions away from the metamodel; the picture has only one for all that is "away".) Being different is easy. Being different *and right* is
# the trick.

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
# **MMC**, the metamodel contribution, asks whether what is left of you points towards the
# target $t$. Both sides get a normal shape, the metamodel is taken out of you, and then, over
# the $n$ stocks of a round,
#
# $$ \text{MMC} = \frac{1}{n} \sum 4\,(t - \bar t) \cdot \text{own} $$
#
# It is a covariance, not a correlation: a small rest counts little, however well it points.
# Why times 4? The five bins 0, ¼, … 1 become the whole numbers 0 … 4, whose spread is near 1,
# as that of a normal shape is. So an MMC of .01 and a correlation of .01 are of about the same
# size. And this is nothing new: it is what {lesson:metamodel} called *beyond the rest*, your
# correlation less your likeness times the crowd's, but for that spread.

# %%
with_target = shaped.corrwith(one_era["target"])
beyond = with_target[cast] - arrows["shadow"] * with_target["metamodel"]
spread = 4 * one_era["target"].std(ddof=0)
mmc_now = nl.scoring.mmc(one_era, cast, metamodel="metamodel").iloc[0]
table = {"beyond the rest": beyond, "times the spread": spread * beyond, "MMC": mmc_now}
pd.DataFrame(table).round(4) + 0.0

# %% [markdown]
# **Predict before you run.** Put the four on a map, over all rounds: CORR to the right, MMC
# upwards. Where does each stand? And twenty *other* noises: how far from zero will they come by
# luck alone?

# %%
noises = pd.DataFrame(rng.normal(size=(len(panel), 20)), panel.index)
noises = noises.add_prefix("noise ")
lucky = [nl.scoring.corr(panel, noises).mean()]
lucky += [nl.scoring.mmc(panel, noises, metamodel="metamodel").mean()]
scores_mmc = nl.scoring.mmc(panel, cast, metamodel="metamodel")
worth = nl.scoring.effective_rounds(scores_mmc)  # MMC's own rounds, not those of CORR
error = scores_mmc.std() / worth**0.5
table = {"CORR": scores_corr.mean(), "± CORR": error_corr}
table = pd.DataFrame(table | {"MMC": scores_mmc.mean(), "± MMC": error})
table.round(4) + 0.0

# %%
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 4.5))
    ax.plot(*lucky, ".", color=nl.plots.COLORS["muted"], label="twenty noises")
    for color, (name, (x, dx, y, dy)) in zip(nl.plots.PALETTE, table.iterrows()):
        ax.errorbar(x, y, dy, dx, fmt="o", capsize=4, color=color, label=name)
    ax.axhline(0, color=nl.plots.COLORS["ink"], lw=1)
    ax.set(xlabel="mean CORR, ± standard error", ylabel="mean MMC, ± standard error")
    ax.set_title("Being right and adding something are two directions")
    ax.legend(loc="upper left")
nl.plots.caption(
    ax,
    "A map of four models and twenty noises, mean CORR to the right and mean MMC upwards:"
    " the copycat far right on the zero line, opposing far left on it, the noises"
    " scattered about the middle, the honest one to the right and above zero.",
)
plt.show()

# %% [markdown]
# The copycat and the opposing one have an MMC of about zero *by construction*: they point
# along the metamodel's line, and that is taken out. Noise is zero on average, and the twenty
# show how wide "on average" is. The honest one is the only one whose place is a finding and not
# arithmetic. Look at her error before you believe it: some noises stand nearly as high. So here
# is the same in seven worlds that nobody picked.

# %% worlds=[1, 2, 3, 5, 6, 7, 8] keep="originals"
found = table.loc["honest"].to_dict()
found | {"copycat's MMC": table.loc["copycat", "MMC"], "noise's MMC": lucky[1].mean()}

# %% stored="originals"
originals = nl.data.stored("originals")
mean, error = originals["MMC"].mean(), originals["MMC"].std() / len(originals) ** 0.5
above = (originals["MMC"] > 0).sum()
print(f"the honest one's MMC over the worlds: {mean:.4f} ± {error:.4f}")
print(f"above zero in {above} of {len(originals)}")
originals.round(4)

# %% [markdown]
# In a single world two years are too short: her MMC is mostly below its error. Over the
# worlds there is something, and it is small beside her CORR, for most of what a line knows
# the crowd knows too.

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
# ## 3. What it is good for
#
# {Lesson:metamodel} measured your **uplift**: the metamodel's CORR with you less that without
# you. MMC is its slope at the start, but for the spread. Give somebody a small share of the
# blend: the blend gains about that share times what goes beyond the rest.
#
# **Predict before you run.** And if the share grows, to a tenth, to a half?

# %%
everybody = panel.groupby("era")[["metamodel", *cast]].transform(nl.eras.gaussianize)
base = nl.scoring.corr(panel, "metamodel").mean().item()
shares = [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5]
uplift = pd.DataFrame(index=shares, columns=cast, dtype=float)
for name in cast:
    pairs = {w: (1 - w) * everybody["metamodel"] + w * everybody[name] for w in shares}
    uplift[name] = nl.scoring.corr(panel, pd.DataFrame(pairs)).mean() - base
slope = scores_mmc.mean() / (4 * panel["target"].std())

# %%
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 4))
    for color, name in zip(nl.plots.PALETTE[:3], cast):
        ax.plot(shares, 1000 * uplift[name], color=color, label=name)
        ax.axline((0, 0), slope=1000 * slope[name], color=color, ls=":", lw=1.5)
    ax.set(xlabel="share of the blend", ylabel="uplift (thousandths of CORR)")
    ax.set(ylim=(-3, 2))
    ax.set_title("MMC says how an uplift starts, and not how far it goes")
    ax.legend(loc="lower left")
nl.plots.caption(
    ax,
    "Uplift over the share of the blend for copycat, honest and random, each with a dotted"
    " line of the slope that its MMC gives: the honest one's bends down as the share"
    " grows, the random one's at once, the copycat's not at all.",
)
plt.show()

# %% [markdown]
# At first the honest one follows her line. Then she bends down: a large share brings not only
# what you know but also your errors, and nothing cancels them. (The opposing one is not
# drawn: with less than half of the blend she leaves the order of the stocks as it was.) And
# MMC pays the last NMR behind you as it pays the first.
#
# Now move it. `copied` is how much of the metamodel the honest one mixes into her own
# predictions; `share` is her share of the blend. Watch CORR, MMC and uplift: which two go
# together?


# %%
def copying(copied=0.0, share=0.1):
    """Draw the honest one's arrow and scores if she copies a part of the metamodel."""
    her = (1 - copied) * everybody["honest"] + copied * everybody["metamodel"]
    with_her = (1 - share) * everybody["metamodel"] + share * her / her.std()
    corr = nl.scoring.corr(panel, pd.DataFrame({"her": her, "both": with_her})).mean()
    added = nl.scoring.mmc(panel, her.rename("her"), metamodel="metamodel")
    x = her.corr(everybody["metamodel"])
    with nl.plots.style():
        _, (left, ax) = plt.subplots(1, 2, figsize=(9, 3.6))
        left.plot([0, x], [0, (1 - x**2) ** 0.5], lw=4, marker="o", markevery=[1])
        left.set(xlabel="along the metamodel", ylabel="away from it")
        left.axis([0, 1.1, 0, 1.1])
        heights = 1000 * np.array(
            [corr["her"], added["her"].mean(), corr["both"] - base]
        )
        ax.bar(["CORR", "MMC", "uplift"], heights, color=nl.plots.PALETTE[:3])
        ax.set(ylabel="thousandths", title=f"{copied:.0%} copied", ylim=(-5, 40))
    nl.plots.caption(
        [left, ax],
        "Her arrow beside the metamodel, and bars of her CORR, MMC and uplift.",
    )
    plt.show()


nl.plots.explore(
    copying,
    copied=(0.0, 1.0, 0.05),
    share=(0.0, 0.5, 0.05),
)

# %% [markdown]
# As she copies, her arrow lies down, her CORR rises to the crowd's, and MMC and uplift go to
# nothing together.

# %% [markdown]
# ## 4. Then and now
#
# When the first page about all this was written, in March 2021, MMC was optional: you were
# paid for CORR, and could stake on MMC on top, at half, once or twice. It was also
# computed differently: uniform ranks instead of normal shapes, averaged over twenty blends
# of a random two thirds of the stakers, and divided by 0.29²: .29 is the spread of a uniform
# number between 0 and 1, so this too brings a covariance to about the size of a correlation.
# Here is the form with one blend, beside today's.

# %%
today = nl.scoring.mmc(panel, cast, metamodel="metamodel").round(9) + 0.0
in_2021 = nl.scoring.mmc_2021(panel, cast, metamodel="metamodel").round(9) + 0.0
pd.DataFrame(
    {"today": today.mean(), "2021": in_2021.mean(), "alike": today.corrwith(in_2021)}
).round(3)

# %% [markdown]
# `alike` is the correlation of the two over the eras. Where a model has anything of its
# own they tell the same story on different scales. (For the opposing one both are rounding
# errors, and the correlation of rounding errors means nothing.)
#
# > **Then and now.** 2021: CORR, and MMC if you chose it. May 2022 to the end of 2023: MMC is
# > not paid; besides CORR one could stake on **TC**, true contribution, which asked by how much
# > more stake on you would have changed the return of the fund's own portfolio. January 2024:
# > 0.5 × CORR + 2 × MMC for everybody, TC unpaid. January 2026: 0.75 and 2.25. From round 1343,
# > in August 2026: 3 and 15, on targets of 60 days.
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
# Compare within a row only: mean scores paid on. (The two rules of 2021 are computed with
# today's scores, to compare like with like, and August 2026 pays on 60-day targets, which
# we do not use here. TC is missing: it needs the fund's own portfolio.) The copycat earns
# under every rule that pays CORR, for being as right as everybody, and the fund gets
# nothing for it. That speaks for MMC, and its weight has grown.
#
# > **In the real tournament** nobody can copy *this* round's metamodel: it does not exist
# > until all have submitted. One can copy the last one, or Numerai's published benchmark
# > models. Over the 355 daily rounds 843 to 1197 those benchmarks had a mean CORR of .014
# > to .018 and a mean MMC between -.005 and +.0003: right, and not additive. Good
# > participants, picked afterwards by their success, had an MMC of +.004 to +.006. (Those
# > rounds are worth some 18, so each of these has an error near .002.)

# %% [markdown]
# Why *negative*? Try it. Let the crowd lean too much on one model: blend the metamodel
# with ever more of the honest one, and score her against it.

# %%
crowded = {}
for share in (0, 0.25, 0.5, 0.75, 0.9):
    leaning = share * (everybody["honest"] - everybody["metamodel"])
    panel["crowded"] = everybody["metamodel"] + leaning
    added = nl.scoring.mmc(panel, "honest", metamodel="crowded")
    crowded[share] = added["honest"].mean()
crowded = pd.Series(crowded, name="MMC")
crowded.rename_axis("share of the honest one in the crowd").round(4)

# %% [markdown]
# The more of a model the crowd has already, the less it adds, and past a point it may
# subtract: the crowd would be better with *less* of it. (At the far end the number creeps
# back towards zero, because then the crowd is the model and nothing is left.) Nothing about
# the model itself changed. Contribution is a property of you *and* the others, which makes
# it the one score in which you do compete.
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
# - computed contribution by the rule of 2021 and by today's, and saw it as the start of an
#   uplift;
# - saw who is paid: a copycat wherever CORR is paid, an honest model of one's own where contribution is,
#   and a crowded model less and less.
#
# From here on the library does it for the whole crowd: `nl.scoring.mmc`, and
# `nl.scoring.mmc_2021`.
