# ---
# jupyter:
#   numlearn:
#     question: Does everyone really win together?
#     minutes: 36
#     objectives:
#       - tell apart what rises together by construction and what an experiment found
#       - change one rule at a time, and see which side pays for it
#       - compare seasons world by world, with an honest interval
#     needs: ["lessons {number:metamodel}, {number:why_stake}, {number:staking} and {number:attack_lab}"]
#     claims: [S19, S26, S47]
# ---

# %% [markdown]
# Everybody rows in one direction, said the page of 2021: good predictions make a good
# metamodel, the fund earns, users are paid. All win together, and nobody gains by your
# loss: **aligned incentives**. Of all claims about the triangle this is the largest. Let us
# turn the whole triangle for two years, with people of all sorts, and look.

# %%
from numlearn.world import crowd

kinds = [("line",), ("sub_a",), ("slow",), ("sub_b",), ("sector",), ("half_neutral",)]


def people(name, number):
    """Return honest users with different models, and 12,000 NMR each."""
    models = [kinds[n % 6] for n in range(number)]
    return [crowd.Honest(f"{name}_{n}", 12_000, m, 0.6) for n, m in enumerate(models)]


cast = people("honest", 16) + [crowd.Random(f"guess_{n}", 12_000) for n in range(6)]
cast += [crowd.Opposing(f"opposing_{n}", 12_000, model="line") for n in range(4)]
cast += crowd.farm(14)  # free accounts: random numbers, no stake

# %%
import numpy as np
import pandas as pd

seed = 1
season = nl.world.run(seed, rules="2026-01", rounds=104, users=cast)
rounds = season.rounds
quarter = pd.Series(np.arange(104) // 13 + 1, rounds.index, name="quarter")
sides = rounds[["metamodel_corr", "paid", "burned"]].groupby(quarter).sum()
sides["fund"] = (1 + rounds["fund_return"]).groupby(quarter).prod() - 1
sides["users"] = sides["paid"] - sides["burned"]
table = sides[["fund", "users", "burned"]] * [100, 1e-3, 1e-3]
table.columns = ["fund (%)", "users (1000 NMR)", "burned (1000 NMR)"]
table.round(1)

# %%
import matplotlib.pyplot as plt

with nl.plots.style():
    figure, axes = plt.subplots(3, 1, figsize=(8, 5), sharex=True)
    for ax, name, side in zip(axes, table, ("fund", "users", "staking")):
        ax.bar(table.index, table[name], color=nl.plots.COLORS[side])
        ax.set(ylabel=name.replace(" ", "\n", 1))
    axes[0].set_title("Good quarters for the fund are good quarters for its users")
    axes[2].set(xlabel="quarter")
nl.plots.caption(
    axes[0],
    "Three rows of eight bars, one a quarter: what the fund returned, what users were paid"
    " less what they burned, and what burned. The first two rise and fall together.",
)
plt.show()

# %% [markdown]
# `users` is what all were paid, less what they burned. It does rise and fall with the
# fund's return, and burns go the other way. Case closed?
#
# > The market and the crowd are made up, as before: 16 honest users, 6 who guess, 4 who
# > oppose, 14 free accounts, under the rules of January 2026.

# %% [markdown]
# ## 1. What is tied by construction
#
# The fund trades the metamodel. Users are paid for scores on the same stocks, over days
# that the fund held them. That alone makes the bars rise together. To see how far it goes,
# take the people away: let the fund trade random numbers, which nobody made, and score
# these numbers like a metamodel.
#
# **Predict before you run.** How does the fund's return on noise, by quarter, go with the
# noise's own CORR? As it does for the metamodel, less, or not at all? Eight quarters are few
# for a correlation, so you will find five other worlds beside it, run beforehand.

# %%
panel = season.panel[["era", "target"]].copy()
panel["noise"] = np.random.default_rng(1).standard_normal(len(panel))
noise_corr = nl.scoring.corr(panel, ["noise"])["noise"].to_numpy()
noise_fund = season.fund(panel["noise"]).eras["net"].to_numpy()
noise = pd.DataFrame({"fund": noise_fund, "CORR": noise_corr}).groupby(quarter).sum()
live = {
    "fund and metamodel": sides["fund"].corr(sides["metamodel_corr"]),
    "fund and users": sides["fund"].corr(sides["users"]),
    "users and metamodel": sides["users"].corr(sides["metamodel_corr"]),
    "a fund of noise, and noise": noise["fund"].corr(noise["CORR"]),
}

# %% keep="tied_together" worlds=[2, 3, 4, 5, 6]
live

# %% stored="tied_together"
others = nl.data.stored("tied_together").T
others.insert(0, "live", pd.Series(live))
others.round(2)

# %% [markdown]
# Even the noise is tied to its own fund, in every world. So a good part of "fund and
# users gain in the same quarters" says nothing about people. Score and return share their
# stocks and their days: that is built in, and it would be so if all users tossed coins.
#
# It is not quite 1, for good reasons. The fund trades a week and pays costs, the score looks
# four weeks ahead; and payouts count MMC as well.
#
# So the honest question is another one: does the *rule* make people do what is good for
# the fund, and is what is good for one good for the others?
#
# > **In the real tournament** you cannot draw the fund's bars. The page of 2021 said that
# > the fund's performance is not disclosed; some figures were public since, and an answer
# > of Numerai's from August 2026 says once more that it is not.

# %% [markdown]
# ### Exercise: alignment
#
# Write `alignment(rounds, length)`: a table like `season.rounds`, its rows in the order of
# time, of which you need `fund_return`, `paid` and `burned`; and how many rows make a block.
# The first block begins with the first row, and one that is not full at the end is a block,
# too. Per block: the fund's compounded return, what the users were paid less what burned,
# and what burned. Return the correlations of these three, a table with the rows and columns
# `fund`, `users` and `burned`, not rounded. For blocks of 3 of eight rounds with returns of
# `[.01, .02, -.01, 0, .03, -.02, 0, -.01]`, paid `[5, 6, 2, 3, 3, 2, 4, 5]` and burned
# `[1, 2, 2, 2, 1, 3, 1, 3]` (shown to two digits):
#
# ```
#         fund  users  burned
# fund    1.00   0.35    0.64
# users   0.35   1.00   -0.50
# burned  0.64  -0.50    1.00
# ```


# %% exercise="alignment"
def alignment(rounds, length):
    """Return how the fund's, the users' and the burned sums go together."""
    # BEGIN SOLUTION
    block = np.arange(len(rounds)) // length
    paid, burned = (rounds[name].groupby(block).sum() for name in ("paid", "burned"))
    fund = (1 + rounds["fund_return"]).groupby(block).prod() - 1
    return pd.DataFrame({"fund": fund, "users": paid - burned, "burned": burned}).corr()
    # END SOLUTION


# %% [markdown]
# ## 2. Everyone?
#
# "Users" were a sum. Take them apart: how does each one's income go with the fund's return?

# %%
income = season.table("payout").iloc[:, :26].groupby(quarter.to_numpy()).sum()
each = income.corrwith(sides["fund"])
kind = each.index.str.split("_").str[0]
each.groupby(kind).agg(["mean", "min", "max"]).round(1)

# %% [markdown]
# The crowd's income goes with the fund; a single honest user's hardly does, and for some it
# even went the other way. A model of one's own has weeks of its own. The fund sees the mean
# of many. And where does the NMR go?

# %%
numbers = season.users[["paid", "burned", "income"]].sum()
flows = {
    "Numerai": -numbers["paid"],
    "users": numbers["income"],
    "destroyed": numbers["burned"],
}
(pd.Series(flows, name="1000 NMR in two years") / 1000).round(0).astype(int)

# %% [markdown]
# These three add up to zero, and that is construction: whatever Numerai pays is either kept
# by somebody or destroyed. No burned NMR goes to Numerai, to other users or to the fund;
# {lesson:nmr} reads it in the contract. So far the page of 2021 holds: **nobody is given what
# you lose**. (All who hold NMR do hold a larger share of what is left.)
#
# But do you lose by another's gain? Let 26 more honest people join, who are as good as the
# sixteen. The better the models that we help each other make, says the page of 2021, the
# better for all.
#
# **Predict before you run.** Does the metamodel gain? And the income of the first sixteen?
# Under the rules of January 2026, whose payout factor shares a purse, and under those of
# August 2026, which have no threshold?

# %%
rows = {}
for rules in ("2026-01", "2026-08"):
    for new in (0, 26):
        played = nl.world.run(seed, rules, 104, cast + people("new", new))
        first = played.users.filter(like="honest_", axis=0)
        figures = played.summary()
        rows[rules, new] = {
            "metamodel (1e-4)": round(1e4 * figures["metamodel_corr"]),
            "growth (%)": round(100 * first["income"].sum() / 192_000),
            "MMC (1e-4)": round(1e4 * first["mmc"].mean()),
            "paid (1000 NMR)": round(figures["paid"] / 1000),
        }
pd.DataFrame(rows).T.rename_axis(["rules", "newcomers"])

# %% [markdown]
# Growth and MMC are those of the first sixteen. (The two rule sets score against different
# targets: compare lines within one.) And what newcomers changed in five other worlds:

# %% keep="newcomers_change"
by_newcomers = pd.DataFrame(rows).T.unstack()
change = by_newcomers.xs(26, axis=1, level=1) - by_newcomers.xs(0, axis=1, level=1)
change[["metamodel (1e-4)", "growth (%)"]]

# %% stored="newcomers_change"
nl.data.stored("newcomers_change").T.astype(int)

# %% [markdown]
# In all six worlds and under both rules the metamodel got better, and those who were there
# before earned less. Under the rules of January the purse was about the same, and more people
# shared it: the factor is a rule of sharing. Read it backwards: when your stake burns, the
# factor rises for all others. So under these rules they did gain by your loss, a little.
#
# Under those of August nobody shares a purse, and Numerai pays the newcomers on top. Still
# the first sixteen earn less, because their MMC has fallen: what they knew is now known by
# others as well.
#
# So between *users* it is a competition, if a polite one. What you add to the fund and what
# you take from a colleague can be one and the same thing.
#
# > **Then and now.** In 2021 one could still call it no competition: MMC was optional. It
# > has been part of every payout since 2024, and counts more than CORR.

# %% [markdown]
# ## 3. One rule at a time
#
# "Why this way instead of that way?" The page of 2021 left these questions to pages that
# were never written. Here are six, each with one rule changed and the same people, who
# behave as before:
#
# - *no burn*: why may a stake burn?
# - *rank prizes*: why not pay the best ten, stake or none?
# - *equal weights*: why does the stake alone set the weight?
# - *CORR only*, *MMC only*: why both?
# - *no payout factor*: why not pay in full, whatever is staked?
#
# **Predict before you run.** For each: does the metamodel get better or worse? Do honest
# users earn more or less? Is there a rule under which both gain?

# %%
changes = ["no burn", "rank prizes", "equal weights"]
changes += ["CORR only", "MMC only", "no payout factor"]
tried = nl.world.what_if(changes, seeds=[seed], rounds=104, users=cast)
names = {
    "metamodel_corr": ("metamodel (1e-4)", 1e4),
    "growth honest": ("honest (%)", 100),
    "growth random": ("guess (%)", 100),
    "bad_weight": ("bad faith's weight (%)", 100),
    "paid": ("paid (1000 NMR)", 1e-3),
}
sides_of = pd.DataFrame({to: k * tried.figures[of] for of, (to, k) in names.items()})
sides_of.droplevel("seed").round(0).astype(int)

# %% [markdown]
# One column for each side: what the fund trades, what honest work earns, what guessing
# earns, whom the metamodel trusts in the end, and what it costs. Is there a rule that is
# best in all?
#
# One world is one throw of the dice. So here is the same code on five others, run
# beforehand: the metamodel's CORR in ten-thousandths, and honest users' growth in percent.
# Worlds differ far more than rules do, so compare **in pairs**: subtract, world by world,
# and only then ask for the mean and its error. `bands` does that. Between `low` and `high`
# lies the mean difference with 95 % confidence, by Student's t for five worlds. Where they
# have different signs, no difference is shown.

# %% keep="rules_changed"
sides_of.droplevel("seed")[["metamodel (1e-4)", "honest (%)"]]

# %% stored="rules_changed"
from dataclasses import replace

stored = nl.data.stored("rules_changed").rename_axis("seed")
stored = stored.stack(0, future_stack=True).swaplevel().rename_axis(["rule", "seed"])
bands = replace(tried, figures=stored).bands()
fund, users = (bands.loc[name].iloc[1:] for name in stored)
reach = fund["high"] - fund["difference"]
as_it_is = bands.loc[("honest (%)", "as it is"), "mean"]
pd.concat({"metamodel": fund, "honest": users}).round(1)

# %%
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 4))
    ax.errorbar(fund["difference"], users["mean"], xerr=reach, fmt="o", capsize=3)
    for rule, x, y in zip(fund.index, fund["difference"], users["mean"]):
        shift = (0, -16 if rule == "rank prizes" else 7)
        ax.annotate(rule, (x, y), shift, textcoords="offset points", ha="center")
    ax.axvline(0, color=nl.plots.COLORS["muted"], linewidth=1)
    ax.axhline(as_it_is, color="black", linestyle=":")
    ax.set(yscale="log", ylim=(30, 4000), ylabel="honest users' growth (%)")
    ax.set(xlabel="metamodel: change of CORR (ten-thousandths)")
    ax.set_title("Users would vote for what the fund does not need")
    ax.yaxis.set_major_formatter("{x:,.0f}")
nl.plots.caption(
    ax,
    "Six changed rules, by what they do to the metamodel, to the right, and what honest"
    " users earn, upwards; dotted: as it is. Five of six lie above the dotted line, and none"
    " of them clearly to the right of zero.",
)
plt.show()

# %% [markdown]
# - **Equal weights** break the *fund*: free accounts have a say. Yet honest users *earn
#   more*, because against a poor metamodel it is easier to contribute.
# - **No payout factor** breaks the *purse*: in the live world two years cost more than the
#   11 million NMR that existed. And the metamodel is worse, for a few stakes outgrow all
#   others.
# - **CORR only** is kind to users. It costs nearly twice the NMR, and the metamodel is not
#   shown to gain.
# - **MMC only** breaks the *users*: little is left to live on. It is a noisy judge, and over
#   these worlds the metamodel loses a little, too.
# - **No burn** and **rank prizes** please the users, and for the metamodel no difference is
#   shown. What breaks is *trust*: guessers keep their weight, and live on the purse.
#
# The top right corner, better for both, is all but empty. The one rule near it is paid for
# by a third side.

# %% [markdown]
# ### Exercise: what_if
#
# Write `what_if(base, changed)`: two Series with one number a world, with the rule as it is
# and with the changed one. Both have the same worlds in their index, in any order. Return a
# dict with the `mean` of the paired differences (changed less base), and `low` and `high`,
# their 95 % interval: the mean, less and plus `stats.t.ppf(0.975, n - 1)` standard errors,
# where `n` is the number of worlds (`from scipy import stats`); nothing rounded, and
# reckoned without `nl.world.interval`. For
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
# ## 4. And if people answer?
#
# Nobody in these seasons has read the rules. The honest stayed honest when guessing paid,
# and no one left. But **incentives are about what people do next.** So ask it differently:
# by how much does work pay more than guessing, on the same stake? And how does that change
# when others stop working?
#
# Of 24 accounts with the same stake, some work and the rest guess. Below, the *reward for
# work* is by how much more the workers' stakes grew.
#
# **Predict before you run.** Without burns, is the metamodel of the same 24 worse? Is the
# reward for work smaller?

# %%
from itertools import product

rules = {"with burns": "as it is", "without": "no burn"}
rows = {}
for rule, working in product(rules, (5, 10, 20)):
    crew = people("honest", working)
    crew += [crowd.Random(f"guess_{n}", 12_000) for n in range(working, 24)]
    played = nl.world.run(seed, "2026-01", 104, crew, change=rules[rule])
    growth, figures = played.behaviors["growth"], played.summary()
    rows[rule, working] = {**100 * growth, "metamodel": 1e4 * figures["metamodel_corr"]}
answers = pd.DataFrame(rows).T.rename_axis(["rule", "working"])
answers["reward"] = answers["honest"] - answers["random"]
answers.round(0).astype(int)

# %%
with nl.plots.style():
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.6))
    units = {"metamodel": "CORR, ten-thousandths", "reward": "% of the stake"}
    for ax, (name, unit) in zip(axes, units.items()):
        for rule in rules:
            ax.plot(answers.loc[rule, name], "o-", label=rule)
        ax.set(xlabel="working (of 24)", ylabel=f"{name} ({unit})", xticks=[5, 10, 20])
        ax.set_ylim(0, 1.1 * answers[name].max())
    axes[0].set_title("Much the same blend,")
    axes[1].set_title("quite another reward for work")
    axes[0].legend()
nl.plots.caption(
    axes[0],
    "Left, the metamodel's CORR against how many of 24 work: two lines close together."
    " Right, the reward for work: the line without burns lies"
    " well below the other.",
)
plt.show()

# %% [markdown]
# Without burns a guesser's stake grows nearly as well as that of those who work, as long as
# most do work. And in five other worlds, run beforehand:

# %% keep="reward_for_work"
reward, blend = answers["reward"], answers["metamodel"]
change = pd.concat({"change without": blend.loc["without"] - blend.loc["with burns"]})
pd.concat({"reward (%)": reward, "metamodel (1e-4)": change}).drop(10, level=2)

# %% stored="reward_for_work"
nl.data.stored("reward_for_work").T.round(0).astype(int).rename_axis(
    ["what", "rule", "working"]
)

# %% [markdown]
# Where most people work, the metamodel does not need the burns: in all these worlds it was
# even a shade better without. But the reward for work was far smaller, and in one world
# gone. Where only five of 24 work, burns do protect the metamodel.
#
# Now think one step on. Work costs something. If it costs more than the reward, somebody
# stops; with fewer at work the reward rises, for MMC pays what is rare; and it ends where
# reward and cost meet. Without burns that is at fewer workers, with a poorer metamodel.
# **Where most work, burns hardly change the blend. They help to decide whether most work.**
# (The figures are measured. This last step is reasoning: nobody here has quit.)
#
# The course keeps a table of all such claims, measured on eight other worlds with a crowd of
# all kinds. These are this lesson's:

# %%
claims = nl.world.claims().query("lesson == 'alignment'")
claims[["measure", "mean", "low", "high", "verdict"]].round(4)

# %% [markdown]
# The first line is what burns add to the metamodel: for a crowd that stays as it is, nothing
# is shown. The other two hold, and a good part of them is built in. Taken together:
#
# - *Tied by construction*: score, payout and the fund's return. And what is paid equals what
#   is kept plus what is destroyed: nothing returns to Numerai.
# - *Found*: users compete for the purse and for MMC. What they would vote for is not what
#   the fund needs. Burns keep work worth more than guessing.
# - *Not in here*: the price of NMR, the fund's capital, new ideas, and people who make up
#   their minds.
#
# So does everyone win together? The fund and the crowd as a whole, yes, *as long as work
# pays*. Each user, each round and each rule, no. The rules are what has to hold it together,
# which may be why they change so often.
#
# > **Caution.** This is about how a system is built. Nothing here is financial advice.

# %% quiz="alignment"

# %% [markdown]
# ## In this notebook you
#
# - told what gains together by construction, even for a fund that trades noise, from what
#   was found to;
# - changed one rule at a time, and saw the fund, the users, the purse or trust pay for it;
# - compared seasons world by world, with an interval that says what is not shown.
#
# Next comes the question that all others led to: whether a model of your own belongs in
# there. Why Numerai chose its rules is told in its [documentation](https://docs.numer.ai)
# and argued about in its [forum](https://forum.numer.ai).
