# ---
# jupyter:
#   numlearn:
#     question: Why this way instead of that way?
#     minutes: 31
#     objectives:
#       - change one rule at a time, and see which side pays for it
#       - compare seasons world by world, with an honest interval
#       - tell what a rule does to a given crowd from what it does to the crowd's choice
#     needs: ["lessons {number:staking}, {number:attack_lab} and {number:alignment}"]
#     claims: [S19, S47]
# ---

# %% [markdown]
# Why may a stake burn? Why does the stake alone set the weight? Why is the payout
# shared? "Why this way instead of that way?" The page of 2021 left these questions to
# pages that were never written. Here we ask six of them in the only way that gives an
# answer: play two years as they are, then change *one* rule, and play them again with
# the same people. Somebody pays for each change. Who?
#
# The cast is that of {lesson:alignment}: *honest* users with models of their own,
# *random* ones with random numbers, *opposing* ones with the opposite of a fair model,
# and a *farm* of free accounts that belong to one person. (Seven seasons: about 20
# seconds.)

# %%
from numlearn.world import crowd

kinds = [("line",), ("sub_a",), ("slow",), ("sub_b",), ("sector",), ("half_neutral",)]


def people(name, number):
    """Return honest users with different models, and 12,000 NMR each."""
    return [
        crowd.Honest(f"{name}_{n}", 12_000, kinds[n % 6], 0.6) for n in range(number)
    ]


cast = people("honest", 16) + [crowd.Random(f"random_{n}", 12_000) for n in range(6)]
cast += [crowd.Opposing(f"opposing_{n}", 12_000, model="line") for n in range(4)]
cast += crowd.farm(14)

seed = 1
rules = ["no burn", "equal weights", "rank prizes"]
rules += ["CORR only", "MMC only", "no payout factor"]
tried = nl.world.what_if(rules, seeds=[seed], rounds=104, users=cast)
tried.sides("as it is").round(0).astype(int)

# %% [markdown]
# You see the first of the seven seasons: the rules of January 2026, as they are. One
# column for each side: what the fund trades, what honest work earns on the stake in two
# years, what random numbers earn, whom the metamodel trusts in the end (the weight of
# *bad faith*: random and opposing users and the farm), and what Numerai pays.
#
# > **Caution.** These worlds are kinder than the real one: models find more here, and stakes
# > grow by figures that nobody should expect. Compare lines; do not look forward to any of
# > them. Nothing here is financial advice.

# %% [markdown]
# ## 1. Why may a stake burn?
#
# The first question, on one rule. *No burn*: what is paid is paid as before, and where
# a stake would burn, nothing happens.
#
# **Predict before you run.** Does the metamodel get better, worse, or stay much the
# same? Do honest users earn more or less? And who pays?

# %%
tried.sides("as it is", "no burn").round(0).astype(int)

# %% [markdown]
# Everybody earns more, the random ones too. Numerai pays hardly more, for the purse is
# shared: what users gain is what used to burn. The metamodel has changed a little. But
# is that the rule's doing, or this world's?
#
# So here is the same code on five others, run beforehand. Worlds differ far more than
# rules do, so compare **in pairs**: subtract, world by world, and only then ask for the
# mean and its error. `bands` does that. Between `low` and `high` lies the mean
# difference with 95 % confidence: the mean, less and plus some standard errors. With
# many worlds that would be about 2 of them. With five the error itself is a guess from
# few numbers, and to be as sure it takes 2.8: that is **Student's t**, a table of how
# many it takes. Where `low` and `high` have different signs, no difference is *shown*.

# %% worlds=[2, 3, 4, 5, 6]
counts = [2, 5, 10, 15, 20, 23]

# %% keep="rules_changed"
tried.sides()

# %% stored="rules_changed"
from scipy import stats

others = nl.world.Comparison.of_worlds(nl.data.stored("rules_changed"))
bands, wide = others.bands(), stats.t.ppf(0.975, 4)  # so many errors, by Student
fund, honest = (bands.loc[side] for side in ("metamodel (1e-4)", "honest (%)"))
points = fund.assign(y=honest["mean"], up=honest["high"] - honest["difference"])
points["aside"] = fund["high"] - fund["difference"]
bands.xs("no burn", level="rule").round(1)

# %% [markdown]
# For the metamodel no difference is shown: a crowd that stays as it is makes much the
# same blend without burns. Honest users gain, surely, and so do random ones. What pays
# is *trust*: bad faith keeps about three times the weight.

# %% [markdown]
# ### Exercise: what_if
#
# Write `what_if(base, changed)`: two Series with one number a world, with the rule as
# it is and with the changed one. Both have the same worlds in their index, in any
# order. Return a dict with the `mean` of the paired differences (changed less base),
# and `low` and `high`, their 95 % interval: the mean, less and plus `stats.t.ppf(0.975,
# n - 1)` standard errors, where `n` is the number of worlds (`from scipy import
# stats`); nothing rounded, and reckoned without `nl.world.interval`. For
# `pd.Series([.02, .03, .01], [1, 2, 3])` and `pd.Series([.028, .01, .019], [2, 3, 1])`,
# shown to four digits:
#
# ```
# {'mean': -0.001, 'low': -0.0035, 'high': 0.0015}
# ```


# %% exercise="what_if"
def what_if(base, changed):
    """Return the mean of the paired differences, with its 95 % interval."""
    # BEGIN SOLUTION
    from scipy import stats

    gaps = changed - base
    error = gaps.std() / len(gaps) ** 0.5
    reach = stats.t.ppf(0.975, len(gaps) - 1) * error
    mean = gaps.mean()
    return {"mean": mean, "low": mean - reach, "high": mean + reach}
    # END SOLUTION


# %% [markdown]
# ## 2. Why does the stake alone set the weight?
#
# The second question. *Equal weights*: every submission counts the same in the
# metamodel, whatever its stake, and the rest stays.
#
# **Predict before you run.** There are 40 accounts, 16 of them honest. Does the
# metamodel get worse? And do honest users then earn less?

# %%
weights = tried.sides("as it is", "equal weights")
weights.loc["change here"] = weights.diff().iloc[-1]
weights.loc["change in five others"] = bands.xs("equal weights", level=1)["difference"]
weights.round(0).astype(int)

# %% [markdown]
# The fund pays, clearly. Free accounts have a say. And yet honest users *earn more*:
# MMC is what you add to the metamodel, and against a poor metamodel it is easier to
# contribute.
#
# Two rules, and two patterns already. Let us draw them as a map: to the right what is
# good for the fund, upwards what is good for honest users. The bars are 95 % intervals
# of the change, sideways and upwards; so are all bars in this lesson's figures.

# %%
import matplotlib.pyplot as plt


def chart(shown, title):
    """Draw rules by what they do to the metamodel and to honest users."""
    with nl.plots.style():
        _, ax = plt.subplots(figsize=(8, 4))
        ax.errorbar("difference", "y", "up", "aside", "o", data=points.loc[shown])
        for rule, point in points.loc[shown].iterrows():
            ax.text(point["high"] + 1, point["y"], rule, va="center")
        ax.axvline(0, color=nl.plots.COLORS["muted"], linewidth=1)
        ax.axhline(points["y"]["as it is"], color="black", linestyle=":")
        ax.set(yscale="log", xlim=(-90, 25), ylim=(20, 6000), title=title)
        ax.set(xlabel="metamodel: change of CORR (1e-4)", ylabel="honest growth (%)")
    nl.plots.caption(ax, f"Fund and users under {', '.join(shown)}; dotted: as it is.")


chart(["no burn", "equal weights"], "What users gain by, the fund does not")
plt.show()

# %% [markdown]
# ## 3. The other four
#
# - *rank prizes*: why not give the same purse to the ten best of each round, stake or none?
# - *CORR only*, *MMC only*: why both?
# - *no payout factor*: why not pay in full, whatever is staked?
#
# **Predict before you run.** Where on the map do they lie? Is one of them clearly in
# the upper right corner, better for both?

# %%
chart(rules, "No rule is shown to be better for both")

# %% [markdown]
# Five of six lie above the dotted line, and none clearly to the right of zero. But the
# map shows two sides only. Who else pays? Means of the five worlds:

# %%
others.sides().round(0).astype(int)

# %% [markdown]
# - **Equal weights** are paid for by the *fund*, and some by the purse.
# - **No payout factor** breaks the *purse*: on average two years cost more than the 11 million
#   NMR that existed. And the metamodel is worse, for a few stakes outgrow all others.
# - **CORR only** is kind to users, and costs nearly twice the NMR. The metamodel is not shown
#   to gain.
# - **MMC only** breaks the *users*: little is left to live on.
# - **No burn** and **rank prizes** please the users, and for the metamodel no difference is
#   shown. What pays is *trust*: bad faith keeps two or three times the weight, and random
#   users live on the purse.
#
# The top right corner, better for both, is all but empty. The one rule near it is paid
# for by a third side.

# %% [markdown]
# ## 4. And if people answer?
#
# Nobody in these seasons has read the rules. The honest stayed honest when random
# numbers paid, and no one left. But **incentives are about what people do next.** So
# ask it differently: by how much does work pay more than no work, on the same stake?
# And how does that change when others stop working?
#
# Of 24 accounts with the same stake, some work (honest) and the rest do not (random).
# The *reward for work* is by how much more the workers' stakes grew than what one has
# without work: random numbers, or, where these lose, a stake that was taken away and
# stands still.
#
# **Predict before you run.** Let 20 of 24 work, once with burns and once without. Is
# the metamodel worse without? Is the reward for work smaller? (Four seasons: about ten
# seconds.)

# %%
import pandas as pd

burns = {"with burns": "as it is", "without": "no burn"}
counts = [5, 20]


def play(rule, working):
    """Return what 24 accounts came to, of which so many work."""
    crew = people("honest", working)
    crew += [crowd.Random(f"random_{n}", 12_000) for n in range(working, 24)]
    played = nl.world.run(seed, "2026-01", 104, crew, change=burns[rule])
    growth = 100 * played.behaviors["growth"]
    reward = growth["honest"] - max(growth["random"], 0)
    blend = 1e4 * played.summary()["metamodel_corr"]
    return {**growth, "reward (%)": reward, "metamodel (1e-4)": blend}


answers = pd.DataFrame({(rule, n): play(rule, n) for rule in burns for n in counts}).T
answers.xs(20, level=1).round(0).astype(int)

# %% [markdown]
# Without burns all stakes grow more, the random ones' by most. The blend is much the
# same, and the reward for work smaller.
#
# **Predict before you run.** Now let only 5 of 24 work. Is the metamodel still much the
# same without burns? And the reward for work: larger or smaller than with 20 at work?

# %%
answers.xs(5, level=1).round(0).astype(int)

# %% [markdown]
# Where few work, work pays a lot: MMC pays what is rare. And here the metamodel does
# suffer without burns, as the noise keeps its stake. Now all of it over five other
# worlds, with 2 to 23 of 24 at work, run beforehand: first the paired differences, then a
# picture, means above and below them the differences with their 95 % intervals.

# %% keep="reward_for_work"
answers

# %% stored="reward_for_work"
stored = nl.data.stored("reward_for_work")  # world × (rule, working, figure)
reward = stored.xs("reward (%)", axis=1, level=2)
blend = stored.xs("metamodel (1e-4)", axis=1, level=2)
pairs = {"metamodel (1e-4)": blend["without"] - blend["with burns"]}
pairs["reward (%)"] = reward["without"] - reward["with burns"]
gaps = pd.concat(pairs, axis=1, names=["without less with burns", "working"])
gaps.agg(["mean", "sem", "min", "max"]).T.round(1)

# %%
with nl.plots.style():
    figure, axes = plt.subplots(2, 2, figsize=(8, 5.2), sharex=True)
    for (top, low), table, (name, gap) in zip(axes.T, (blend, reward), pairs.items()):
        top.plot(pd.DataFrame({rule: table[rule].mean() for rule in burns}))
        low.errorbar(gap.columns, gap.mean(), wide * gap.sem(), color="black")
        low.axhline(0, color=nl.plots.COLORS["muted"], linewidth=1)
        low.set(xlabel="working (of 24)", xticks=gap.columns)
        top.set_ylabel(name)
    axes[1, 0].set_ylabel("without less\nwith burns")
    axes[0, 0].set_title("From ten on a similar blend,")
    axes[0, 1].set_title("quite another reward for work")
    axes[0, 1].legend(burns)
nl.plots.caption(
    axes[0, 0],
    "Left, the metamodel's CORR against how many of 24 work: two lines that rise, close"
    " together from ten on. Right, the reward for work: two lines that fall, the one without"
    " burns below the other. Below each the paired difference with its interval.",
)
plt.show()

# %% [markdown]
# Where most work, from 15 on, the metamodel does not need the burns: in all five worlds
# it was even a shade better without. Where five or fewer work, burns protect it, again
# in all five. And the reward for work was smaller without burns, in all five and at any
# number up to 20. (At 23 the luck of the one random user decides what the reward is.)

# %% [markdown]
# ### Exercise: who_works
#
# Write `who_works(reward, cost)`: a Series of rewards for work, by how many work (its
# index, in any order), and what work costs, both in % of the stake. Return the largest
# number of workers at which the reward is at least the cost, and 0 if there is none.
# For
# `pd.Series([500.0, 300.0, 180.0, 90.0], [5, 10, 15, 20])` and a cost of 150:
#
# ```
# 15
# ```


# %% exercise="who_works"
def who_works(reward, cost):
    """Return at how many workers work still pays."""
    # BEGIN SOLUTION
    return max(reward.index[reward >= cost], default=0)
    # END SOLUTION


# %% [markdown]
# ## 5. Where it ends
#
# Now think one step on. Work costs something: time, data, computers. If it costs more
# than the reward, somebody stops; with fewer at work the reward rises; and it ends
# where reward and cost meet. (Between the numbers that were played, straight lines are
# drawn.)
#
# Move the cost of work, in % of the stake over the two years. Where do workers stop,
# with burns and without? And what is left of the metamodel? Look for costs at which the
# two diamonds on the right lie far apart in height. The picture shows means; below it
# are four costs, world by world, as mean and standard error (`sem`) over the worlds.

# %%
import numpy as np


def at_work(cost, pays):
    """Return how many work: where the reward comes down to the cost."""
    return np.interp(-cost, -pays.cummin(), pays.index)


tables = {"reward for work (% of the stake)": reward, "CORR (ten-thousandths)": blend}


# %%
def where_it_ends(cost=100):
    """Draw how many work at a cost, and the blend that they make."""
    with nl.plots.style():
        figure, axes = plt.subplots(1, 2, figsize=(8, 3.6))
        for n, rule in enumerate(burns):
            ends = at_work(cost, reward[rule].mean())
            for ax, (told, table) in zip(axes, tables.items()):
                line = table[rule].mean()
                ax.plot(line, color=f"C{n}", label=f"{rule}: {ends:.0f} work")
                ax.plot(ends, np.interp(ends, line.index, line), "D", color=f"C{n}")
                ax.set(xlabel="working (of 24)", ylabel=told)
        axes[0].legend()
        figure.suptitle(f"Where it ends if work costs {cost} % of the stake")
    nl.plots.caption(axes[0], "Reward and CORR by workers; a diamond where it ends.")
    plt.show()


nl.plots.explore(where_it_ends, cost=(0, 600, 10))

# %%
rows = {}
for cost in (100, 200, 300, 400):
    for world in stored.index:
        for rule in burns:
            ends = at_work(cost, reward.loc[world, rule])
            corr = np.interp(ends, blend[rule].columns, blend.loc[world, rule])
            rows[cost, world, rule] = {"working": ends, "CORR": corr}
ended = pd.DataFrame(rows).T.unstack()
ended["CORR", "lost without"] = ended["CORR"]["with burns"] - ended["CORR"]["without"]
ended = ended[["working", "CORR"]].drop(columns=[("CORR", rule) for rule in burns])
ended.groupby(level=0).agg(["mean", "sem"]).rename_axis("cost (%)").round(1)

# %% [markdown]
# On average more people work with burns, at each of these costs. While work is cheap,
# the fund hardly notices: the last to stop add little to the blend. Where it is dear,
# those who stop are missed: from 200 on the metamodel without burns was poorer in all
# five worlds, and from 300 on by more than the 2.8 errors of section 1, at 300 only
# just.
#
# **Where most work, burns hardly change the blend. They help to decide whether most
# work.**
#
# (The rewards are measured. That people stop where work does not pay is reasoning:
# nobody here has quit. And the costs are percent of a kinder world: only their order
# means something.)
#
# > **Then and now.** Three of the six changed rules have been real. The earliest Numerai had a
# > winner, says the page of 2021. In 2021 only CORR was paid, unless you chose MMC as well. And
# > no purse was shared until April 2021, while all stakes stayed below the threshold; since
# > August 2026 there is no threshold again.

# %% [markdown]
# The course keeps a table of all claims that a season can settle, measured on eight
# other worlds with a crowd of all kinds. This lesson's:

# %%
claims = nl.world.claims().query("lesson == 'one_rule'")
print(*claims["sentence"].unique(), sep="\n")
claims.set_index("measure")[["mean", "low", "high", "verdict"]].round(4)

# %% [markdown]
# "Open": for a crowd that stays as it is, no difference is shown, as in section 1.
# Taken together:
#
# - *What users would vote for is not what the fund needs.* Of six changed rules none is shown
#   to be better for both.
# - *Each rule is paid for by somebody*: the fund, the users, the purse, or trust.
# - *A rule works through what people do next.* Burns keep work worth more than no work.
#
# So does everyone win together? The fund and the crowd as a whole mostly do, *as long
# as work pays*. Each user, each round and each rule, no. The rules are what has to hold
# it together, which may be why they change so often.

# %% quiz="one_rule"

# %% [markdown]
# ## In this notebook you
#
# - changed one rule at a time, and saw the fund, the users, the purse or trust pay for it;
# - compared seasons world by world, with an interval that says what is not shown;
# - saw that a rule may do nothing to a crowd as it is, and help to decide what it becomes.
#
# Next comes the question that all others led to: whether a model of your own belongs in
# there. Why Numerai chose its rules is told in its
# [documentation](https://docs.numer.ai) and argued about in its
# [forum](https://forum.numer.ai).
