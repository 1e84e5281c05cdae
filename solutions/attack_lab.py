# ---
# jupyter:
#   numlearn:
#     question: Why not just pay the best predictions?
#     minutes: 40
#     objectives:
#       - attack a tournament in seven ways, and see which rule pays for it
#       - show why gains and burns must mirror each other
#       - design a rule that defeats attacks it has not seen, and keeps honest people
#     needs: ["lessons {number:contribution}, {number:why_stake} and {number:staking}"]
#     claims: [S37, S38, S39, S40]
# ---

# %% [markdown]
# You run the tournament, and somebody on your team has an idea. Why stakes, why burns, why
# all this? *Just pay the ten best predictions of each week.* It sounds so plain that this
# lesson tries it first, with twelve honest users and with people who have other plans.

# %%
from numlearn.world import crowd

kinds = [("line",), ("sub_a",), ("slow",), ("sub_b",), ("sector",), ("half_neutral",)]
honest = range(12)
cast = [crowd.Honest(f"honest_{n}", 12_000, kinds[n % 6], own=0.6) for n in honest]
cast += [crowd.Random(f"guess_{n}", 12_000) for n in range(4)]
cast += crowd.sybils(2, 12_000, name="pair")
cast += [crowd.Opposing(f"opposing_{n}", 12_000, model="line") for n in range(2)]
cast += [crowd.Copycat("copy_0", 12_000, late=5)]
cast += [crowd.PumpAndRun("runner_0", 12_000, models=("line",))]
cast += [crowd.Whale("whale_0", 80_000)]
cast += crowd.farm(100)

# %% [markdown]
# - **guess** submits random numbers; **whale** does so with a very large stake.
# - **pair** has two accounts, one with random numbers and one with their opposite. Here are
#   two such pairs. (One person behind many accounts is called a **sybil**.)
# - **opposing** submits the opposite of a fair model.
# - **copy** waits until a metamodel is five weeks old, finds out how it was mixed, and
#   mixes the same for the new round.
# - **runner** has a fair model, stakes while things go well, and runs when they do not.
# - **farm** is one person with a hundred free accounts, all of them guessing.
#
# Numbers after a name are accounts. Here is who would get the ten prizes in round 10.

# %%
import pandas as pd

seed = 1
season = nl.world.run(seed, rules="2026-01", users=cast)
corr, mmc = (season.table(name).fillna(0) for name in ("corr", "mmc"))
stakes = pd.Series({user.name: user.stake for user in cast})
owner = pd.Series(stakes.index.str.split("_").str[0], stakes.index)
corr.loc[10].nlargest(10).rename("CORR").to_frame().round(3)

# %% [markdown]
# ## 1. The best of the week
#
# **Predict before you run.** The farm has a hundred of the accounts and no skill at all.
# Which share of all prizes does it get in a year of weekly prizes? And if prizes went to
# the best ten of a quarter, or of the whole year?

# %%
import numpy as np

shares = pd.DataFrame({"accounts": owner.value_counts(normalize=True)})
for prize, rounds in {"week": 1, "quarter": 13, "year": 52}.items():
    means = corr.groupby(np.arange(52) // rounds).mean()
    won = means.rank(axis=1, ascending=False) <= 10
    shares[f"best of the {prize}"] = won.sum().groupby(owner).sum() / won.sum().sum()
good = corr.clip(lower=0).sum()
shares["pay-only"] = good.groupby(owner).sum() / good.sum()
(100 * shares).reindex(owner.unique()).round(0).astype(int)

# %% [markdown]
# All in percent. In a week a prize is nearly a matter of how many tickets you hold. Longer
# seasons help: skill adds up and luck does not. But they pay late, and by then the fund has
# traded for a year. The last column is {lesson:why_stake}'s pay-only, in proportion to every CORR
# above zero; it, too, goes by the number of accounts.
#
# > **Then and now.** The page of 2021 says that the first Numerai really was a tournament
# > with a winner, and had bonuses for high ranks later on; and that nonsense submissions
# > had been a real problem. In 2026 ranks are back, as titles for the best of a season.
# > Payouts do not depend on them.

# %% [markdown]
# ### Exercise: attack_income
#
# Write `attack_income(corr, owner, places)`: a table of CORR, rounds × accounts; a Series
# that names each account's owner, by account, not always in the table's order; and a
# number. In each round the best `places` accounts get 100 NMR each (no two have the same
# score). Return a Series, what each owner earns, also who earns nothing. For
# `pd.DataFrame({"a": [.01, .03], "b": [.02, .01], "c": [.03, .02]})`, the owners
# `pd.Series({"a": "ana", "b": "bo", "c": "bo"})` and one place:
#
# ```
# ana    100.0
# bo     100.0
# dtype: float64
# ```


# %% exercise="attack_income"
def attack_income(corr, owner, places):
    """Return what each owner earns from prizes for the best of a round."""
    # BEGIN SOLUTION
    won = corr.rank(axis=1, ascending=False) <= places
    return 100.0 * won.sum().groupby(owner).sum()
    # END SOLUTION


# %% [markdown]
# ## 2. A bet on both sides
#
# So let there be a stake: without one you are not paid, and the farm is gone. Is it enough?
# Pay `0.75 * corr + 2.25 * mmc` of the stake, at most 5 % a round; that is the rule of
# January 2026 without its payout factor. When it is below zero, burn it, but at most some
# share of the stake, the *burn cap*. At a burn cap of 0 nothing burns.
#
# > **Caution.** This is about how a system is built. Nothing here is financial advice.
#
# **Predict before you run.** From which burn cap on does a pair earn nothing?

# %%
import matplotlib.pyplot as plt
import seaborn as sns

score = 0.75 * corr + 2.25 * mmc
caps = np.arange(0, 0.101, 0.005)
growth = {cap: score.clip(-cap, 0.05).sum().groupby(owner).mean() for cap in caps}
growth = pd.DataFrame(growth).T
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.8))
    some = 100 * growth[["honest", "guess", "pair"]].set_axis(100 * growth.index)
    sns.lineplot(some, ax=ax)
    ax.axhline(0, color=nl.plots.COLORS["muted"], linewidth=1)
    ax.set(
        xlabel="burn cap (% of the stake)", ylabel="a year's income (% of the stake)"
    )
    ax.set_title("A pair lives on the difference between gains and burns")
nl.plots.caption(
    ax,
    "A year's income against the burn cap: all three lines fall; that of the pair crosses"
    " zero at 5 %, where the cap on burns equals the cap on gains.",
)
plt.show()

# %%
growth.loc[[0, 0.05, 0.1], ["honest", "guess", "pair"]].rename_axis("burn cap").round(2)

# %% [markdown]
# Where nothing burns a pair earns nearly as much for each NMR as honest people do. At 5 % it
# earns exactly nothing, and that is construction: what one account gains the other burns,
# when gains and burns mirror each other. It is never *found out*. The attack has become
# pointless, which is better, since no one has to look for it.
#
# Beyond 5 % the pair loses, and the honest ones pay for that with some of their income. A
# harder burn is a price, too.

# %% [markdown]
# ### Exercise: sybil_pair
#
# Write `sybil_pair(scores, cap, burn_cap)`: an array of one account's scores by round. Its
# twin has the opposite scores. A round pays or burns the score, at most `cap` upwards and
# `burn_cap` downwards, on a stake of 1 NMR for each account. Return what both together
# earn in all rounds. For
# `sybil_pair(np.array([0.04, -0.1, 0.03]), cap=0.05, burn_cap=0.02)`:
#
# ```
# 0.06
# ```


# %% exercise="sybil_pair"
def sybil_pair(scores, cap, burn_cap):
    """Return what two accounts with opposite scores earn together."""
    # BEGIN SOLUTION
    return np.clip([scores, -scores], -burn_cap, cap).sum()
    # END SOLUTION


# %% [markdown]
# ## 3. What stake and burn defeats, and what it does not
#
# Now the real thing, in which stakes grow and shrink and weigh in the metamodel: the season
# that we ran was played under the rules of January 2026.
#
# **Predict before you run.** Six kinds of attack with a stake. Which end the year with less
# than they came with, which stand still, which earn?

# %%
table = season.users.groupby(owner, sort=False)
table = table[["stake", "income", "weight_first", "weight_last"]].sum()
table.insert(2, "growth", table["income"] / table["stake"].where(table["stake"] > 0))
table.round({"stake": 0, "income": 0}).round(2)

# %% [markdown]
# `growth` is the year's income as a share of the first stake. But one year is one throw of
# the dice for whoever guesses. Beside it, the same season on five other worlds, run
# beforehand:

# %% keep="attackers_growth" worlds=[2, 3, 4, 5, 6]
table["growth"].dropna()

# %% stored="attackers_growth"
others = nl.data.stored("attackers_growth")
others.agg(["mean", "min", "max"]).T.assign(live=table["growth"]).round(2)

# %%
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.8))
    dots = {"orient": "h", "jitter": False, "size": 7, "ax": ax}
    sns.stripplot(100 * others, color=nl.plots.COLORS["users"], **dots)
    live = 100 * table.loc[others.columns, ["growth"]].T
    sns.stripplot(live, color=nl.plots.COLORS["ink"], marker="D", **dots)
    ax.axvline(0, color=nl.plots.COLORS["muted"], linewidth=1, zorder=0)
    ax.set(xlabel="growth of the stake in a year (%)", ylabel="who")
    ax.set_title("Opposition and great noise burn; a good copy does not")
nl.plots.caption(
    ax,
    "Growth of each kind's stake in six worlds, one dot a world and a diamond for the live"
    " one: opposing and whale far left of zero, guess and pair around it, honest and copy"
    " far to the right.",
)
plt.show()

# %% [markdown]
# - **Opposing** burned in all six worlds, and so did the **whale**. The whale *is* a good
#   part of the metamodel, so its contribution is bad in proportion to its own weight.
# - **Guess** ended below zero in all six, by next to nothing in one and by half of its stake
#   in another. The **pair** stood nearly still; not exactly, for after a while its two stakes
#   are no longer equal.
# - The **runner** earned less than the honest ones in all worlds but one. Whoever runs after
#   bad weeks is away in the good ones.
# - The **copy** was *not* defeated. It earned more than the honest ones in all six worlds. It
#   has no idea of its own, but what it hands in is good, and less noisy than what it copied.
#
# So staking burns nonsense that is large or opposed to the truth; small noise it makes
# pointless. What changes for the fund is the weight:

# %%
weights = season.table("weight").T.groupby(owner).sum().T
bad = weights[["guess", "pair", "opposing", "whale"]].sum(axis=1)
bad.iloc[[0, 12, 25, 38, 51]].rename("weight of bad faith").round(2).to_frame()

# %% [markdown]
# Their part of the metamodel has halved, partly because they burned and partly because the
# others' stakes grew. Trust shifted by arithmetic, and nobody had to judge anybody.
#
# > **In the real tournament** nobody gets a five-week-old metamodel's recipe as neatly as our
# > copy does. What anybody can copy are Numerai's public benchmark models. From public scores
# > of 355 daily rounds (September 2024 to early 2026) and with the weights of January 2026
# > two of them come to .002 and .012 a round; a successful participant, picked afterwards,
# > to about .03.

# %% [markdown]
# ## 4. Your rule
#
# "Why this way instead of that way?" The page of 2021 put those questions off to pages that
# were to come. Its short answer was that most had been tried. The pages never came, so try
# it yourself. A rule is a function of three tables, rounds × accounts: `corr`, `mmc` and
# `stake`. It returns a fourth, what each account is paid in each round; below zero, burned.

# %%
stake = pd.DataFrame([stakes] * 52, corr.index)


def try_rule(rule):
    """Return what each owner earns in a year, as a share of the first stake."""
    paid = rule(corr, mmc, stake).sum().groupby(owner).sum()
    return paid / stakes.groupby(owner).sum().replace(0, np.nan)


# %% [markdown]
# **Predict before you run.** Four rules. Under which does the copy earn less than the honest
# ones? (Stakes stand still here, and the runner stays, so that each rule meets the same
# scores.)

# %%
rules = {
    "no burn": lambda c, m, s: s * (0.75 * c + 2.25 * m).clip(0, 0.05),
    "CORR only": lambda c, m, s: s * (3 * c).clip(-0.05, 0.05),
    "January 2026": lambda c, m, s: s * (0.75 * c + 2.25 * m).clip(-0.05, 0.05),
    "MMC only": lambda c, m, s: s * (3 * m).clip(-0.05, 0.05),
}
tried = pd.DataFrame({name: try_rule(rule) for name, rule in rules.items()})
tried.loc[table.index.drop("farm")].round(2)

# %% [markdown]
# Under "MMC only" the copy comes out behind. Is that the rule's doing, or this world's? By how
# much the copy is ahead of the honest ones, in the five other worlds as well:

# %% keep="copy_under_rules"
tried.loc["copy"] - tried.loc["honest"]

# %% stored="copy_under_rules"
ahead = nl.data.stored("copy_under_rules").T
ahead.assign(live=tried.loc["copy"] - tried.loc["honest"]).round(2)

# %% [markdown]
# Without burns everybody earns, the guessers included. Under the other three noise earns
# nothing or less, and a copy leads the honest ones where CORR is paid. MMC alone puts it
# behind them in this world and in none of the five others. And MMC alone is a noisy judge
# that pays the honest ones less. Every rule here is a compromise, the real ones included.

# %% [markdown]
# ### Exercise: your_rule
#
# Write `your_rule(corr, mmc, stake)`: payouts in the tables' shape. A payout depends on nothing
# but the account's own scores and stake in that round, and is never larger than the stake.
# Reckon yourself, without `nl.staking.RULES`. It is tried on two years of scores that you have
# not seen, on parts of them, and on attackers that are not all in this lesson. It must
#
# - let honest users' stakes grow by at least 5 % in a year;
# - pay nothing without a stake, and for noise, however arranged, at most a tenth of what
#   honest users get for each NMR;
# - burn who submits the opposite of a good model; of the metamodel's opposite, which has no
#   MMC, at least 2 % in a year;
# - pay an exact copy of the metamodel at most five sixths of what honest users get;
# - make no difference between one account and many, however small their stakes.
#
# `0.01 * stake`, which does none of this, would return for 100 and 200 NMR at stake
#
# ```
#      a    b
# 0  1.0  2.0
# ```


# %% exercise="your_rule"
def your_rule(corr, mmc, stake):
    """Return what each account is paid in each round; below zero, burned."""
    # BEGIN SOLUTION
    return stake * (0.5 * corr + 2.5 * mmc).clip(-0.05, 0.05)
    # END SOLUTION


# %% [markdown]
# What your rule has met there: eight accounts with one and the same noise, pairs with wild
# scores, free pairs, half-hearted opposition, and an honest model split over eight accounts.
# The copy there was exact, without any MMC. The one of section 3 is a good model in its own
# right, and your rule may well pay it.
#
# Withstanding all this is no proof. The attack that matters is the one nobody has thought of
# yet, and no rule is the last one: Numerai's have changed about twenty times since 2021.

# %% quiz="attack_lab"

# %% [markdown]
# ## In this notebook you
#
# - attacked a tournament in seven ways, and saw that prizes and pay-only go to whoever has
#   the most accounts;
# - showed why gains and burns must mirror each other: a pair lives on the difference;
# - designed a rule that keeps honest people and defeats attacks that it had not seen.
#
# What the rules do to everybody else, the fund included, is the next lesson's question.
# Numerai discusses its rules in public, in its [forum](https://forum.numer.ai).
