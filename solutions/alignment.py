# ---
# jupyter:
#   numlearn:
#     question: Does everyone really win together?
#     minutes: 32
#     objectives:
#       - tell apart what rises together by construction and what an experiment found
#       - follow the NMR, and see that none of what one side loses reaches another
#       - see in which way users compete, although nobody is given what you lose
#     needs: ["lessons {number:metamodel}, {number:why_stake}, {number:staking} and {number:attack_lab}"]
#     claims: [S26, S47]
# ---

# %% [markdown]
# Everybody rows in one direction, said the page of 2021: good predictions make a good
# metamodel, the fund earns, users are paid. All win together, and nobody gains by your
# loss: **aligned incentives**. Of all claims about the triangle this is the largest.
# Let us turn the whole triangle for two years, with people of all sorts, and look.

# %%
from numlearn.world import crowd

kinds = [("line",), ("sub_a",), ("slow",), ("sub_b",), ("sector",), ("half_neutral",)]


def people(name, number):
    """Return honest users with different models, and 12,000 NMR each."""
    models = [kinds[n % 6] for n in range(number)]
    return [crowd.Honest(f"{name}_{n}", 12_000, m, 0.6) for n, m in enumerate(models)]


cast = people("honest", 16) + [crowd.Random(f"random_{n}", 12_000) for n in range(6)]
cast += [crowd.Opposing(f"opposing_{n}", 12_000, model="line") for n in range(4)]
cast += crowd.farm(14)

# %% [markdown]
# You know them: *honest* users have models of their own; *random* ones hand in random
# numbers; *opposing* ones the opposite of a fair model; and the *farm* is one person
# with 14 free accounts, without a stake. Now two years of weekly rounds, under the
# rules of January 2026.

# %%
import numpy as np
import pandas as pd

seed = 1
season = nl.world.run(seed, rules="2026-01", rounds=104, users=cast)
rounds = season.rounds
weeks = pd.DataFrame({"fund (%)": 100 * rounds["fund_return"]})
weeks["metamodel's CORR"] = rounds["metamodel_corr"]
weeks["users (1000 NMR)"] = (rounds["paid"] - rounds["burned"]) / 1000
weeks["burned (1000 NMR)"] = rounds["burned"] / 1000
quarter = pd.Series(np.arange(104) // 13 + 1, weeks.index, name="quarter")
sums = weeks.groupby(quarter).sum()
steps = np.sign(sums[["fund (%)", "users (1000 NMR)"]].diff().dropna())
alike = steps.nunique(axis=1).eq(1).sum()
sums.round(2)

# %%
import matplotlib.pyplot as plt


def bars(table, sides, title, caption):
    """Draw a row of bars for each side, one bar a quarter."""
    with nl.plots.style():
        _, axes = plt.subplots(len(sides), 1, figsize=(8, 4), sharex=True)
        for ax, (name, corner) in zip(axes, sides.items()):
            ax.bar(table.index, table[name], color=nl.plots.COLORS[corner])
            ax.set_ylabel(name.replace(" (", "\n("))
        axes[0].set_title(title)
        axes[-1].set_xlabel("quarter")
    nl.plots.caption(axes[0], caption)
    plt.show()


bars(
    sums,
    {"fund (%)": "fund", "users (1000 NMR)": "users", "burned (1000 NMR)": "staking"},
    f"Fund and users step the same way {alike} times of {len(steps)}",
    "Three rows of eight bars, one a quarter: what the fund returned, what users were paid"
    " less what they burned, and what burned.",
)

# %% [markdown]
# `users` is what all were paid, less what they burned; the weeks of a quarter are added up.
# The fund's best quarter is the best of its users as well, and the one with the fewest
# burns. But go from each quarter to the next: fund and users do not always rise and
# fall together (the title counts it). Somehow they are tied. By what?
#
# > **Caution.** These markets and crowds are made up, and kinder than the real world: models
# > find more here, and stakes grow accordingly. This is about how a system is built. Nothing
# > here is financial advice.

# %% [markdown]
# ## 1. What is tied by construction
#
# The fund trades the metamodel. Users are paid for scores on the same stocks, over days
# that the fund held them. That alone may make the bars rise together. To see how far it
# goes, take the people away: let the fund trade **random numbers, which nobody made**,
# and score them like a metamodel. No skill, no stake, no incentive.
#
# **Predict before you run.** How do the fund's quarters go with the CORR of the noise
# that it trades? As with a metamodel, less, or not at all?
#
# Then go one step further: let *all* users toss coins. Play the two years with 26 random
# users and nobody else. Will the fund's quarters still go with what these users are paid?
#
# (Twelve funds of noise, since one could be luck, and one more season: half a minute.)

# %%
rng = np.random.default_rng(seed)
names = [f"noise {n}" for n in range(1, 13)]
made = rng.standard_normal((len(season.panel), 12))
noises = pd.DataFrame(made, season.panel.index, names)
panel = season.panel[["era", "target"]].join(noises)
corr = nl.scoring.corr(panel, names).set_axis(weeks.index)
funds = {name: season.fund(noises[name]).eras["net"].to_numpy() for name in names}
funds = 100 * pd.DataFrame(funds, weeks.index)

coins = [crowd.Random(f"random_{n}", 12_000) for n in range(26)]
tossed = nl.world.run(seed, rules="2026-01", rounds=104, users=coins).rounds
tossed = tossed.groupby(quarter.to_numpy()).sum()
by_luck = tossed["paid"] - tossed["burned"]

# %%
first = pd.DataFrame({"fund (%)": funds["noise 1"], "its CORR": corr["noise 1"]})
first = first.groupby(quarter).sum()
bars(
    first,
    {"fund (%)": "fund", "its CORR": "muted"},
    f"One noise and its fund: a correlation of {first.corr().iloc[0, 1]:.2f}",
    "Two rows of eight bars, one a quarter: what a fund of noise returned, and the noise's"
    " CORR. High bars stand above high ones.",
)

# %% [markdown]
# Over the years it loses what its trades cost. But *when* it earns and *when* the noise
# scores go together. That was the first of twelve. Here are all of them, the real thing,
# and the world in which all users are random:

# %%
import seaborn as sns

by_noise = funds.groupby(quarter).sum().corrwith(corr.groupby(quarter).sum())
ties = {
    "fund and metamodel": sums["fund (%)"].corr(sums["metamodel's CORR"]),
    "fund and users": sums["fund (%)"].corr(sums["users (1000 NMR)"]),
}
ties["the same, all random"] = tossed["fund_return"].corr(by_luck)
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 2.8))
    rows = [*["fund and its noise"] * 12, *ties]
    sns.stripplot(x=[*by_noise, *ties.values()], y=rows, hue=rows, size=8, ax=ax)
    ax.axvline(0, color=nl.plots.COLORS["muted"], linewidth=1, zorder=0)
    ax.set(xlabel="correlation over eight quarters", ylabel="", xlim=(-1, 1.05))
    ax.set_title("Noise alone is tied to its fund, one draw more, one less")
nl.plots.caption(
    ax,
    "Twelve dots for funds of noise, from below 0 to above .9, most of them above .4; one"
    " each for fund and metamodel, for fund and users, and for fund and users where all are"
    " random, to the right.",
)
plt.show()

# %% [markdown]
# With eight quarters a correlation is uncertain: one noise alone could have told you
# nearly anything. So take the mean of the twelve; and five other worlds beside this
# one, run beforehand. (± is the standard error over the worlds here, as everywhere.)

# %% keep="tied_together" worlds=[2, 3, 4, 5, 6]
{**ties, "noise, mean of 12": by_noise.mean(), "noises above 0": (by_noise > 0).sum()}

# %% stored="tied_together"
others = nl.data.stored("tied_together")
lines = others.agg(["mean", "sem", "min", "max"]).T
lines.round(2)

# %% [markdown]
# In every world noise is tied to its own fund, on average nearly as closely as the
# metamodel, and in one even more closely. And where *all* users toss coins, fund and
# users go together nearly as closely as with the real crowd; in three of the five worlds
# more closely. So most of "fund and users gain in the same quarters" says nothing about
# people. Score and return share their stocks and their days: that is built in.
#
# Why is it not quite 1? The fund trades a week, and pays costs; the score looks four
# weeks ahead; and payouts count MMC as well. The first two you can see by moving
# something: in single *weeks* score and return hardly share their days. Make the blocks
# longer, and watch both clouds. Then change the noise, and see how far *one* noise may
# lead you.


# %%
def together(weeks_added_up=13, noise=1):
    """Draw the fund's returns against scores, added up over blocks of weeks."""
    block = np.arange(104) // weeks_added_up
    one = f"noise {noise}"
    pairs = {f"a fund of {one}": (corr[one], funds[one])}
    pairs["the fund"] = (weeks["metamodel's CORR"], weeks["fund (%)"])
    with nl.plots.style():
        _, axes = plt.subplots(1, 2, figsize=(8, 3.4))
        for ax, (name, pair) in zip(axes, pairs.items()):
            x, y = (side.groupby(block).sum() for side in pair)
            ax.scatter(x, y)
            ax.set(xlabel="CORR, added up", title=f"{name}: r = {x.corr(y):.2f}")
        axes[0].set_ylabel("return, added up (%)")
    nl.plots.caption(axes[0], "Two clouds, one dot a block: noise, and the metamodel.")
    plt.show()


nl.plots.explore(together, weeks_added_up=[1, 2, 4, 8, 13, 26], noise=(1, 12, 1))

# %% [markdown]
# In weeks both clouds are nearly round, in quarters both are tilted. At 26 weeks there
# are four dots, and r jumps about from one noise to the next: long blocks share more
# days, and leave less to count.
#
# So the honest question is another one: is what is good for one good for the *others*?
#
# > **In the real tournament** you cannot draw the fund's bars. The page of 2021 said that
# > the fund's performance is not disclosed; some figures were public since, and an answer
# > of Numerai's from August 2026 says once more that it is not.

# %% [markdown]
# ### Exercise: alignment
#
# Write `alignment(rounds, length)`: a table like `season.rounds`, its rows in the order
# of time, of which you need `fund_return`, `paid` and `burned`; and how many rows make
# a block. The first block begins with the first row, and one that is not full at the
# end is a block, too. Per block: the fund's return, *compounded* this time; what the
# users were paid less what burned; and what burned. Return the correlations of these
# three, not rounded, as a table with the rows and columns `fund`, `users` and `burned`.
# For blocks of 3 of eight rounds with returns of `[.01, .02, -.01, 0, .03, -.02, 0,
# -.01]`, paid `[5, 6, 2, 3, 3, 2, 4, 5]` and burned `[1, 2, 2, 2, 1, 3, 1, 3]` (only
# what is shown here is rounded):
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
# ## 2. Where the NMR goes
#
# Follow the tokens. Numerai pays, users keep, stakes burn. Is there an arrow from what
# one loses to what another gets?

# %%
paid, burned = (season.users[name].sum() / 1000 for name in ("paid", "burned"))
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 2.2))
    for x, (name, amount) in enumerate({"paid": paid, "burned": burned}.items()):
        look = {"lw": 60 * amount / paid, "color": f"C{2 * x}"}
        ax.plot([x, x + 1], [0, 0], solid_capstyle="butt", **look)
        ax.text(x + 0.5, 0.65, f"{name}: {amount:,.0f} →", ha="center")
    for x, who in enumerate(["Numerai", "users", "destroyed"]):
        ax.text(x, 0, who, ha="center", va="center", bbox={"fc": "white"})
    ax.set(xlim=(-0.3, 2.3), ylim=(-1, 1))
    ax.axis("off")
    ax.set_title(f"Users keep {paid - burned:,.0f}, nobody gets what burns (1000 NMR)")
nl.plots.caption(
    ax,
    "A broad arrow from Numerai to the users, what was paid; a narrower one from them to"
    " 'destroyed', what burned. None leads back, or from user to user.",
)

# %% [markdown]
# That the three add up is construction: whatever Numerai pays is either kept by
# somebody or destroyed. No burned NMR goes to Numerai, to other users or to the fund;
# {lesson:nmr} reads it in the contract. So far the page of 2021 holds: **nobody is
# given what you lose**. (All who hold NMR do hold a larger share of what is left.)

# %% [markdown]
# ### Exercise: nmr_flow
#
# Write `nmr_flow(payouts)`: a table like `season.table("payout")`, rounds × users;
# below zero a stake burned. Return a dict with what each of the three ended with:
# `"Numerai"` (what it paid, below zero), `"users"` (what they kept, all together) and
# `"destroyed"`. For
# `pd.DataFrame({"ana": [4.0, -1.0], "bo": [-2.0, 3.0]})`:
#
# ```
# {'Numerai': -7.0, 'users': 4.0, 'destroyed': 3.0}
# ```


# %% exercise="nmr_flow"
def nmr_flow(payouts):
    """Return what Numerai, the users and nobody ended with, in NMR."""
    # BEGIN SOLUTION
    paid = payouts.clip(lower=0).sum().sum()
    destroyed = -payouts.clip(upper=0).sum().sum()
    return {"Numerai": -paid, "users": paid - destroyed, "destroyed": destroyed}
    # END SOLUTION


# %% [markdown]
# ## 3. Everyone?
#
# "Users" were a sum. Take them apart: how does each honest user's income go with the
# fund's return? And so in five other worlds.

# %%
income = season.table("payout").filter(like="honest").groupby(quarter.to_numpy()).sum()
each = income.corrwith(sums["fund (%)"])
single = {"all together": ties["fund and users"], "a single one, mean": each.mean()}
single |= {"lowest of 16": each.min(), "highest of 16": each.max()}

# %% keep="single_users"
single

# %% stored="single_users"
worlds = pd.concat([pd.DataFrame(single, [1]), nl.data.stored("single_users")])
worlds.rename_axis("world").round(2)

# %% [markdown]
# The crowd's income goes with the fund in all six worlds. A single honest user's hardly
# does, and in each world there was somebody for whom it even went the other way (of
# sixteen, over only eight quarters, chance alone would find one). The fund sees the
# mean of many.
#
# And do you lose by another's gain? Let 26 more honest people join, who are as good as
# the sixteen. The better the models that we help each other make, says the page of
# 2021, the better for all.
#
# **Predict before you run.** Under the rules of January 2026 a payout factor shares a
# purse. Does the metamodel gain by the newcomers? And the income of the first sixteen?
# (Two seasons: up to ten seconds. The next two as well.)


# %%
def joined_by(new, rules):
    """Return what the fund trades, and what became of the first sixteen."""
    played = nl.world.run(seed, rules, 104, cast + people("new", new))
    first, figures = played.users.filter(like="honest", axis=0), played.summary()
    return {
        "metamodel (1e-4)": 1e4 * figures["metamodel_corr"],
        "growth (%)": 100 * first["income"].sum() / first["stake"].sum(),
        "MMC (1e-4)": 1e4 * first["mmc"].mean(),
        "paid (1000 NMR)": figures["paid"] / 1000,
    }


january = pd.DataFrame({new: joined_by(new, "2026-01") for new in (0, 26)}).T
january.rename_axis("newcomers").round(0).astype(int)

# %% [markdown]
# Growth and MMC are those of the first sixteen, over two years. The purse is about the
# same, and more people share it: the factor is a rule of sharing. Read it backwards:
# when your stake burns, the factor rises for all others. So under these rules they do
# gain by your loss, a little.
#
# **Predict before you run.** The rules of August 2026 have no threshold: nobody shares
# a purse, and Numerai pays the newcomers on top. Do the first sixteen now earn as much
# as before?

# %%
august = pd.DataFrame({new: joined_by(new, "2026-08") for new in (0, 26)}).T
change = pd.concat(
    {"2026-01": january.diff().loc[26], "2026-08": august.diff().loc[26]}
)
august.rename_axis("newcomers").round(0).astype(int)

# %% [markdown]
# Less again, though nobody shares a purse: look at their MMC. And the metamodel is no
# better here. (The two rule sets score against different targets: compare lines within
# one.) But one world is one throw of the dice. What the newcomers changed in five other
# worlds:

# %% keep="newcomers_change"
change.unstack()[["metamodel (1e-4)", "growth (%)", "MMC (1e-4)"]]

# %% stored="newcomers_change"
newcomers = nl.data.stored("newcomers_change")
newcomers.agg(["mean", "sem", "min", "max"]).T.round(1)

# %%
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.8))
    for rules, corner in {"2026-01": "users", "2026-08": "staking"}.items():
        both = pd.concat([change[rules].to_frame().T, newcomers[rules]])
        x, y = both["metamodel (1e-4)"], both["growth (%)"]
        ax.scatter(x, y, color=nl.plots.COLORS[corner], label=f"rules of {rules}")
    ax.axhline(0, color=nl.plots.COLORS["muted"], linewidth=1)
    ax.axvline(0, color=nl.plots.COLORS["muted"], linewidth=1)
    ax.set(xlabel="metamodel: change of CORR (ten-thousandths)")
    ax.set_ylabel("the first sixteen: change\nof growth (% of the stake)")
    ax.set_title("Those who were there before earn less; the fund mostly gains")
    ax.legend()
nl.plots.caption(
    ax,
    "Twelve dots, two rule sets in six worlds: all below zero, nearly all to the right of it.",
)
plt.show()

# %% [markdown]
# Those who were there before earned less in all six worlds, under both rules. The
# metamodel got better in eleven of twelve comparisons, by little in some. Under both
# the first sixteen's MMC has fallen: what they knew is now known by others. In January
# more people share a purse as well.
#
# So between *users* it is a competition, if a polite one. What you add to the fund and
# what you take from a colleague can be one and the same thing.
#
# > **Then and now.** In 2021 one could still call it no competition: MMC was optional. It
# > has been part of every payout since 2024, and counts more than CORR.

# %% [markdown]
# ## 4. So, does everyone win together?
#
# The course keeps a table of all claims that a season can settle, measured on eight
# other worlds with a crowd of all kinds. This lesson's claim, with its 95 % interval:

# %%
claims = nl.world.claims().query("lesson == 'alignment'")
print(*claims["sentence"].unique(), sep="\n")
claims.set_index("measure")[["mean", "low", "high", "verdict"]].round(2)

# %% [markdown]
# It holds, and most of it is built in. Taken together:
#
# - *Tied by construction*: score, payout and the fund's return, also where all toss coins. And
#   what is paid equals what is kept plus what is destroyed: nothing returns to Numerai.
# - *Found*: a single user's income often does not go with the fund, though the crowd's does. And
#   users compete, for MMC, and in January for the purse.
# - *Not in here*: the price of NMR, the fund's capital, new ideas, and people who make up
#   their minds.
#
# So the sides are tied together. But a tie is no reason to work: it held for noise.
# Whether the *rules* make it worthwhile to do what the fund needs is the next lesson.

# %% quiz="alignment"

# %% [markdown]
# ## In this notebook you
#
# - told what gains together by construction, even for a fund that trades noise, from what
#   was found to;
# - followed the NMR, and saw that nobody is given what you lose;
# - saw users compete all the same, for MMC and at times for a purse, in six of six worlds.
#
# Next: one rule at a time is changed, and you see who pays. Numerai's own account of
# its rules is in its [documentation](https://docs.numer.ai).
