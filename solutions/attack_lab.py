# ---
# jupyter:
#   numlearn:
#     question: Why not just pay the best predictions?
#     minutes: 41
#     objectives:
#       - attack a tournament in seven ways and one of your own, and see who pays for it
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
cast += [crowd.Random(f"random_{n}", 12_000) for n in range(4)]
cast += crowd.sybils(2, 12_000)
cast += [crowd.Opposing(f"opposing_{n}", 12_000, model="line") for n in range(2)]
cast += [crowd.Copycat("copycat_0", 12_000, late=5)]
cast += [crowd.PumpAndRun("pump_and_run_0", 12_000, models=("line",))]
cast += [crowd.Whale("whale_0", 80_000)]
cast += crowd.farm(100)

# %% [markdown]
# - **honest** has a fair model, of one of six kinds (those of {lesson:metamodel} and some more),
#   and beside it noise of its own, 0.6 times as loud.
# - **random** submits random numbers; **whale** does so with a very large stake.
# - **hedged** has two accounts, one with random numbers and one with their opposite. Here
#   are two such people. (One person behind many accounts is called a **sybil**.)
# - **opposing** submits the opposite of a fair model.
# - **copycat** waits until a metamodel is five weeks old, finds out which mixture of models that
#   everybody has looks most like it, and mixes the same for the new round.
# - **pump_and_run** has a fair model, stakes while its last four scores are good, and takes
#   the stake away when they are not.
# - **farm** is one person with a hundred free accounts, all with random numbers.
#
# Numbers after a name are accounts (`+` and `-` the two of a hedged person). Here is who would get
# the ten prizes in round 10.

# %%
import pandas as pd

seed = 1
season = nl.world.run(seed, rules="2026-01", users=cast)
corr = season.table("corr").fillna(0)  # a row a round, a column an account
behavior = season.users["behavior"]  # season.users has a row an account
corr.loc[10].nlargest(10).rename("CORR").to_frame().round(3)

# %% [markdown]
# ## 1. The best of the week
#
# **Predict before you run.** The farm has a hundred of the accounts and no skill at all.
# Which share of all prizes does it get in a year of weekly prizes? And if prizes went to
# the best ten of a quarter, or of the whole year?

# %%
import numpy as np

shares = pd.DataFrame({"accounts": behavior.value_counts(normalize=True)})
for prize, rounds in {"week": 1, "quarter": 13, "year": 52}.items():
    means = corr.groupby(np.arange(52) // rounds).mean()
    won = means.rank(axis=1, ascending=False) <= 10
    shares[f"best of the {prize}"] = won.sum().groupby(behavior).sum() / won.sum().sum()
good = corr.clip(lower=0).sum()
shares["pay-only"] = good.groupby(behavior).sum() / good.sum()
(100 * shares).reindex(behavior.unique()).round(0).astype(int)

# %% [markdown]
# All in percent. In a week an honest account wins about twice as often as one of the farm's, and
# the farm has eight times as many. (Round 10 was a poor one for the honest.) Longer seasons help:
# skill adds up and luck does not. But they pay late, and by then the fund has traded for a year. The last column is {lesson:why_stake}'s pay-only, in proportion to every
# CORR above zero; it, too, goes by the number of accounts.
#
# > **Then and now.** The page of 2021 says that the first Numerai really was a tournament
# > with a winner, and had bonuses for high ranks later on; and that nonsense submissions
# > had been a real problem. In 2026 ranks are back, as titles for the best of a season.
# > Payouts do not depend on them.

# %% [markdown]
# ## 2. A bet on both sides
#
# So let there be a stake: without one you are not paid, and the farm is gone. Is it enough?
# Pay `0.75 * corr + 2.25 * mmc` of the stake, but at most some share of it, the *payout cap*;
# that is the rule of January 2026 without its payout factor. When it is below zero, burn it,
# again up to a share of the stake, the *burn cap*. At a burn cap of 0 nothing burns.
#
# > **Caution.** This is about how a system is built. Nothing here is financial advice.
#
# One world is one throw of the dice. So the same people play in five (half a minute the first
# time), with ten of the free accounts. In the arena that we build now their scores are as they were, and
# stakes stand still, so a new rule changes only who is paid. For each NMR at stake, what does a
# behavior earn in a year?


# %%
def earned(rule, season):
    """Return what each behavior earns in a year, in NMR for each NMR at stake."""
    corr, mmc = (season.table(name).fillna(0) for name in ("corr", "mmc"))
    stake, who = (
        0 * corr + season.users["stake"],
        [*season.users["behavior"], "exact copy"],
    )
    corr["exact copy"] = season.rounds.set_index("round")["metamodel_corr"]
    mmc["exact copy"], stake["exact copy"] = 0.0, 1.0
    paid = rule(corr, mmc, stake).sum().groupby(who).sum()
    staked = stake.iloc[0].groupby(who, sort=False).sum()
    return (paid / staked)[staked.index[staked > 0]].round(6) + 0.0


worlds = range(1, 6)
seasons = {w: nl.world.run(w, rules="2026-01", users=cast[:-90]) for w in worlds}

# %%
import matplotlib.pyplot as plt
import seaborn as sns


def show(table, title, xlim=None):
    """Draw worlds × behaviors: dots, their mean and its error, the honest as a band."""
    mean, error, colors = table.mean(), table.sem(), nl.plots.COLORS
    with nl.plots.style():
        _, ax = plt.subplots(figsize=(8, 0.9 + 0.36 * len(mean)))
        ax.errorbar(mean, range(len(mean)), None, error, "D", color=colors["ink"])
        sns.stripplot(table, orient="h", jitter=False, color=colors["users"], ax=ax)
        ax.axvspan(*mean["honest"] + np.array([-1, 1]) * error["honest"], alpha=0.25)
        ax.axvline(0, color=colors["muted"], linewidth=1, zorder=0)
        ax.set(title=title, xlabel="NMR a year for each NMR staked", xlim=xlim)
        shown = [*ax.containers, ax.collections[1], ax.patches[0]]
        ax.legend(shown, ["mean, its error", "a world", "the honest"], loc=(1, 0.2))
    nl.plots.caption(ax, ", ".join(f"{k} {x:+.2f}" for k, x in mean.items()) + ".")


# %% [markdown]
# **Predict before you run.** Let gains be capped at 5 % of the stake and burns at 2 %. A hedged
# person's accounts always have opposite scores. What do both earn together?
#
# Then move `burn_cap`, from 0 upwards, and look where *hedged* crosses zero. Set `payout_cap` to
# something else and look again. Dots are worlds; a diamond is their mean, with its standard
# error (as everywhere here); the band is the mean of the honest, with the same.


# %%
def arena(rule, seasons=seasons):
    """Return what each behavior earns under a rule, worlds × behaviors."""
    return pd.DataFrame({w: earned(rule, one) for w, one in seasons.items()}).T


def caps(payout_cap=5, burn_cap=2):
    """Draw what three behaviors earn under two caps, in % of the stake."""

    def rule(corr, mmc, stake):
        score = 0.75 * corr + 2.25 * mmc
        return stake * score.clip(-burn_cap / 100, payout_cap / 100)

    table = arena(rule)[["honest", "random", "hedged"]]
    hedged = f"{table['hedged'].mean():+.2f}"
    title = f"{payout_cap} % up, {burn_cap} % down: hedged {hedged}"
    show(table, title, xlim=(-1.2, 1.8))


nl.plots.explore(caps, payout_cap=(1, 10, 1), burn_cap=(0, 10, 1))

# %% [markdown]
# At 5 % up and 2 % down, a hedged person earns about half an NMR a year for each NMR, with no
# model at all, and nearly the same in every world: it lives on the *difference* between the caps. At a
# burn cap of 0 it earns nearly as much as the honest. Where both caps are equal it earns exactly
# nothing, whatever they are, and that is construction: what one account gains the other burns,
# when gains and burns mirror each other. It is never *found out*. The attack has become
# pointless, which is better, since no one has to look for it.
#
# With the burn cap above the payout cap hedging loses, and the honest pay for that with some of
# their income, or all of it (try 1 % and 5 %). A harder burn is a price, too.

# %% [markdown]
# ### Exercise: hedged_income
#
# Write `hedged_income(scores, cap, burn_cap)`: an array of one account's scores by round. Its
# twin, the other account of a hedged person, has the opposite scores. A round pays or burns
# the score, at most `cap` upwards and `burn_cap` downwards, on a stake of 1 NMR for each
# account. Return what both together earn in all rounds. For
# `hedged_income(np.array([0.04, -0.1, 0.03]), cap=0.05, burn_cap=0.02)`:
#
# ```
# 0.06
# ```


# %% exercise="hedged_income"
def hedged_income(scores, cap, burn_cap):
    """Return what two accounts with opposite scores earn together."""
    # BEGIN SOLUTION
    return np.clip([scores, -scores], -burn_cap, cap).sum()
    # END SOLUTION


# %% [markdown]
# ## 3. What stake and burn defeats, and what it does not
#
# Now the real thing, in which stakes grow and shrink and weigh in the metamodel: our seasons
# were played under the rules of January 2026.
#
# **Predict before you run.** Six behaviors with a stake and other plans. Which end the year
# with less than they came with, which stand still, which earn?

# %% worlds=[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] keep="attackers_growth"
season.behaviors["growth"].dropna()

# %% stored="attackers_growth"
growth = nl.data.stored("attackers_growth")
show(growth, "Opposition and large noise mostly burned; the copycat earned")

# %% [markdown]
# Fifteen worlds, run beforehand: income in a year for each NMR at the start.
#
# - **opposing** burned in 14 of them, the **whale** in all. It *is* a good part of the metamodel,
#   so its contribution is bad in proportion to its own weight.
# - **random** ended below zero in 12: the four are a seventh of the metamodel and burn a little for
#   the whale's reason. **hedged** stood nearly still.
# - **pump_and_run** was ahead of the honest in six, behind in nine.
# - **copycat** was *not* defeated. It was ahead of the honest in 12.
#
# > **A kinder world.** Stakes that double in a year belong to this made-up market: it stays of one
# > kind, and nobody improves. Do not take these growths home.
#
# What does the copycat have? {Lesson:contribution} said that an exact copy of the metamodel has an
# MMC of zero, by construction. **Predict before you run.** And our copycat? And if the whale
# stays away?

# %% keep="copycats_mmc"
calm = [user for user in cast if user.behavior != "whale"]
without = nl.world.run(seed, rules="2026-01", users=calm)
exact = nl.scoring.mmc(season.panel, "metamodel", metamodel="metamodel")
{"an exact copy": exact["metamodel"].mean()} | {
    who + name: played.behaviors["mmc"][who]
    for name, played in {"": season, ", no whale": without}.items()
    for who in ("copycat", "honest")
}

# %% stored="copycats_mmc"
added = 1000 * nl.data.stored("copycats_mmc")
with nl.plots.style():
    _, ax = plt.subplots(figsize=(8, 3))
    bars = {"errorbar": "se", "capsize": 0.15, "color": nl.plots.COLORS["users"]}
    sns.barplot(added, orient="h", alpha=0.6, ax=ax, **bars)
    dots = {"jitter": False, "size": 4, "color": nl.plots.COLORS["ink"]}
    sns.stripplot(added, orient="h", ax=ax, **dots)
    ax.set(xlabel="MMC a round in thousandths (bar: mean and error, dots: worlds)")
    ax.set_title("Without the whale's noise, copycat and honest add less")
text = ", ".join(f"{who} {abs(x):.1f}" for who, x in added.mean().items())
nl.plots.caption(ax, f"Thousandths: {text}.")
plt.show()

# %% [markdown]
# The metamodel carries the whale's noise, and the copycat does not, for it is mixed from models
# without noise. It hands in about what the metamodel would be without it, and to take noise out
# adds something, whoever does it. Without the whale both add less, in all 15 worlds, and then the
# copycat adds as much as the honest and no more. (Not zero: other noise is still in the blend. And
# the rule pays for CORR as well.)
#
# So staking burns nonsense that is large or opposed to the truth; small noise it makes
# pointless, or worse. What changes for the fund is the weight, in the first round and in the last:

# %%
first = {"at first": seasons[1].behaviors["weight_first"]}
last = {f"world {w}": one.behaviors["weight_last"] for w, one in seasons.items()}
trust = pd.DataFrame(first | last)
trust.loc["bad faith"] = trust.loc[["random", "hedged", "opposing", "whale"]].sum()
trust.round(2)

# %% [markdown]
# In these five worlds bad faith lost more than a third of its weight, partly because its stakes burned
# and partly because the others' grew. Trust shifted by arithmetic, and nobody had to judge anybody.
# (At first the copycat has no metamodel to copy, and pump_and_run no scores to go by. It weighs
# nothing again at the end of three worlds, since it had just run; between the two its stake may have
# grown.)

# %% [markdown]
# > **In the real tournament** nobody gets a metamodel's mixture as neatly as our copycat does. What
# > anybody can copy are the benchmark models that Numerai publishes. A public record of 355 daily
# > rounds (843 to 1197, September 2024 to early 2026; *numerai-vladthestaker*, 2026-02-27) has
# > eight of them. At 0.75 CORR + 2.25 MMC, the rule of January 2026 *without* its payout factor, they
# > come to .000 to .012 of the stake a round, and eight successful participants, picked
# > afterwards, to .015 to .030. The rounds overlap and are worth about 18, so each figure has an
# > error near .007: the benchmarks' are hardly told from zero. The factor, .18 by the documents'
# > example, leaves less than a fifth of all this.

# %% [markdown]
# ## 4. The arena: your rule
#
# "Why this way instead of that way?" The page of 2021 put those questions off to pages that
# were to come. Its short answer was that most had been tried. The pages never came, so try
# it yourself. A rule is a function of three tables, rounds × accounts: `corr`, `mmc` and
# `stake`. It returns a fourth, what each account is paid in each round; below zero, burned.
# (Here pump_and_run stays in, and so is one more fair model. And all earn less than above, where
# five rounds open in a week and stakes compound.)
#
# **Predict before you run.** Four rules. Under which does the copycat earn clearly less than
# the honest?

# %%
rules = {
    "no burn": lambda c, m, s: s * (0.75 * c + 2.25 * m).clip(0, 0.05),
    "CORR only": lambda c, m, s: s * (3 * c).clip(-0.05, 0.05),
    "January 2026": lambda c, m, s: s * (0.75 * c + 2.25 * m).clip(-0.05, 0.05),
    "MMC only": lambda c, m, s: s * (3 * m).clip(-0.05, 0.05),
}
tried = {name: arena(rule) for name, rule in rules.items()}
means = pd.DataFrame({name: table.mean() for name, table in tried.items()})
leads = pd.DataFrame({n: one["copycat"] - one["honest"] for n, one in tried.items()})
lead = {"copycat's lead": leads.mean(), "±": leads.sem(), "ahead in": (leads > 0).sum()}
pd.concat([means, pd.DataFrame(lead).T]).round(2)

# %% [markdown]
# In NMR for each NMR staked; below, the copycat's lead over the honest, its error, and in how
# many of five worlds it led. Without burns everybody earns, noise included. Under the other three
# noise earns nothing to speak of, and the copycat leads the honest on average; under none is it
# clearly behind. Only the *exact* copy, which has no MMC, can be left behind by paying MMC. Every rule here is a compromise, the real ones included.
#
# Now yours. Edit `my_rule` and run the cell again, as often as you like: another weight, another
# cap, a root, a bonus. Who is ahead of the honest? The one below burns at most 2 %.


# %%
def my_rule(corr, mmc, stake):
    """Return what each account is paid in each round; below zero, burned."""
    return stake * (0.75 * corr + 2.25 * mmc).clip(-0.02, 0.05)


mine = arena(my_rule)
mean = mine.mean()
ahead = ", ".join(mean.index[mean > mean["honest"]]) or "nobody"
show(mine, f"Ahead of the honest on the mean: {ahead}")

# %% [markdown]
# This rule pays the honest well, and pays random and hedged accounts half an NMR or so for
# each NMR that they put up, for nothing. Did you find one that sends these to zero, burns who is
# opposing, and keeps the honest? Then hand it in. (The exact copy is the hardest: the honest of the
# arena are noisier than those of the exercise.)

# %% [markdown]
# ### Exercise: your_rule
#
# Write `your_rule(corr, mmc, stake)`: payouts in the tables' shape. A payout depends on nothing
# but the account's own scores and stake in that round, and is never larger than the stake.
# Reckon yourself, without `nl.staking.RULES`. It is tried on two years of scores that you have
# not seen, with stakes that stand still, and on some new attackers. It must
#
# - let honest users earn at least 5 NMR a year for each 100 NMR at stake;
# - pay nothing without a stake, and to noise, however arranged, at most a tenth of what honest
#   users earn, NMR for NMR;
# - burn some of what opposes a good model, and of the metamodel's opposite, which has no MMC, at
#   least 2 NMR a year for each 100;
# - pay an exact copy of the metamodel at most five sixths of what honest users earn, NMR for NMR;
# - treat one account and many alike, however small their stakes.
#
# `0.01 * stake`, which does none of this, returns for stakes of 100 and 200
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
# ## 5. The arena: your attack
#
# `your_rule` is tried on eight accounts with one and the same noise, hedged ones with wild scores,
# free ones, half-hearted opposition, and an honest model split over eight accounts. The rule of
# January 2026 would not have passed: the five sixths are our line, and it pays an exact copy more.
# As to the copycat, it is a good model in its own right, and your rule may well pay it.
#
# Change sides. You have the 12,000 NMR of an honest user and see what anybody can see: public
# models such as `live.base("trees")`; `live.noise("any name")`; and `live.imitation(1)`, the recipe
# of the last metamodel, applied to this week's data. An attack is a list of accounts: the NMR
# behind each, and a function from `live` to its prediction.
#
# **Predict before you run.** Which of these five earns more than an honest user, and under which
# of the four rules? (Half a minute.)

# %%
attacks = {
    "two opposites": [
        (6_000, lambda live: live.noise("x")),
        (6_000, lambda live: -live.noise("x")),
    ],
    "ten of noise": [(1_200, lambda live, n=n: live.noise(f"{n}")) for n in range(10)],
    "a public model": [(12_000, lambda live: live.base("trees"))],
    "a fresh copy": [(12_000, lambda live: live.imitation(1))],
    "two loud copies": [
        (6_000, lambda live: live.imitation(1) + 2 * live.noise("x")),
        (6_000, lambda live: live.imitation(1) - 2 * live.noise("x")),
    ],
}


# %%
class Account(crowd.Own):
    """One of an attacker's; in the first round there is no metamodel to see."""

    def predict(self, live):
        return self.function(live) if live.round > 1 else None


def attacked(attack):
    """Play the five worlds with an attacker's accounts among the others."""
    if sum(nmr for nmr, _ in attack) > 12_000:
        raise ValueError("12,000 NMR is all you have, for all accounts together.")
    own = [Account(f"own_{n}", nmr, function=f) for n, (nmr, f) in enumerate(attack)]
    return {w: nl.world.run(w, rules="2026-01", users=cast[:-90] + own) for w in worlds}


# %%
faced = {"(honest)": {rule: table["honest"] for rule, table in tried.items()}}
for name, attack in attacks.items():
    played = attacked(attack)
    faced[name] = {rule: arena(rules[rule], played)["own"] for rule in rules}
pd.DataFrame(faced).map(lambda x: f"{x.mean():.2f} ± {x.sem():.2f}").T

# %% [markdown]
# All in NMR for each NMR staked, mean and error of five worlds. Without a model (two opposites,
# ten of noise) nothing is earned unless burns are missing, in two accounts or in ten. The public
# model is paid about as an honest user is, where CORR counts. Two loud copies hedge, and pay for
# it. And the fresh copy earns about twice what the honest do under January's rule, and leads them
# under the other three as well (where nothing burns, by one error).
#
# Is that still an attack? It deceives nobody, and its prediction is good. But it has no idea of
# its own, and a crowd of such copies would have nothing left to copy.
#
# Now yours. The attack below hands in what a public model has *beyond* the metamodel: all that is
# original in it. Run it, then change it: other models (`crowd.MODELS` names them), mixtures,
# accounts, or `my_rule` instead of January's. In the picture you are
# **own**. Can you earn more than the fresh copy? None that we tried does.


# %%
def beyond(live):
    """Return a public model less what the metamodel knows already."""
    theirs, model = live.imitation(1), live.base("slow")
    return model - theirs * (model @ theirs) / (theirs @ theirs)


my_attack = [(12_000, beyond)]

mine = arena(rules["January 2026"], attacked(my_attack))
show(mine, f"Your attack: {mine['own'].mean():+.2f} ± {mine['own'].sem():.2f}")

# %% [markdown]
# This one earns nothing to speak of: to be different is not yet to be right. (With `trees_b` for
# `slow` it earns something.) A better attack moves the row **own** to the right, past the band.
#
# Withstanding all this is no proof. The attack that matters is the one nobody has thought of
# yet, and no rule is the last one: `nl.staking.RULES` has a dozen of Numerai's since 2021.

# %% quiz="attack_lab"

# %% [markdown]
# ## In this notebook you
#
# - attacked a tournament in seven ways and one of your own, and saw that prizes and pay-only go
#   to whoever has the most accounts;
# - showed why gains and burns must mirror each other: who hedges lives on the difference;
# - designed a rule that keeps honest people and defeats attacks that it had not seen.
#
# What the rules do to everybody else, the fund included, is the next lesson's question.
# Numerai discusses its rules in public, in its [forum](https://forum.numer.ai).
