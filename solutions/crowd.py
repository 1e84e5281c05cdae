# ---
# jupyter:
#   numlearn:
#     question: Can thousands of amateurs beat a small desk?
#     minutes: 42
#     objectives:
#       - blend many predictions into one that is better than its members
#       - foresee the score of a crowd from its members' skill and similarity
#       - say when a crowd is wise, and when it is only large
#     needs: ["lessons {number:scoring} and {number:models}"]
#     claims: [S5, S41]
# ---

# %% [markdown]
# A fund usually has a desk: a few well-paid people who learned the same things at the same
# places. Numerai made the opposite bet, thousands of amateurs with ideas of their own. We
# can have both, and let them compete. First the desk: five strong models of trees that
# have read all features and all training eras. They differ in one thing, a random seed. (The
# next two cells take about ten seconds each.)

# %% worlds=[20, 21, 22, 23, 24]
folder = nl.world.classroom(eras=160, seed=seed, models=False)
past = nl.data.load("train", source=folder)
future = nl.data.load("validation", every=2, source=folder).dropna(subset="target")
features = nl.data.feature_sets(folder)["small"]

# %%
import pandas as pd

past = nl.data.load("train")
future = nl.data.load("validation", every=2).dropna(subset="target")
desk = {}
for seed in range(5):
    settings = {"n_estimators": 60, "learning_rate": 0.1, "n_jobs": 1}
    quant = nl.models.baseline("example", random_state=seed, **settings)
    desk[f"quant {seed}"] = nl.models.fit_predict(quant, past, future)["target"]
desk = pd.DataFrame(desk)

# %% [markdown]
# An amateur has an evening. She picks three features and a quarter of the eras. Three
# features with five values each have 125 combinations, which she numbers from 0 to 124. For
# each she writes down how the target did on average (where she saw few rows, less of it, as
# it may be chance). That table is her model.

# %%
import numpy as np

features = nl.data.feature_sets()["small"]
values_past, values_future = past[features].to_numpy(), future[features].to_numpy()
era_past, outcome = past["era"].astype(int).to_numpy(), past["target"].to_numpy() - 0.5


def amateur(rng):
    """Return what one amateur predicts for the future."""
    chosen = rng.choice(len(features), 3, replace=False)
    read = np.isin(era_past, rng.choice(np.unique(era_past), 24, replace=False))
    number = values_past[read][:, chosen] @ [25, 5, 1]  # (4, 0, 2) is number 102
    rows = np.bincount(number, minlength=125)
    table = np.bincount(number, outcome[read], minlength=125) / (rows + 50)
    return table[values_future[:, chosen] @ [25, 5, 1]].astype("float32")


rng = np.random.default_rng(0)
crowd = pd.DataFrame({n: amateur(rng) for n in range(500)}, index=future.index)

# %%
import matplotlib.pyplot as plt
import seaborn as sns

each, each_quant = nl.scoring.corr(future, crowd), nl.scoring.corr(future, desk)
skill, skill_desk = each.mean(), each_quant.mean()
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.4))
    color = nl.plots.COLORS["users"]
    sns.histplot(skill, bins=30, color=color, alpha=1, label="500 amateurs", ax=ax)
    lines = {"color": nl.plots.COLORS["fund"], "transform": ax.get_xaxis_transform()}
    ax.vlines(skill_desk, 0, 1, label="the desk's five", **lines)
    ax.legend(loc="upper left")
    ax.set(xlabel="mean CORR in the validation eras", ylabel="number of models")
    ax.set_title("No contest, one by one")
nl.plots.caption(
    ax,
    "Histogram of the mean CORR of 500 amateurs, a heap around a small number with its"
    " edge below zero, and five lines of the desk's models far to the right of it.",
)
plt.show()

# %% [markdown]
# Nobody would hire these amateurs. Most know a little; some did worse than nothing here.
#
# > As before, the market is made up and its truth is known, so both sides read the
# > same data. It says what *can* happen, not what happens at Numerai.
#
# ## 1. One opinion out of many
#
# To blend models, first bring them to one scale: in each era, rank each model's
# predictions and give the ranks a normal shape. Then take the mean. Nobody can shout, and
# whoever has no opinion about a stock is in the middle.
#
# **Predict before you run.** Where in the picture above will the blend of all 500 stand?
# In the heap, at its right edge, or outside it?

# %%
by_era = crowd.groupby(future["era"])
shaped = pd.concat(nl.eras.gaussianize(rows).astype("float32") for _, rows in by_era)
blends = pd.DataFrame({"the crowd": shaped.mean(axis=1)})
blends["the desk"] = nl.metamodel.equal_weighted(future, desk)
scores = nl.scoring.corr(future, blends)
records = {
    "a typical amateur": each.mean(axis=1),
    "the best amateur, seen afterwards": each[skill.idxmax()],
    "a typical quant": each_quant.mean(axis=1),
}
records = pd.DataFrame(records).join(scores)
error = records.std() / nl.scoring.effective_rounds(records) ** 0.5
pd.DataFrame({"mean CORR": records.mean(), "±": error}).round(4)

# %% [markdown]
# (± is the standard error, here and below: how far such a mean is off by chance, with
# overlapping rounds counted for what they are worth, as in {lesson:scoring}.)
#
# The mean of 500 weak opinions is far better than a typical one, and better than the best. It
# is no mean of scores: the *predictions* were averaged, and much of what was wrong with them
# cancelled. The desk's blend gains as well, but little. And who wins?

# %%
rival = scores["the desk"].mean()
lead = scores["the crowd"] - scores["the desk"]
lead_error = lead.std() / np.sqrt(nl.scoring.effective_rounds(lead))
print(f"the crowd's lead over the desk: {lead.mean():.4f} ± {lead_error:.4f} a round")
print(f"the crowd is ahead in {(lead > 0).mean():.0%} of the rounds")

# %% [markdown]
# ### Exercise: rank_average
#
# Write `rank_average(panel, models)`: a table with an `era` column, and a list of those
# columns that are models to be blended. Return a Series on the table's index: the mean of
# these models, after each was given a normal shape (`nl.eras.gaussianize`) within each era.
# No prediction is missing. For the models `["ana", "bo"]` of the table
# `pd.DataFrame({"era": ["0007"] * 3, "ana": [1, 2, 3], "bo": [10, 0, 100]})`:
#
# ```
# 0   -0.484
# 1   -0.484
# 2    0.967
# dtype: float64
# ```


# %% exercise="rank_average"
def rank_average(panel, models):
    """Return the equal-weighted blend of models."""
    # BEGIN SOLUTION
    shaped = panel.groupby("era")[models].transform(nl.eras.gaussianize)
    return shaped.mean(axis=1)
    # END SOLUTION


# %% [markdown]
# ## 2. Why it works, and where it ends
#
# Strip it down. What a model says is a little truth, plus an error that all models share,
# plus an error of its own. Here are twelve stocks, and an error that the eye can see. First
# one model; then forty, each with an error of its own; then forty again, whose errors are
# just as large, but half of their variance is shared.
#
# **Predict before you run.** Where will the mean of the forty lie, in the second picture
# and in the third?

# %%
own, truth = np.random.default_rng(2).normal(size=(41, 12)), np.arange(12) / 4 - 1.4
said = {"One model is wrong": truth + own[:1], "Own errors cancel": truth + own[:40]}
said["Shared errors stay"] = truth + (own[:40] + own[40]) / np.sqrt(2)
with nl.plots.style():
    figure, axes = plt.subplots(1, 3, sharey=True, figsize=(9, 3.6))
    for ax, (title, opinions) in zip(axes, said.items()):
        ax.plot(truth, opinions.T, ".", color=nl.plots.COLORS["users"], alpha=0.4)
        ax.plot(truth, truth, color=nl.plots.COLORS["ink"], label="the truth")
        ax.plot(truth, opinions.mean(axis=0), "D", ms=5, label="mean of the models")
        ax.set(xlabel="how good the stock is", title=title)
    axes[0].set_ylabel("how good it is said to be")
    axes[0].legend(loc="upper left")
nl.plots.caption(
    axes,
    "Three pictures of twelve stocks, how good each is said to be over how good it is: one"
    " model scatters about the line of truth; the mean of forty lies close to it; the mean"
    " of forty that share half of their error lies off it, by the shared half.",
)
plt.show()

# %% [markdown]
# That is all there is to it, and two lines turn it into a number. Give every model the same
# spread, 1. Let $c$ be its *skill*, its correlation with the outcome, and $s$ the
# **similarity**, the correlation of two models with each other. Now take the mean of $n$ of
# them:
#
# - with the outcome it varies together as much as one model does, $c$, for a mean of equal
#   numbers is that number;
# - its own variance is the mean of an $n × n$ table of all pairs, which holds $n$ times a 1
#   and $n (n - 1)$ times an $s$: that makes $(1 + (n - 1)\, s) / n$.
#
# A correlation is the first, divided by the square root of the second:
#
# $$ c \, \sqrt{\frac{n}{1 + (n - 1)\, s}} $$
#
# Such a formula is called a *closed form*: it needs no simulation. As $n$ grows it comes ever
# nearer to a **limit**, $c / \sqrt{s}$, where all own errors are gone and only shared ones
# are left.

# %% [markdown]
# Now move it. The dashed line is a desk: five strong models, alike, of a skill of .03 and a
# similarity of .9. The curve is a crowd of weak ones.
#
# **Predict before you run.** Each of the weak has a third of the skill, .01, and a
# similarity of .05. How many of them match the five (the *break-even*)? Then move *similarity* up, slowly, and
# watch the limit; see which *skill* makes up for it; and at last move *skill* below zero.

# %%
few = nl.metamodel.ensemble_corr(0.03, 0.9, 5)


def a_crowd(size=20, skill=0.01, similarity=0.05):
    """Draw what a crowd reaches, by its size, beside the five strong ones."""
    curve = nl.metamodel.ensemble_corr(skill, similarity, np.arange(1, 501))
    needed = nl.metamodel.break_even_crowd(skill, similarity, few)
    with nl.plots.style():
        ax = plt.figure(figsize=(8, 4)).subplots()
        ax.semilogx(np.arange(1, 501), curve, label="the crowd, by its size")
        ax.plot(size, curve[size - 1], "o", ms=9, color=nl.plots.COLORS["ink"])
        ax.axhline(skill / similarity**0.5, ls=":", label="the crowd's limit")
        ax.axhline(few, ls="--", c=nl.plots.COLORS["loss"], label="five strong ones")
        ax.set(xlabel="number of models", ylabel="CORR of the blend")
        ax.set(xticks=[1, 10, 100], xticklabels=[1, 10, 100], ylim=(-0.05, 0.08))
        ax.set_title(f"{size} score {curve[size - 1]:.3f}; matching the five: {needed}")
        ax.legend(loc="lower right")
    nl.plots.caption(
        ax,
        "The CORR of a crowd's blend over its size, rising towards a dotted limit, a dot"
        " at the chosen size, and a dashed line for five strong models that are alike.",
    )
    plt.show()


nl.plots.explore(
    a_crowd, size=(1, 500, 1), skill=(-0.01, 0.03, 0.002), similarity=(0.01, 0.9, 0.01)
)

# %% [markdown]
# It takes no more of them than fit into a classroom, and the strong ones are at their limit
# already: a sixth would repeat what five have said. Make the crowd alike and its curve is
# flat: beyond a few members size does nothing. Where the limit lies below the dashed line, the
# title says `inf`: no number of such models is enough. And below zero the curve falls as it
# rose above: a crowd whose members are misled is more surely wrong than any of them.
#
# Does the formula hold? Draw models with the skill and similarity that we want, many eras of
# them, and score their blend.


# %%
def simulated(skill, similarity, models, eras=200, stocks=4000):
    """Return the mean score of the blend of so many models, and its standard error."""
    scores = []
    for _ in range(eras):
        outcome, shared = rng.standard_normal((2, stocks), dtype="float32")
        own = rng.standard_normal((models, stocks), dtype="float32").mean(axis=0)
        blend = skill * outcome + np.sqrt(similarity - skill**2) * shared
        blend += np.sqrt(1 - similarity) * own
        scores.append(np.corrcoef(blend, outcome)[0, 1])
    return np.mean(scores), np.std(scores) / np.sqrt(eras)


# %%
tried = {}
for kind in [(0.03, 0.9, 5), (0.01, 0.05, 5), (0.01, 0.05, 20), (0.01, 0.05, 500)]:
    foreseen = nl.metamodel.ensemble_corr(*kind)
    tried[kind] = [*simulated(*kind), foreseen, kind[0] / np.sqrt(kind[1])]
tried = pd.DataFrame(tried, ["simulated", "±", "formula", "limit"]).T
tried.rename_axis(["skill", "similarity", "models"]).round(4)

# %% [markdown]
# Simulated and foreseen agree within about two errors. A *simulated* mean may even stand
# above the limit, by its error: the limit binds what is to be expected, and not each draw.
#
# Mark what this shows, and what not. It holds *by construction*: we put in skill and
# similarity, and the formula is arithmetic about them. Whoever picks the two numbers picks
# the winner. Whether amateurs *are* that skilled and that different cannot be simulated. It
# must be measured.
#
# ### Exercise: ensemble_corr
#
# Write `ensemble_corr(corr, similarity, models)` for three numbers: the score that a blend
# of so many models reaches. For `ensemble_corr(0.02, 0.25, 5)`, shown to four digits:
#
# ```
# 0.0316
# ```


# %% exercise="ensemble_corr"
def ensemble_corr(corr, similarity, models):
    """Return the CORR of a blend of so many models."""
    # BEGIN SOLUTION
    return corr * np.sqrt(models / (1 + (models - 1) * similarity))
    # END SOLUTION


# %% [markdown]
# ## 3. Measure, then foresee
#
# Back to our 500 amateurs and the desk. How skilled is a model on average, and how similar
# are two of them within an era? Put both into the formula, and compare what it foresees
# with what the blends scored. (To compare all pairs of five hundred takes some seconds.)


# %%
def skill_and_similarity(predictions):
    """Return the mean correlation with the target, and of two models with each other."""
    by_era, target = predictions.groupby(future["era"]), future["target"]
    tables = [
        np.corrcoef(nl.eras.gaussianize(rows).T, target[rows.index])
        for _, rows in by_era
    ]
    table, others = np.mean(tables, axis=0), ~np.eye(predictions.shape[1], dtype=bool)
    return table[:-1, -1].mean(), table[:-1, :-1][others].mean()


# %%
plain, similar = skill_and_similarity(crowd)
columns = {
    "skill": [skill.mean(), skill_desk.mean()],
    "similarity": [similar, skill_and_similarity(desk)[1]],
    "models": [500, 5],
    "measured": scores.mean(),
}
contest = pd.DataFrame(columns, index=["the crowd", "the desk"])
inputs = [contest[name] for name in ("skill", "similarity", "models")]
contest["foreseen"] = nl.metamodel.ensemble_corr(*inputs)
contest["limit"] = contest["skill"] / np.sqrt(contest["similarity"])
contest.round(4)

# %% [markdown]
# **Predict before you run.** Now take random parts of the crowd, from 5 amateurs to all of
# them. Will they follow the line? And will it reach the desk?

# %%
every_size, dots = np.arange(1, 501), {"size": [], "CORR": []}
for n in (5, 10, 20, 50, 100, 200, 500):
    tries = 6 if n < 500 else 1
    parts = [shaped[rng.choice(500, n, replace=False)] for _ in range(tries)]
    means = pd.DataFrame({i: part.mean(axis=1) for i, part in enumerate(parts)})
    dots["CORR"] += list(nl.scoring.corr(future, means).mean())
    dots["size"] += [n] * len(parts)
foreseen = nl.metamodel.ensemble_corr(skill.mean(), similar, every_size)

# %%
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 4))
    ax.semilogx(every_size, foreseen, label="foreseen by the formula")
    ax.plot(dots["size"], dots["CORR"], "o", label="a random part of the crowd")
    ax.axhline(rival, color=nl.plots.COLORS["loss"], ls="--", label="the desk")
    ax.set(xlabel="amateurs in the blend", ylabel="mean CORR", ylim=(0, 1.2 * rival))
    ax.set(xticks=[1, 10, 100], xticklabels=[1, 10, 100])
    ax.set_title("The crowd follows its line, and the line ends below the desk")
    ax.legend(loc="lower right")
nl.plots.caption(
    ax,
    "Mean CORR of random parts of the crowd over their size: the dots follow the curve of"
    " the formula, end a little above it, and stay below the dashed line of the desk.",
)
plt.show()

# %%
off = scores["the crowd"].mean() / foreseen[-1] - 1
by_era = blends["the crowd"].groupby(future["era"])
blend = by_era.corr(future["target"]).mean()
exact = nl.metamodel.ensemble_corr(plain, similar, 500)
needed = nl.metamodel.break_even_crowd(skill.mean(), similar, rival)
print(f"all 500 score {off:+.0%} against what the formula foresees")
print(f"by plain correlation: foreseen {exact:.4f}, measured {blend:.4f}")
print(f"amateurs needed to reach the desk: {needed}")

# %% [markdown]
# By plain correlation the formula is an identity, within an era and for any models (with
# the *mean* skill and the *mean* similarity of a pair), and nothing is left to find out.
# CORR looks hard at the tails, where the coarse table of one amateur has only lumps and the
# blend of many is smooth, so the blend does a little better than foreseen.
#
# And the desk wins here. Its five are much alike, and yet the crowd's *limit*
# lies below it, even with that little more. `inf` says that no number of such amateurs would
# be enough: they have too much in common for what each of them knows. One world, though.
# The same code on five others, run beforehand:

# %% stored="crowd_and_desk"
worlds = nl.data.stored("crowd_and_desk")
here = pd.DataFrame({"lead": lead.mean(), "error": lead_error}, ["here"])
six = pd.concat([here, worlds])
mean, its_error = six["lead"].mean(), six["lead"].std() / 6**0.5
print(f"mean lead over six worlds: {mean:.4f} ± {its_error:.4f}")
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.4))
    names = six.index.astype(str)
    ax.errorbar(1000 * six["lead"], names, xerr=2000 * six["error"], fmt="o", capsize=4)
    ax.axvline(0, color=nl.plots.COLORS["ink"], lw=1)
    ax.set(xlabel="the crowd's lead (thousandths of CORR)", ylabel="world")
    ax.set_title("The crowd is clearly ahead in none of six worlds")
nl.plots.caption(
    ax,
    "The crowd's lead over the desk in six worlds, with bars of two standard errors:"
    " every bar reaches below zero, and some lie below it as a whole.",
)
plt.show()

# %% [markdown]
# The bars are *two* errors wide to each side. Five hundred models, each with a fraction of
# a professional's skill, mostly come close to the desk, level or behind in five of six
# worlds, and **clearly ahead in none**; on the mean of all six they are behind by two
# errors. That is what this experiment supports: not "a crowd beats a desk", but "skill that
# is spread thin adds up, as far as people differ".
#
# > **In the real tournament**, over the 355 daily rounds 843 to 1197 (September 2024 to
# > early 2026, as a public repository, numerai-vladthestaker, recorded them), the metamodel
# > had a mean CORR of .0231, two of Numerai's public benchmark models .0156 and .0158, and
# > the best of some successful users, picked afterwards, .0229. The rounds are worth about
# > 18, so each mean has an error near .005; as all rise and fall together, a *difference*
# > has .002 to .004. That crowd was two to four errors above what all can download, and
# > level with the best of these users.

# %% [markdown]
# > **Then and now.** In 2021 the users were said to be the whole desk: no quants in the
# > house. Today Numerai publishes benchmark models of its own, and anybody may stake on
# > them. The line between desk and crowd has become thin. (A press page counted about 5,154
# > staked models in January 2023.) Nothing here is financial advice.
#
# ### Exercise: break_even_crowd
#
# Write `break_even_crowd(corr, similarity, rival)`: the smallest number of models whose
# blend reaches the rival's score, exactly or by more. It is 1 if one model does, and
# `np.inf` if no number does; a crowd comes ever nearer to its limit and never reaches it.
# `rival` is above 0, `corr` may be 0 or below, and `similarity` lies between 0 and 1, both
# included. For `break_even_crowd(0.01, 0.05, 0.03)`:
#
# ```
# 16
# ```


# %% exercise="break_even_crowd"
def break_even_crowd(corr, similarity, rival):
    """Return how many models it takes to reach a rival's CORR."""
    # BEGIN SOLUTION
    if corr >= rival:
        return 1
    if rival * np.sqrt(similarity) >= corr:
        return np.inf
    models = rival**2 * (1 - similarity) / (corr**2 - rival**2 * similarity)
    return np.ceil(models)
    # END SOLUTION


# %% [markdown]
# ## 4. When a crowd is only large
#
# The wisdom has two conditions, and both can fail. First: opinions must differ. Let a
# hundred amateurs find the notebook of a typical one of them, and move towards it by half or
# by nine tenths.
#
# **Predict before you run.** What happens to the score of each, and to that of their blend?
# (About ten seconds.)

# %%
public = shaped[skill.sort_values().index[len(skill) // 2]]
hundred, copied = shaped.iloc[:, :100], {}
for share in (0, 0.5, 0.9):
    copies = ((1 - share) * hundred).add(share * public, axis=0)
    blend = nl.scoring.corr(future, copies.mean(axis=1).rename("blend")).mean().item()
    alone = nl.scoring.corr(future, copies).mean()
    copied[share] = {
        "each": alone.mean(),
        "share who gain": (alone > skill.iloc[:100]).mean(),
        "similarity": skill_and_similarity(copies)[1],
        "blend": blend,
    }
pd.DataFrame(copied).T.rename_axis("share copied").round(4)

# %% keep="crowd_and_desk"
row = {"amateur": skill.mean(), "best amateur": skill.max(), "similarity": similar}
row |= {**scores.mean(), "lead": lead.mean(), "error": lead_error}
for share, name in {0: "own", 0.5: "half"}.items():
    row |= {f"{name} {what}": copied[share][what] for what in ("each", "blend")}
row | {"share who gain": copied[0.5]["share who gain"]}

# %%
columns = ["best amateur", "the crowd", "share who gain", "own blend", "half blend"]
worlds[columns].round(4)

# %% [markdown]
# (`own`: nobody copies; `half`: all move half of the way. Both blends are of the hundred;
# `the crowd` is of all five hundred, and even that beats its own best member, seen
# afterwards, in only four of them.)
#
# Most of those who move half of the way score *better* than before, here and in all five
# other worlds: two opinions are better than one. And their blend, which is what the fund
# trades, loses half of what it had, or more. Most did what was good for them. At nine
# tenths there is one opinion left, a hundred times.
#
# Second: there must be some skill on average, as you saw below zero. A crowd multiplies what
# it knows, whatever its sign; where nobody knows anything it stays at nothing, up to chance,
# however large it is. So whoever runs a crowd needs a way to tell who knows something, and to
# reward those who differ. The next lessons are about that: the weights ({number:metamodel}),
# the pay for being different ({number:contribution}), and trust ({number:why_stake}).

# %% quiz="crowd"

# %% [markdown]
# ## In this notebook you
#
# - blended 500 weak predictions into one that is better than the best of them;
# - foresaw a crowd's score from skill and similarity, exactly where it is arithmetic and
#   closely where it is not;
# - saw that a crowd is wise as far as its members know something and differ, and that a
#   strong desk can stay ahead of it.
#
# The library's names for these are `nl.metamodel.equal_weighted`,
# `nl.metamodel.ensemble_corr` and `nl.metamodel.break_even_crowd`.
