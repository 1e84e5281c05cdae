# ---
# jupyter:
#   numlearn:
#     question: Can thousands of amateurs beat a small desk?
#     minutes: 35
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
# have read all features and all training eras. They differ in one thing, a random seed.

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
# An amateur has an evening. She picks three features and a quarter of the eras, and writes
# down for each of the 5 × 5 × 5 combinations how the target did on average (a cell with few
# rows is drawn towards nothing special). That table is her model.

# %%
import numpy as np

features = nl.data.feature_sets()["small"]
values_past, values_future = past[features].to_numpy(), future[features].to_numpy()
era_past, outcome = past["era"].astype(int).to_numpy(), past["target"].to_numpy() - 0.5


def amateur(rng):
    """Return what one amateur predicts for the future."""
    chosen = rng.choice(len(features), 3, replace=False)
    read = np.isin(era_past, rng.choice(np.unique(era_past), 24, replace=False))
    cell = values_past[read][:, chosen] @ [25, 5, 1]
    rows = np.bincount(cell, minlength=125)
    table = np.bincount(cell, outcome[read], minlength=125) / (rows + 50)
    return table[values_future[:, chosen] @ [25, 5, 1]].astype("float32")


rng = np.random.default_rng(0)
crowd = pd.DataFrame({n: amateur(rng) for n in range(500)}, index=future.index)

# %%
import matplotlib.pyplot as plt
import seaborn as sns

skill = nl.scoring.corr(future, crowd).mean()
skill_desk = nl.scoring.corr(future, desk).mean()
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
# Nobody would hire these amateurs. Most know a little; some are worse than nothing.
#
# > As before, the market is made up and its truth is known, so both sides read the
# > same data. It says what *can* happen, not what happens at Numerai.

# %% [markdown]
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
means = {
    "a typical amateur": skill.mean(),
    "the best amateur, seen afterwards": skill.max(),
}
means |= {"a typical quant": skill_desk.mean()} | scores.mean().to_dict()
pd.Series(means, name="mean CORR").round(4).to_frame()

# %% [markdown]
# The mean of 500 weak opinions is far better than any one of them, the best included. It is
# no mean of scores: the *predictions* were averaged, and what was wrong with them
# cancelled. The desk's blend gains as well, but little. And who wins?

# %%
rival = scores["the desk"].mean()
lead = scores["the crowd"] - scores["the desk"]
error = lead.std() / np.sqrt(nl.scoring.effective_rounds(lead))
print(f"the crowd's lead over the desk: {lead.mean():.4f} ± {error:.4f} a round")
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
# Strip it down. Each model's prediction is a little *skill*, plus an error that all share,
# plus an error of its own. Own errors cancel in the mean; shared ones do not. So two numbers
# tell the story: the skill $c$ of a model, its correlation with the outcome, and the
# *similarity* $s$, the correlation of two models with each other. Then $n$ of them reach
#
# $$ c \, \sqrt{\frac{n}{1 + (n - 1)\, s}} $$
#
# which grows towards a limit, $c / \sqrt{s}$, that no number of models exceeds.
#
# **Predict before you run.** Strong and alike: five models of skill .03 and similarity .9.
# Weak and diverse: skill .01 and similarity .05. How many weak ones beat the five?


# %%
def simulate(models, skill, similarity, stocks=4000):
    """Return one era: the predictions, models × stocks, and the outcome."""
    outcome, shared = rng.standard_normal((2, stocks), dtype="float32")
    own = rng.standard_normal((models, stocks), dtype="float32")
    known = skill * outcome + np.sqrt(similarity - skill**2) * shared
    return known + np.sqrt(1 - similarity) * own, outcome


# %%
def simulated_scores(skill, similarity, sizes, eras=200):
    """Return the mean score of the first n models' blend, for several n."""
    scores = []
    for _ in range(eras):
        predictions, outcome = simulate(max(sizes), skill, similarity)
        blends = predictions.cumsum(axis=0)[np.array(sizes) - 1]
        scores.append([np.corrcoef(blend, outcome)[0, 1] for blend in blends])
    spread = np.std(scores, axis=0) / np.sqrt(eras)
    return pd.DataFrame({"mean": np.mean(scores, axis=0), "std": spread}, sizes)


# %%
sizes = np.array([5, 10, 20, 50, 100, 200, 500])
strong = simulated_scores(0.03, 0.9, [5]).loc[5, "mean"]
weak = simulated_scores(0.01, 0.05, sizes)
every_size = np.arange(1, 501)
formula = nl.metamodel.ensemble_corr(0.01, 0.05, every_size)
ax = nl.plots.crowd_curve(
    weak, pd.Series(formula, every_size), title="A diverse crowd soon passes the desk"
)
ax.axhline(strong, color=nl.plots.COLORS["loss"], ls="--", label="five strong ones")
ax.set_xscale("log")
ax.set_xticks([1, 10, 100], ["1", "10", "100"])
legend = ax.legend(frameon=False)

# %%
few = nl.metamodel.ensemble_corr(0.03, 0.9, 5)
limits = {"strong, alike": 0.03 / np.sqrt(0.9), "weak, diverse": 0.01 / np.sqrt(0.05)}
print(f"five strong ones: simulated {strong:.3f}, formula {few:.3f}")
print({name: round(float(limit), 3) for name, limit in limits.items()})
print("weak ones needed:", nl.metamodel.break_even_crowd(0.01, 0.05, few))

# %% [markdown]
# Each weak model has a third of the skill, and it takes no more of them than fit into a
# classroom. The strong ones are at their limit already: a sixth would repeat what five have
# said.
#
# Mark what this shows, and what not. The points follow the line *by construction*, up to
# chance (the bars are standard errors): we put in skill and similarity, and the formula is
# arithmetic about them. Whoever picks the two numbers picks the winner. Whether amateurs
# *are* that skilled and that different cannot be simulated. It must be measured.

# %% [markdown]
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
# with what the blends scored.


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
measured = {}
for n in sizes:
    parts = [shaped[rng.choice(500, n, replace=False)] for _ in range(6)]
    means = pd.DataFrame({i: part.mean(axis=1) for i, part in enumerate(parts)})
    measured[n] = nl.scoring.corr(future, means).mean()
measured = pd.DataFrame(measured).agg(["mean", "std"]).T
foreseen = nl.metamodel.ensemble_corr(skill.mean(), similar, every_size)
ax = nl.plots.crowd_curve(measured, pd.Series(foreseen, every_size))
ax.axhline(rival, color=nl.plots.COLORS["loss"], ls="--", label="the desk")
ax.set(xscale="log", ylim=(0, 1.2 * rival))
ax.set_xticks([1, 10, 100], ["1", "10", "100"])
legend = ax.legend(frameon=False)

# %%
off = (measured["mean"] / foreseen[sizes - 1] - 1).iloc[-1]
by_era = blends["the crowd"].groupby(future["era"])
blend = by_era.corr(future["target"]).mean()
exact = nl.metamodel.ensemble_corr(plain, similar, 500)
needed = nl.metamodel.break_even_crowd(skill.mean(), similar, rival)
print(f"all 500 score {off:+.0%} against what the formula foresees")
print(f"by plain correlation: foreseen {exact:.4f}, measured {blend:.4f}")
print(f"amateurs needed to reach the desk: {needed}")

# %% [markdown]
# By plain correlation the formula is an identity, within an era and for any models, and
# nothing is left to find out. CORR looks hard at the tails, where the coarse table of one
# amateur has only lumps and the blend of many is smooth, so the blend does a little better
# than foreseen.
#
# And the desk wins. Its five are as alike as we expected, and yet the crowd's *limit* lies
# below it, even with that little more. `inf` says that no number of such amateurs would be
# enough: they have too much in common for what each of them knows. One world, though. The
# same code on five others, run beforehand:

# %% keep="crowd_and_desk"
worlds = {"an amateur": skill.mean(), "similarity": similar, **scores.mean()}
worlds | {"lead": lead.mean(), "error": error}

# %% stored="crowd_and_desk"
nl.data.stored("crowd_and_desk").round(4)

# %% [markdown]
# Five hundred models, each with a fraction of a professional's skill, mostly come close;
# where they are level or ahead it is by less than the error, and once they stay far behind.
# That is what this experiment supports: not "a crowd beats a desk", but "skill that is
# spread thin adds up, as far as people differ".

# %% [markdown]
# > **In the real tournament** a press page counted about 5,154 staked models in January
# > 2023. In the 355 daily rounds 843 to 1197 (September 2024 to early 2026, as a public
# > repository, numerai-vladthestaker, recorded them) the metamodel had a mean CORR of
# > .0231. Of Numerai's own public benchmark models two had .0156 and .0158, and the best of
# > some successful users, picked afterwards, .0229. So that crowd was well above what
# > everybody can download, and level with the best of its members.
#
# > **Then and now.** In 2021 the users were said to be the whole desk: no quants in the
# > house. Today Numerai publishes benchmark models of its own, and anybody may stake on
# > them. The line between desk and crowd has become thin. Nothing here is financial advice.

# %% [markdown]
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

# %%
public = shaped[skill.sort_values().index[len(skill) // 2]]
copied = {}
for share in (0, 0.5, 0.9):
    copies = (1 - share) * shaped.iloc[:, :100].add(
        share / (1 - share) * public, axis=0
    )
    blend = copies.mean(axis=1).rename("blend")
    copied[share] = {
        "each": nl.scoring.corr(future, copies).mean().mean(),
        "similarity": skill_and_similarity(copies)[1],
        "blend": nl.scoring.corr(future, blend).mean().item(),
    }
pd.DataFrame(copied).T.rename_axis("share copied").round(4)

# %% [markdown]
# Each of the hundred who moves half of the way scores *better* than before: two opinions are
# better than one. And their blend, which is what the fund trades, loses most of what it had.
# Everybody did what was good for them. At nine tenths there is one opinion left, a hundred
# times.
#
# Second: there must be some skill on average. Back to the simulation, with five hundred
# models that know a little, less, nothing, and less than nothing.

# %%
knowing = {}
for c in (0.01, 0.003, 0, -0.003):
    scored = simulated_scores(c, 0.05, [500], eras=100).loc[500, "mean"]
    foreseen = nl.metamodel.ensemble_corr(c, 0.05, 500)
    knowing[c] = {"five hundred": scored, "foreseen": foreseen}
pd.DataFrame(knowing).T.rename_axis("mean skill").round(3) + 0.0

# %% [markdown]
# A crowd multiplies what it knows on average, whatever its sign. Where nobody knows
# anything it stays at nothing, up to chance, however large it is; where most are misled, it
# is more surely wrong than any of them. So whoever runs a crowd needs a way to tell who
# knows something, and to reward those who differ. The next lessons are about that:
# the weights ({number:metamodel}), the pay for being different
# ({number:contribution}), and trust ({number:why_stake}).

# %% quiz="crowd"

# %% [markdown]
# ## In this notebook you
#
# - blended 500 weak predictions into one that is better than its best member;
# - foresaw a crowd's score from skill and similarity, exactly where it is arithmetic and
#   closely where it is not;
# - saw that a crowd is wise as far as its members know something and differ, and that a
#   strong desk can stay ahead of it.
#
# The library's names for these are `nl.metamodel.equal_weighted`,
# `nl.metamodel.ensemble_corr` and `nl.metamodel.break_even_crowd`.
