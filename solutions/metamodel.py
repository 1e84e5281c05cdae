# ---
# jupyter:
#   numlearn:
#     question: What does Numerai do with thousands of predictions?
#     minutes: 43
#     objectives:
#       - say whose predictions count, and for how much
#       - blend a crowd, each member weighted by what stands behind the predictions
#       - measure what one member adds, by leaving it out
#     needs: ["lessons {number:scoring} and {number:crowd}"]
#     claims: [S6, S17, S19]
# ---

# %% [markdown]
# Thousands of people predict the same stocks, and the fund can hold only one portfolio. Here
# is a crowd in small: forty people, on a made-up market, for two years. Ten are
# *honest* and have a fair model, ten have a *weak* one, fifteen send *random* numbers, and five
# are *opposing*: they send the opposite of a straight line through the features. Nobody knows who is who, the fund least of all.
#
# The honest ones have five recipes: a straight line, trees on some twenty of the features
# (`sub_a`), trees on another twenty (`sub_b`), trees that learned a slower target, of 60 days
# (`slow`), and a mean of the first two. The weak ones' trees saw six features (`narrow`). To
# its recipe each adds a noise of its own (`own` times as loud), so that no two are the same.

# %%
from numlearn.world import crowd

recipes = [("line",), ("sub_a",), ("sub_b",), ("slow",), ("line", "sub_a")]


def people(honest, weak, random, opposing, **stakes):
    """Return a crowd of users; unless told otherwise, all have the same behind them."""
    users = [
        crowd.Honest(f"honest_{n}", 1, recipes[n % 5], own=1) for n in range(honest)
    ]
    users += [crowd.Weak(f"weak_{n}", 1, ("narrow",), own=2) for n in range(weak)]
    users += [crowd.Random(f"random_{n}") for n in range(random)]
    users += [crowd.Opposing(f"opposing_{n}", model="line") for n in range(opposing)]
    return crowd.with_stakes(users, total=100_000, **stakes)


# %% [markdown]
# `nl.world.run` plays two years of them, a round a week (some ten seconds the first time). A
# `Live` round of it (`arena` is their market) is what they see before the deadline; we ask each
# for its predictions.

# %%
import numpy as np
import pandas as pd
from numlearn.world.tournament import Live

seed = 1
users = people(10, 10, 15, 5)
names = [user.name for user in users]
season = nl.world.run(seed, rules="2021-03", rounds=104, users=users)
weeks = [Live(season.arena, n, []) for n in range(1, 105)]
panel = season.panel[["era", "target"]].copy()
for user in users:
    panel[user.name] = np.concatenate([user.predict(week) for week in weeks])
some = ["honest_0", "honest_1", "weak_0", "random_0", "opposing_0"]
panel[some].head(4).rename_axis("stock").round(1)

# %% [markdown]
# Four stocks of the first round, as five of the forty see them; above zero means better
# than most. Which of the four would you buy? Choose, and keep it in mind.
#
# Numerai's answer has a name, the **metamodel**: one prediction, blended out of all, and
# the fund trades that one. {Lesson:crowd} gave everybody the same say. This lesson is about the
# say.

# %% [markdown]
# ## 1. Who counts
#
# The same say for everybody has a hole in it: accounts are free. Suppose that somebody
# opens a hundred of them, a *farm*, and all submit the opposite of a straight line through the
# features.
#
# So Numerai asks how much somebody has **put behind** a prediction: an amount of NMR that
# is locked up with it, the *stake*. The share of all stakes is the weight in the blend,
# and nothing else is. No stake, no weight. (Why anybody would lock something up is the
# question of {lesson:why_stake}.)
#
# **Predict before you run.** What do the hundred accounts do to a blend in which all
# weigh the same? And to one weighted by stake, in which they have none?

# %%
panel["farm"] = -np.concatenate([week.base("line") for week in weeks])
everybody = [*names, "farm"]
stakes = pd.Series({user.name: user.stake for user in users})
farms = {"before": 0.0, "with a hundred accounts, all equal": 100 * stakes.mean()}
farms["with a hundred accounts, by stake"] = 0.0
blends = {
    rule: nl.metamodel.stake_weighted(panel, everybody, {**stakes, "farm": weight})
    for rule, weight in farms.items()
}
scores = nl.scoring.corr(panel, pd.DataFrame(blends))
error = scores.std() / nl.scoring.effective_rounds(scores) ** 0.5
pd.DataFrame({"mean CORR": scores.mean(), "±": error}).round(4)

# %% [markdown]
# (± is the standard error, here and below, with overlapping rounds counted for what they are
# worth, as in {lesson:scoring}.)
#
# A hundred equal accounts weigh as much as one with a hundredfold weight, and they turn the
# equal blend against the truth. The blend by stake has not moved, and that is no finding but
# its construction: what weighs nothing changes nothing. (All forty have the same behind
# them here, so without the farm both blends are one.)
#
# Whoever has no stake is *scored* like anybody else all the same: section 4 has the farm's
# CORR beside its weight.

# %% [markdown]
# > **Then and now.** In March 2021: "staking is optional", you are scored, and the fund
# > does not trade on you. In 2026 the same, and a submission that comes after the deadline
# > is treated likewise: scored, without weight. Stake was said to be the only thing that
# > sets the weight, and for this tournament Numerai's documentation still defines the
# > metamodel so. For Crypto it weighs all with at least 1 NMR equally, and it names such an
# > equal blend for Signals as well, beside the one by stake. (A press page of January 2023
# > counted about 5,154 staked models.)
#
# ### Exercise: stake_weights
#
# Write `stake_weights(stakes, on_time)`: a Series of NMR by name and a Series of True or
# False by the same names, not always in the same order. The weights come out, by name,
# adding up to 1. Whoever came late keeps a line, with a weight of 0. For
# `pd.Series({"ana": 30, "bo": 0, "cy": 60, "di": 10})`, where `cy` alone came late:
#
# ```
# ana    0.75
# bo     0.00
# cy     0.00
# di     0.25
# dtype: float64
# ```


# %% exercise="stake_weights"
def stake_weights(stakes, on_time):
    """Return each submission's weight in the metamodel."""
    # BEGIN SOLUTION
    counted = stakes.where(on_time, 0.0)
    return counted / counted.sum()
    # END SOLUTION


# %% [markdown]
# ## 2. One out of many
#
# The recipe has four steps, all within one round. Rank what each model sent. Give the
# ranks a normal shape, so that nobody can shout. A stock that somebody has left out gets
# the middle, 0. Then take the mean, weighted by stake. (All have the same stake so far.) So:
# which of the four did the crowd buy, and was it right?

# %%
panel["blend"] = nl.metamodel.stake_weighted(panel, names, stakes)
place = panel.groupby("era")["blend"].rank(pct=True)
best = panel[place > 0.9].groupby("era")["target"].mean()
gap = best - panel[place < 0.1].groupby("era")["target"].mean()
error = gap.std() / nl.scoring.effective_rounds(gap) ** 0.5
print(f"best tenth less worst tenth, mean target: {gap.mean():.3f} ± {error:.3f}")
panel[[*some, "blend", "target"]].head(4).rename_axis("stock").round(2)

# %% [markdown]
# The stock with the highest `blend` is the one to buy, and `target` says what became of each
# (.5 is nothing special). One stock proves nothing, whichever way it went: the line above is
# what counts, over all stocks and 104 rounds.
#
# **Predict before you run.** One of the fifteen random ones is rich: the one whose luck
# came out most nearly even. Let its stake grow, and leave all others as they are. How large
# must its share become before half of the blend's CORR is gone?

# %%
lucky = nl.scoring.corr(panel, [name for name in names if "random" in name]).mean()
rich = lucky.abs().idxmin()
others, curve = stakes.drop(rich), {}
for share in (0, 0.05, 0.1, 0.2, 0.4, 0.8):
    held = pd.Series({**others, rich: others.sum() * share / (1 - share)})
    blend = nl.metamodel.stake_weighted(panel, names, held)
    curve[share] = nl.scoring.corr(panel, blend).mean().item()
pd.Series(curve, name="mean CORR").rename_axis("share of one random account").round(4)

# %% [markdown]
# At a fifth of all stakes this one account has cost the blend more than a third of its score,
# and before two fifths more than half of it is gone. Many equal opinions cancel each other's errors; one
# large opinion has nothing to cancel it. **A weight is trust**, and here it was bought. So it
# matters who holds the stakes.
#
# Take the fund's chair. You set how much NMR stands behind *each* of the honest, the weak, the
# random and the opposing. First make the blend as bad as you can, then as
# good. Watch the last number, too: it says how many *equal* opinions the blend is worth, one
# divided by the sum of the squared weights.

# %%
import matplotlib.pyplot as plt

order, kind = (
    ["honest", "weak", "random", "opposing"],
    pd.Index(names).str.split("_").str[0],
)
shades = [nl.plots.COLORS[c] for c in ("gain", "users", "muted", "loss")]
shaped = panel.groupby("era")[names].transform(nl.eras.gaussianize)
means, members = shaped.T.groupby(kind).mean().T, kind.value_counts()
equal = nl.scoring.corr(panel, panel["blend"])["blend"].cumsum()


# %%
def trust(honest=5, weak=1, random=1, opposing=1):
    """Draw what becomes of the blend if so much NMR is behind each member of a kind."""
    each = pd.Series([honest, weak, random, opposing], order)
    share = each * members / (each * members).sum()
    score = nl.scoring.corr(panel, (means @ share[means.columns]).rename("blend"))
    worth = 1 / (share**2 / members).sum()
    with nl.plots.style():
        _, (left, ax) = plt.subplots(1, 2, figsize=(9, 3.6), width_ratios=(2, 3))
        left.bar(each.index, share[each.index], color=shades)
        left.set(xlabel="kind", ylabel="share of all stakes", ylim=(0, 1))
        ax.plot(range(1, 105), equal, c=nl.plots.COLORS["muted"], label="all the same")
        ax.plot(range(1, 105), score["blend"].cumsum(), label="as you trust them")
        ax.set(xlabel="round", ylabel="CORR, summed", ylim=(-2, 3))
        ax.set_title(f"CORR {score['blend'].mean():.4f}, {worth:.0f} equal opinions")
        ax.legend(loc="upper left")
    nl.plots.caption(
        [left, ax],
        "Left the four kinds' shares of all stakes, right the summed CORR of the blend"
        " that they make, beside that of equal stakes.",
    )
    plt.show()


nl.plots.explore(
    trust, honest=(1, 20, 1), weak=(0, 20, 1), random=(0, 20, 1), opposing=(0, 20, 1)
)

# %% [markdown]
# Whoever knows who is who gives all to the honest, and perhaps a little to the weak, and pays for
# it with fewer opinions. The fund does not know. It can only watch whether stakes find their
# way to those who deserve them.

# %% [markdown]
# ### Exercise: stake_weighted_metamodel
#
# Write `stake_weighted_metamodel(panel, stakes)`: a table with an `era` column and one of
# predictions for each name in `stakes`, a Series of NMR; columns that it does not name do
# not count, and the order of its names is its own. Return the blend, a Series on the
# table's index, by the four steps within each era and not with
# `nl.metamodel.stake_weighted`. Some predictions are missing (NaN), never all of a
# model in an era. For `pd.Series({"ana": 30, "bo": 10})` and the table
# `pd.DataFrame({"era": ["0007"] * 3, "ana": [1, 2, 3], "bo": [0.4, np.nan, 0.2]})`:
#
# ```
# 0   -0.557
# 1    0.000
# 2    0.557
# dtype: float64
# ```


# %% exercise="stake_weighted_metamodel"
def stake_weighted_metamodel(panel, stakes):
    """Return the blend of all models, weighted by stake."""
    # BEGIN SOLUTION
    names = list(stakes.index)
    shaped = panel.groupby("era")[names].transform(nl.eras.gaussianize).fillna(0)
    return shaped @ (stakes / stakes.sum())
    # END SOLUTION


# %% [markdown]
# ## 3. What the stakes learn
#
# Stakes do not stand still. By the rules of March 2021 a round adds your CORR's share to
# your stake, or takes it away: after a CORR of .02 it is 2 % larger, a month later. Nobody
# tells the fund who is good. But let two years pass.

# %%
parts = season.table("weight").T.groupby(lambda name: name.split("_")[0]).sum().T
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.6))
    ax.stackplot(parts.index, parts[order].T, labels=order, colors=shades)
    ax.set(xlabel="round", ylabel="share of the metamodel", ylim=(0, 1))
    ax.set_title("The honest come to weigh more, and nobody was asked who they are")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), reverse=True)
nl.plots.caption(
    ax,
    "Shares of the metamodel over 104 rounds, stacked: honest models grow from a quarter to"
    " about half, the opposing ones shrink to almost nothing.",
)
plt.show()

# %% [markdown]
# **Predict before you run.** Everybody began with the same. Does the blend by stake beat
# the equal one, in the first year and in the second? And what if the stakes at the start
# are drawn by lot, so that some hold ten times as much as others, without being better?

# %%
by_lot = people(10, 10, 15, 5, spread=1.0, seed=seed)
lottery = nl.world.run(seed, rules="2021-03", rounds=104, users=by_lot)
year = (season.rounds.index >= 52) + 1


def compare(season):
    """Return both blends' mean CORR in each year, the lead of stakes, their opinions."""
    blends = season.rounds[["equal_corr", "metamodel_corr"]]
    blends = blends.set_axis(["equal", "by stake"], axis=1).groupby(year).mean()
    blends["lead"] = blends["by stake"] - blends["equal"]
    worth = 1 / (season.table("weight") ** 2).sum(axis=1)
    return blends.assign(opinions=worth.groupby(year).mean().round(0))


starts = {"the same": compare(season), "by lot": compare(lottery)}
pd.concat(starts, names=["start", "year"]).round(4)

# %% [markdown]
# One world, though, and no error is shown. Here is the same code on five other worlds, run
# beforehand, and on a second crowd in which three in four are honest (30, with 4, 4 and 2 of
# the others). A faint dot is a world; a large one is their mean, with its standard error.

# %% worlds=[2, 3, 4, 5, 6] keep="leads_by_stake"
leads = {}
for crowds, counts in {
    "few honest": (10, 10, 15, 5),
    "most honest": (30, 4, 4, 2),
}.items():
    for start, lot in {"the same": {}, "by lot": {"spread": 1.0, "seed": seed}}.items():
        whom = people(*counts, **lot)
        played = nl.world.run(seed, rules="2021-03", rounds=104, users=whom)
        for n, lead in compare(played)["lead"].items():
            leads[crowds, start, n] = lead
leads

# %% stored="leads_by_stake"
import seaborn as sns

leads = 1000 * nl.data.stored("leads_by_stake")
leads.columns.names = ["crowd", "start", "year"]
leads = leads.melt(value_name="lead")
leads["case"] = leads["crowd"] + ",\nstakes " + leads["start"]
with nl.plots.style():
    ax = plt.figure(figsize=(8, 4)).subplots()
    look = {"x": "lead", "y": "case", "hue": "year", "palette": ["#B58B00", "#0074F9"]}
    sns.stripplot(leads, **look, dodge=True, alpha=0.4, legend=False, ax=ax)
    sns.pointplot(leads, **look, dodge=0.4, errorbar="se", ls="none", ax=ax)
    ax.axvline(0, color=nl.plots.COLORS["ink"], lw=1)
    ax.set(xlabel="lead of the blend by stake (thousandths of CORR)", ylabel="")
    ax.set_title("Stakes help where there are many to be told apart")
nl.plots.caption(
    ax,
    "Leads of the blend by stake in four cases and two years, five worlds each: well above"
    " zero with few honest models and equal stakes, more so in the second year; scattered"
    " with stakes by lot; about zero or below where most are honest.",
)
plt.show()

# %% [markdown]
# In a crowd with few honest models and equal stakes at the start, weights by stake win in all
# five worlds, and by more in the second year. Stakes drawn by lot make that unsure. And where
# most models are honest there is next to nothing to be learned: the two blends are level, and
# with stakes by lot the equal one was *ahead* in three of the five worlds, in both years; the
# mean is less than two errors from zero.
#
# Why would lopsided stakes cost anything, if the rich are as good as the rest? Because a
# blend lives on many opinions. The column `opinions` of the table above says how many equal
# ones it had: by lot, the forty are worth about twenty. And learning has the same price: as the
# honest ones come to weigh more, the blend listens to fewer. So the claim that weighting by
# stake makes a better metamodel holds *if* there are many to be told apart, and once stakes
# have had time to follow skill.

# %% [markdown]
# ## 4. Without you
#
# What does the metamodel owe to *you*? Blend all the others, score that, and compare: your
# **uplift** is the metamodel's CORR less the CORR of the metamodel without you. (To do so for
# each in turn is called *leave-one-out*.)
#
# **Predict before you run.** In the second year, who lifts the metamodel, and who pulls it
# down? How much of the weight do the random ones still have? What is the uplift of somebody
# without a stake?

# %%
second = panel[panel["era"].isin(season.rounds["era"][52:])]
at_stake = season.table("stake").set_axis(season.rounds["era"]).assign(farm=0.0)
without = nl.metamodel.leave_one_out(second, everybody, at_stake)
whole = nl.metamodel.stake_weighted(second, everybody, at_stake)
rest = nl.scoring.corr(second, without)
uplift = -rest.sub(nl.scoring.corr(second, whole)["metamodel"], axis=0)
own = nl.scoring.corr(second, everybody).mean()
weight = season.table("weight")[52:].mean().reindex(everybody, fill_value=0.0)

# %%
kinds = uplift.columns.str.split("_").str[0]
by_kind = uplift.T.groupby(kinds).mean().T
error = by_kind.std() / nl.scoring.effective_rounds(by_kind) ** 0.5
table = pd.DataFrame({"weight of all": weight.groupby(kinds).sum()})
table["CORR of one"] = 1000 * own.groupby(kinds).mean()
table["uplift of one"], table["±"] = 1000 * by_kind.mean(), 1000 * error.fillna(0)
table["per 1 % of weight"] = 10 * by_kind.mean() / weight.groupby(kinds).mean()
table.loc[[*order, "farm"]].round(2)

# %% [markdown]
# (CORR and uplift are in thousandths.) Whoever has no stake has no uplift, whatever the
# score: the farm could be the best model on earth or the worst. The random ones still have
# more than a quarter of the weight, and yet each does little harm, for their errors are all
# their own and cancel. The opposing ones have next to no weight left, and with it no say. What
# there is, if anything, comes from the honest and the weak. Why not from all of them?
#
# A good score of one's own helps, of course. But a part of it the others have already.
# Somebody whose predictions correlate with their blend by $\rho$ scores $\rho$ times the
# blend's CORR by that likeness alone. What goes **beyond the rest** is one's own CORR less that
# part. And it counts as far as one has weight.
#
# **Predict before you run.** Which of the three goes best with uplift: one's CORR, what goes
# beyond the rest, or that times the weight?

# %%
likeness = shaped.loc[second.index].groupby(second["era"])
likeness = likeness.apply(lambda rows: rows.corrwith(without.loc[rows.index])).mean()
steps = pd.DataFrame({"own CORR": own[names]})
steps["beyond the rest"] = own[names] - likeness[names] * rest[names].mean()
steps["times weight"] = weight[names] * steps["beyond the rest"]
fits = steps.corrwith(uplift[names].mean())

# %%
with nl.plots.style():
    figure, axes = plt.subplots(1, 3, sharey=True, figsize=(10, 3.8))
    for ax, name in zip(axes, steps):
        x, y = 1000 * steps[name], 1000 * uplift[names].mean()
        sns.scatterplot(x=x, y=y, hue=kind, palette=shades, hue_order=order, ax=ax)
        ax.set(xlabel=f"{name} (thousandths)", title=f"{name}: r = {fits[name]:.2f}")
        ax.axhline(0, color=nl.plots.COLORS["muted"], lw=1)
        ax.get_legend().remove()
    axes[0].set_ylabel("uplift (thousandths)")
    axes[0].legend(loc="upper left")
    title = "An uplift is what you know beyond the rest, times your weight"
    figure.suptitle(title, x=0.01, ha="left", weight="bold")
nl.plots.caption(
    axes,
    "Uplift of forty models over their own CORR, over what goes beyond the rest, and over"
    " that times their weight: from panel to panel the cloud comes closer to a line.",
)
plt.show()

# %% keep="uplift_by"
fits

# %% stored="uplift_by"
nl.data.stored("uplift_by").round(2)

# %% [markdown]
# The table has the same correlations in five other worlds: in each of them they rise from step
# to step. So a good score goes a part of the way to an uplift, and not all of it: some honest
# ones have a CORR well above zero and add nothing, for the rest say much of it already. (This is
# bookkeeping, all of the same rounds; it foretells nothing about the next ones.) What
# goes *beyond the rest* Numerai measures as well, and pays for: {lesson:contribution}.
#
# Two warnings. An uplift is a small difference of two noisy numbers, and needs many rounds.
# And uplifts do not add up to the metamodel's score: leave out one of two alike, and the
# other one steps in; leave out both, and you notice.
#
# > **Caution.** A stake can be lost, and NMR can fall. This lesson asks what stakes do to a
# > blend. It is no advice to hold any; nothing here is financial advice.

# %% [markdown]
# ### Exercise: leave_one_out
#
# Write `leave_one_out(predictions, stakes)` for one round: a table of predictions, already
# of normal shape and none missing, one column a model, and a Series of NMR by the same
# names, not always in the same order. Return a table with the same rows and columns: in
# each model's column, the weighted mean of all the others. For the stakes
# `pd.Series({"ana": 30, "bo": 10, "cy": 10})` and the predictions
# `pd.DataFrame({"ana": [-1, 0, 1], "bo": [1, 0, -1], "cy": [0, -1, 1]})`:
#
# ```
#    ana    bo   cy
# 0  0.5 -0.75 -0.5
# 1 -0.5 -0.25  0.0
# 2  0.0  1.00  0.5
# ```


# %% exercise="leave_one_out"
def leave_one_out(predictions, stakes):
    """Return, for each model, the metamodel of all the others."""
    # BEGIN SOLUTION
    without = {}
    for name in predictions:
        rest = stakes.drop(index=name)
        others = predictions.drop(columns=name)
        without[name] = others @ (rest / rest.sum())
    return pd.DataFrame(without)
    # END SOLUTION


# %% quiz="metamodel"

# %% [markdown]
# ## In this notebook you
#
# - said whose predictions count: those with a stake and on time, by how much is staked;
# - blended a crowd by stake, and saw when that beats equal weights and when it does not;
# - measured what one member adds, by leaving it out.
#
# The library's names for these are `nl.metamodel.stake_weighted` and
# `nl.metamodel.leave_one_out`. How Numerai defines the metamodel is in its
# [documentation](https://docs.numer.ai).
