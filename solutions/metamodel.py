# ---
# jupyter:
#   numlearn:
#     question: What does Numerai do with thousands of predictions?
#     minutes: 35
#     objectives:
#       - say whose predictions count, and for how much
#       - blend a crowd, each member weighted by what stands behind the predictions
#       - measure what one member adds, by leaving it out
#     needs: ["lessons {number:scoring} and {number:crowd}"]
#     claims: [S6, S17, S19]
# ---

# %% [markdown]
# Thousands of people predict the same stocks, and the fund can hold only one portfolio. Here
# is a crowd in small. Ten have a fair model, ten a poor one, fifteen guess, and five have
# it backwards. Nobody knows who is who, the fund least of all.

# %%
import pandas as pd
from numlearn.world import crowd

kinds = [("line",), ("sub_a",), ("sub_b",), ("slow",), ("line", "sub_a")]


def people(fair, poor, guessing, backwards, **stakes):
    """Return a crowd of users; unless told otherwise, all have the same behind them."""
    users = [crowd.Honest(f"fair_{n}", models=kinds[n % 5], own=1) for n in range(fair)]
    users += [crowd.Weak(f"poor_{n}", models=("narrow",), own=2) for n in range(poor)]
    users += [crowd.Random(f"guess_{n}") for n in range(guessing)]
    users += [crowd.Opposing(f"back_{n}", model="line") for n in range(backwards)]
    return crowd.with_stakes(users, total=100_000, **stakes)


# %%
seed = 1
users = people(10, 10, 15, 5)
season = nl.world.run(seed, rules="2021-03", rounds=104, users=users)
names = [user.name for user in users]
panel = season.panel[["era", "target"]].copy()
rounds = [nl.world.tournament.Live(season.arena, n, []) for n in range(1, 105)]
sent = [pd.DataFrame({u.name: u.predict(live) for u in users}) for live in rounds]
panel[names] = pd.concat(sent, ignore_index=True).astype("float32")
some = ["fair_0", "fair_1", "poor_0", "guess_0", "back_0"]
panel[some].head(4).rename_axis("stock").round(1)

# %% [markdown]
# Four stocks of the first round, as five of the forty see them; above zero means better
# than most. Which of the four would you buy?
#
# Numerai's answer has a name, the **metamodel**: one prediction, blended out of all, and
# the fund trades that one. {Lesson:crowd} gave everybody the same say. This lesson is about the
# say.
#
# > The market and the crowd are made up, as before. `season` holds two years of them, 104
# > weekly rounds; what is in it besides predictions comes in section 3.

# %% [markdown]
# ## 1. Who counts
#
# The same say for everybody has a hole in it: accounts are free. Suppose that somebody
# opens a hundred of them, and all submit the opposite of a straight line through the
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
line = pd.concat([pd.Series(live.base("line")) for live in rounds], ignore_index=True)
panel["swarm"] = -line
everybody = [*names, "swarm"]
stakes = pd.Series({user.name: user.stake for user in users})
swarms = {
    "before": 0.0,
    "with a hundred accounts, all equal": 100 * stakes.mean(),
    "with a hundred accounts, by stake": 0.0,
}
blends = {
    rule: nl.metamodel.stake_weighted(panel, everybody, {**stakes, "swarm": weight})
    for rule, weight in swarms.items()
}
nl.scoring.corr(panel, pd.DataFrame(blends)).mean().rename("mean CORR").round(4)

# %% [markdown]
# A hundred equal accounts weigh as much as one with a hundredfold weight, and they turn the
# equal blend against the truth. The blend by stake has not moved, and that is no finding but
# its construction: what weighs nothing changes nothing. (All forty have the same behind
# them here, so without the swarm both blends are one.)
#
# Yet whoever has no stake is *scored* like anybody else:

# %%
scored = nl.scoring.corr(panel, ["swarm", "fair_0", "guess_0"])
weight = (stakes / stakes.sum()).reindex(scored.columns, fill_value=0.0)
pd.DataFrame({"mean CORR": scored.mean(), "weight": weight}).round(3)

# %% [markdown]
# > **Then and now.** In March 2021: "staking is optional", you are scored, and the fund
# > does not trade on you. In 2026 the same, and a submission that comes after the deadline
# > is treated likewise: scored, without weight. Stake was said to be the only thing that
# > sets the weight, and for this tournament Numerai's documentation still defines the
# > metamodel so. For Crypto it weighs all with at least 1 NMR equally.
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
# the middle, 0. Then take the mean, weighted by stake.
#
# **Predict before you run.** One of the fifteen who guess is rich: the one whose luck
# came out most nearly even. Let its stake grow, and leave all others as they are. How large
# must its share become before half of the blend's CORR is gone?

# %%
guesses = nl.scoring.corr(panel, [name for name in names if "guess" in name]).mean()
rich = guesses.abs().idxmin()
others, curve = stakes.drop(rich), {}
for share in (0, 0.05, 0.1, 0.2, 0.4, 0.8):
    held = pd.Series({**others, rich: others.sum() * share / (1 - share)})
    blend = nl.metamodel.stake_weighted(panel, names, held)
    curve[share] = nl.scoring.corr(panel, blend).mean().item()
pd.Series(curve, name="mean CORR").rename_axis("share of one guesser").round(4)

# %% [markdown]
# At a tenth of all stakes this one guesser has already cost the blend a good part of its
# score, and at a fifth nearly half of it. Many equal opinions cancel each other's errors; one
# large opinion has nothing to cancel it. **A weight is trust**, and here it was bought. So it
# matters who holds the stakes, and whether that changes with time.

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
import matplotlib.pyplot as plt

parts = season.table("weight").T.groupby(lambda name: name.split("_")[0]).sum().T
order = ["fair", "poor", "guess", "back"]
shades = [nl.plots.COLORS[c] for c in ("gain", "users", "muted", "loss")]
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.6))
    ax.stackplot(parts.index, parts[order].T, labels=order, colors=shades)
    ax.set(xlabel="round", ylabel="share of the metamodel", ylim=(0, 1))
    ax.set_title("The fair come to weigh more, and nobody was asked who they are")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), reverse=True)
nl.plots.caption(
    ax,
    "Shares of the metamodel over 104 rounds, stacked: fair models grow from a quarter to"
    " about half, those who have it backwards shrink to almost nothing.",
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
    """Return the mean CORR of both blends in each year, and the lead of the stakes."""
    blends = season.rounds[["equal_corr", "metamodel_corr"]]
    blends = blends.set_axis(["equal", "by stake"], axis=1).groupby(year).mean()
    return blends.assign(lead=blends["by stake"] - blends["equal"])


starts = {"the same": compare(season), "by lot": compare(lottery)}
pd.concat(starts, names=["start", "year"]).round(4)

# %% [markdown]
# One world, though, and a lead of a few thousandths is about as large as its error. Here is
# the same code on five other worlds, run beforehand, and on a crowd in which three in four
# are fair (30, with 4, 4 and 2 of the others). All figures are leads of the blend by stake,
# in thousandths of CORR; `error` is the standard error of the mean.

# %% worlds=[2, 3, 4, 5, 6] keep="leads_by_stake"
leads = {}
for crowds, counts in {"few fair": (10, 10, 15, 5), "most fair": (30, 4, 4, 2)}.items():
    for start, lot in {"the same": {}, "by lot": {"spread": 1.0, "seed": seed}}.items():
        whom = people(*counts, **lot)
        played = nl.world.run(seed, rules="2021-03", rounds=104, users=whom)
        for n, lead in compare(played)["lead"].items():
            leads[crowds, start, n] = lead
leads

# %% stored="leads_by_stake"
leads = 1000 * nl.data.stored("leads_by_stake").T
leads.index.names = ["crowd", "start", "year"]
error = leads.std(axis=1) / len(leads.columns) ** 0.5
leads.assign(mean=leads.mean(axis=1), error=error).round(1)

# %% [markdown]
# Read it line by line. In a crowd with few fair models and equal stakes at the start, weights
# by stake win in all five worlds, and by more in the second year. Stakes drawn by lot make
# that smaller and unsure. And where most models are fair there is next to nothing to be
# learned: the two blends are level, and with stakes by lot the equal one was *better* in
# the first year of all five, and was not overtaken on average in the second.
#
# Why would lopsided stakes cost anything, if the rich are as good as the rest? Because a
# blend lives on many opinions. This says how many *equal* ones a set of weights is worth,
# one divided by the sum of the squared weights:

# %%
held = {"the same": season, "by lot": lottery}
each = {name: 1 / (s.table("weight") ** 2).sum(axis=1) for name, s in held.items()}
pd.DataFrame(each).iloc[[0, 51, 103]].round(0).astype(int)

# %% [markdown]
# By lot, the forty were worth eighteen from the first day. And learning has the same price:
# as the fair ones come to weigh more, the blend listens to fewer. So the claim that weighting
# by stake makes a better metamodel holds *if* there are many to be told apart, and once
# stakes have had time to follow skill.
#
# > **In the real tournament** a press page of January 2023 counted about 5,154 staked
# > models. Beside the blend by stake, Numerai's documentation names an equal-weighted one for
# > Signals, of all models with at least 10 NMR; the fund's own stays weighted by stake.
#
# > **Caution.** A stake can be lost, and NMR can fall. This lesson asks what stakes do to a
# > blend. It is no advice to hold any; nothing here is financial advice.

# %% [markdown]
# ## 4. Without you
#
# What does the metamodel owe to *you*? Blend all the others, score that, and compare: your
# **uplift** is the metamodel's CORR less the CORR of the metamodel without you. {Lesson:contribution}
# has the score that Numerai uses for the same thought.
#
# **Predict before you run.** In the second year, who lifts the metamodel, and who pulls it
# down? What is the uplift of somebody without a stake?

# %%
second = panel[panel["era"].isin(season.rounds["era"][52:])]
at_stake = season.table("stake").set_axis(season.rounds["era"]).assign(swarm=0.0)
without = nl.metamodel.leave_one_out(second, everybody, at_stake)
whole = nl.metamodel.stake_weighted(second, everybody, at_stake)
whole_corr = nl.scoring.corr(second, whole)["metamodel"]
uplift = -nl.scoring.corr(second, without).sub(whole_corr, axis=0)
kind = uplift.columns.str.split("_").str[0]
by_kind = uplift.T.groupby(kind).mean().T
error = by_kind.std() / nl.scoring.effective_rounds(by_kind) ** 0.5
(1000 * pd.DataFrame({"uplift": by_kind.mean(), "± error": error.fillna(0)})).round(2)

# %%
own = nl.scoring.corr(second, everybody).mean()
each = uplift.std() / nl.scoring.effective_rounds(uplift.drop(columns="swarm")) ** 0.5
table = pd.DataFrame({"CORR": own, "uplift": uplift.mean(), "± error": each})
(1000 * table.filter(like="fair", axis=0)).round(1)

# %%
import seaborn as sns

with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.8))
    groups = {"hue": kind, "hue_order": [*order, "swarm"], "style": kind, "s": 60}
    groups["palette"] = [*shades, nl.plots.COLORS["ink"]]
    sns.scatterplot(x=1000 * own, y=1000 * uplift.mean(), ax=ax, **groups)
    ax.axhline(0, color=nl.plots.COLORS["muted"], linewidth=1)
    ax.set(xlabel="own CORR (thousandths)", ylabel="uplift (thousandths)")
    ax.set_title("A good score of one's own is not yet an uplift")
    ax.legend()
nl.plots.caption(
    ax,
    "Forty-one models by their own CORR, to the right, and their uplift, upwards: most lie"
    " near zero uplift, a few fair ones stand out above, and the swarm is far left on the"
    " zero line.",
)
plt.show()

# %% [markdown]
# Whoever has no stake has no uplift, whatever the score: the swarm could be the best model
# on earth or the worst. Each of those who guess or have it backwards hardly counts any more,
# for the weights are small and the errors cancel. What there is comes from the fair ones,
# and not from all of them: some with a good score of their own add nothing that two error
# bars could tell from zero. Others bring much the same already.
#
# Two warnings. An uplift is a small difference of two noisy numbers, and needs many rounds.
# And uplifts do not add up to the metamodel's score: leave out one of two alike, and the
# other one steps in; leave out both, and you notice.

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
