# ---
# jupyter:
#   numlearn:
#     question: What do I earn, what can I lose?
#     minutes: 46
#     objectives:
#       - compute what a round pays or burns, by the rules of 2021 and by today's
#       - check a document's examples against its own formula
#       - say in what sense staking is a bet, and what a stake without skill can expect
#     needs: ["lessons {number:scoring}, {number:contribution} and {number:why_stake}"]
#     claims: [S17, S18, S24, S27, S28, S42, S43]
# ---

# %% [markdown]
# A round has been scored. Your CORR was good, your MMC was a little below zero, and you
# have 100 NMR in the game: that is your **position**. What happens to it? That depends on the
# year.

# %%
import pandas as pd

rules = nl.staking.RULES
names = ["2021-03", "2024-01", "2026-01", "2026-08"]
paid = {
    name: rules[name].payout(100 * rules[name].position_share, corr=0.02, mmc=-0.008)
    for name in names
}
pd.Series(paid, name="NMR").rename_axis("rules since").round(2)

# %% [markdown]
# The same predictions, the same stocks, the same 100 NMR: a reward by the rules of March
# 2021, a burn by those since 2024. Nobody can say what a score is *worth* without saying by
# which rules.
#
# > **Caution.** Nothing here is financial advice. It is arithmetic, and it will show you
# > more ways to lose than to win. You need not stake at all: a model without a stake is
# > scored like any other, it neither earns nor burns, and the fund does not use it.

# %% [markdown]
# ## 1. How full is the room?
#
# Numerai pays from a limited purse. If little NMR is at risk in the whole tournament,
# everybody gets their full payout. Above a **threshold**, all payouts *and all burns*
# shrink by the same **payout factor**, so that their sum stays about the same.
#
# **Predict before you run.** The threshold of 2021 was 300,000 NMR. What is the factor
# when 600,000 are at risk?

# %%
import matplotlib.pyplot as plt

with nl.plots.style():
    _, ax = plt.subplots(figsize=(8, 3.4))
    for name, dashes in zip(["2021-03", "2023-05", "2026-08"], ["-", "--", ":"]):
        factors = [rules[name].payout_factor(1000 * total) for total in range(1, 801)]
        ax.plot(range(1, 801), factors, dashes)
    for name in ["2021-03", "2022-01", "2023-05", "2026-01"]:
        place = rules[name].total_at_risk / 1000, rules[name].payout_factor()
        ax.annotate(name, place, (4, 7), textcoords="offset points")
        ax.plot(*place, "o", color=nl.plots.COLORS["ink"])
    ax.legend(["March 2021", "from May 2023", "since August 2026"], title="rules")
    ax.set(xlabel="thousand NMR at risk in the tournament", ylabel="payout factor")
    ax.set(title="Twice the threshold, half the payout", ylim=(0, 1.15))
nl.plots.caption(
    ax,
    "Payout factor by NMR at risk: 1 up to a threshold, then falling towards 0, and today"
    " always 1; the documented totals of four rule sets are marked.",
)
plt.show()

# %% [markdown]
# The dots are what the documents say or assume, and what the library takes when you give no
# total: in March 2021 close to the threshold (Numerai's forum, topic 2469), 375,000 in the examples
# of 2022, 720,000 in those of May 2023, 400,000 on the page that keeps the rules of 2024 to 2026.
# From 2023 to 2026 all were paid, and burned, a small part of what the bare score says. Since
# August 2026 there is no factor.
#
# > **Then and now.** The threshold was 300,000 NMR in 2021 (and not reached before April
# > of that year), 360,000 from January 2023, 72,000 from May 2023: a fifth, because five
# > rounds a week were paid instead of one.
#
# ### Exercise: payout_factor
#
# Write `payout_factor(total_at_risk, threshold)`: two amounts of NMR above 0 go in, the
# factor comes out. For `payout_factor(144_000, 72_000)`:
#
# ```
# 0.5
# ```


# %% exercise="payout_factor"
def payout_factor(total_at_risk, threshold):
    """Return by how much everyone's payouts and burns shrink."""
    # BEGIN SOLUTION
    return min(1, threshold / total_at_risk)
    # END SOLUTION


# %% [markdown]
# ## 2. What 2021 paid
#
# The rule of March 2021: the score is your CORR, plus your MMC times a **multiplier** that
# you chose (0, 0.5, 1 or 2); times the payout factor; times your stake; and never more than
# 25 % of the stake, up or down, the **cap** of a round. The **stake** was then the whole
# position. Signals had the same rule, with CORR counted twice.
#
# $$ \text{payout} = \text{stake}\cdot
# \text{clip}\big(\text{factor}\,(\text{CORR} + k\,\text{MMC}),\ \pm 25\,\%\big) $$
#
# Here are the examples that the pages of 2021 and 2022 print, each for a stake of 100 NMR
# and a factor of 0.8: rules, NMR at risk, CORR and MMC, their multipliers, and the payout
# that is printed. (In 2022 another score, **TC** or true contribution, stood in MMC's
# place; and for three weeks, from 27 May, the formula capped the *score*, before the factor.)
#
# **Predict before you run.** Each is reckoned by the formula of its own day. How many of the
# thirteen contradict it? Try one by hand.

# %%
columns = ["rules", "at_risk", "corr", "mmc", "corr_x", "mmc_x", "printed"]
printed = [
    ("2021-03", 375_000, 0.02, 0.002, 1, 2, 1.92),
    ("2021-03", 375_000, 0.02, 0.002, 1, 0, 1.6),
    ("2021-03", 375_000, -0.03, 0.002, 1, 0.5, -2.32),
    ("2021-03", 375_000, 0.15, 0.1, 1, 2, 25),
    ("2021-03", 375_000, 0.15, 0.07, 1, 2, 20),  # the page of February
    ("2022-05-27", 375_000, 0.02, 0.002, 1, 2, 1.92),
    ("2022-05-27", 375_000, -0.03, 0.002, 1, 0.5, -2.32),
    ("2022-05-27", 375_000, 0.15, 0.1, 1, 2, 20),
    ("2022-06", 375_000, 0.15, 0.1, 1, 2, 20),
]

# %%
printed += [
    ("signals-2021-03", 125_000, 0.02, 0.002, 2, 2, 3.52),
    ("signals-2021-03", 125_000, 0.02, 0.002, 2, 0, 3.2),
    ("signals-2021-03", 125_000, -0.03, 0.002, 2, 0.5, -4.8),
    ("signals-2021-03", 125_000, 0.15, 0.07, 2, 2, 25),
]


# %%
from dataclasses import replace


def by_formula(row, stake=100):
    rule = replace(rules[row.rules], multipliers=(row.corr_x, row.mmc_x))
    scores = dict(zip(rule.scores, [row.corr, row.mmc]))
    return rule.payout(stake, total_at_risk=row.at_risk, **scores)


examples = pd.DataFrame(printed, columns=columns)
examples["ours"] = [by_formula(row) for row in examples.itertuples()]
wrong = (examples["ours"] - examples["printed"]).abs() > 0.005
examples[wrong].round(3)

# %% [markdown]
# Ten are equal to the cent. These three are the documents' own mistakes:
#
# - Classic, February 2021: the example caps the *score* at 25 % and then applies the
#   factor, while the text beside it caps the *payout*.
# - Classic, from June 2022: the formula had been changed to cap after the factor, and the
#   example of the formula before was left standing.
# - Signals, April 2021: the MMC part is forgotten; with it the burn is a little smaller.
#
# ### Exercise: payout_2021
#
# Write `payout_2021(stake, total_at_risk, corr, mmc, mmc_multiplier)` for Classic, with
# the threshold of 300,000 NMR and the cap of 25 %, for payouts and for burns. Reckon
# yourself, without `RULES`. For
# `payout_2021(100, 375_000, 0.02, 0.002, 2)`:
#
# ```
# 1.92
# ```


# %% exercise="payout_2021"
def payout_2021(stake, total_at_risk, corr, mmc, mmc_multiplier):
    """Return what a round paid, or burned if negative, in March 2021."""
    # BEGIN SOLUTION
    factor = min(1, 300_000 / total_at_risk)
    rate = factor * (corr + mmc_multiplier * mmc)
    return stake * min(max(rate, -0.25), 0.25)
    # END SOLUTION


# %% [markdown]
# ## 3. What today pays
#
# Two things have changed since. The **multipliers** are fixed, and MMC counts more than
# CORR. And since August 2026 a round has only a **slice** of your position at risk, 1/64 of
# it, but may take all of that slice. Until then the *same* stake was at risk in every live
# round, four of them in 2021, twenty-five since 2023. So two numbers count: what one round
# makes of 100 NMR, and what all live ones make of them if they end alike.

# %%
import numpy as np

score, dashes = np.arange(-80, 81, 2) / 1000, ["-", "--", "-.", ":"]
lags = pd.Series({name: rules[name].lag for name in names})
ticks = {"xticks": [-0.08, -0.04, 0, 0.04, 0.08]}


def one_round(name, corr, mmc, total=None):
    """Compute what one round makes of a position of 100 NMR."""
    stake = 100 * rules[name].position_share
    return rules[name].payout(stake, corr=corr, mmc=mmc, total_at_risk=total)


def panels(mmc, at_risk):
    """Return payouts by CORR under each rule set, of one round and of all live ones."""
    paid = {name: one_round(name, score, mmc, at_risk.get(name)) for name in names}
    single = pd.DataFrame(paid, score)
    all_live = (single * lags).clip(lower=-100)
    return ("One round", single, 10), ("All live, if alike", all_live, 100)


# %%
def pays(rule_set="2026-01", corr=0.02, mmc=0.005, at_risk=400_000):
    """Draw payouts by CORR: the chosen rules thick, the others as documented."""
    drawn = zip(*panels(mmc, {rule_set: at_risk}))
    with nl.plots.style():
        axes = plt.subplots(1, 2, figsize=(10, 3.6), subplot_kw=ticks)[1]
        for ax, told, many, edge in zip(axes, *drawn):
            here = np.interp(corr, score, many[rule_set])
            ax.plot(score, many[rule_set], lw=7, alpha=0.2, color="k")
            many.plot(ax=ax, style=dashes, ylabel="NMR", legend=edge < 99)
            ax.plot(corr, here, "o", color=nl.plots.COLORS["ink"])
            ax.set(title=f"{told}: {here:+.2f} NMR", xlabel="CORR", ylim=(-edge, edge))
    nl.plots.caption(axes, f"NMR by CORR at an MMC of {mmc}, four rule sets.")
    plt.show()


# %% [markdown]
# **Predict before you run.** If all live rounds end with the same good score, which rules pay
# most? Then move: `mmc` to below zero; `at_risk` to 0, a what-if without any others; `rule_set`
# to 2021-03, which paid no MMC unless you chose it.

# %%
nl.plots.explore(
    pays,
    rule_set=names,
    corr=(-0.08, 0.08, 0.005),
    mmc=(-0.04, 0.04, 0.005),
    at_risk=(0, 800_000, 50_000),
)

# %% [markdown]
# Left: a round of 2021 moved a stake most; one of later years moves it little. Right: all live
# rounds together come much closer, and at the dot today's rules pay most: MMC counts 15 times.
# At `at_risk` 0 the line of early 2026 stands up: 25 times the cap of 5 % is more than
# everything. The right axis ends where the whole stake is lost.
#
# > **Then and now.** In 2021 the sign of CORR decided whether you earned or burned (unless
# > you chose MMC as well). Since January 2024 it is the sign of the weighted sum: 0.5 and
# > 2, then 0.75 and 2.25, now 3 and 15. The last two pairs come from public records of
# > Numerai's announcements; look them up for the round at hand.
#
# ### Exercise: payout_2026
#
# Write `payout_2026(position, corr, mmc)` for the rules since August 2026: what one round
# pays or burns when 1/64 of the position is at risk in it, again without `RULES`. For
# `payout_2026(64, 0.02, 0.005)`:
#
# ```
# 0.135
# ```


# %% exercise="payout_2026"
def payout_2026(position, corr, mmc):
    """Return what a round pays, or burns if negative, since August 2026."""
    # BEGIN SOLUTION
    rate = 3 * corr + 15 * mmc
    return position / 64 * min(max(rate, -1), 1)
    # END SOLUTION


# %% [markdown]
# ## 4. Round after round
#
# A stake stays staked until you take it out: payouts are added to it, burns are taken from
# it. But not at once. A round is final, or **resolves**, weeks after it opened: one of 2021 was
# scored over four weeks, so its payout became part of the stake four rounds later.
#
# So how quickly can it all be gone? In a public record of 32 models over 355 daily rounds of
# 2024 to 2026 the worst CORR of any is -0.055, and the worst MMC -0.048. Suppose that both
# come together, in every single round.
#
# **Predict before you run.** Under which rules does such a stake last longest?

# %%
worst = pd.DataFrame({"corr": [-0.055] * 400, "mmc": [-0.048] * 400})
ends = {}
for name in names:
    stake = nl.staking.replay(worst, name, stake=100).iloc[:, 0]
    weeks = (stake < 50).idxmax() / rules[name].rounds_a_week
    ends[name] = {
        "weeks to half": round(weeks),
        "payout factor": f"{rules[name].payout_factor():.2f}",
        "cap": f"{rules[name].cap:.0%}",
        "live rounds": rules[name].lag,
        "days to get it out": rules[name].days_to_release,
    }
pd.DataFrame(ends).T

# %% [markdown]
# No model of that record had such a streak. It lasts longest by today's rules: for 13 weeks
# no slice has resolved. The text that this course grew from said in 2021 that a total loss
# would take long, and by its rules that holds. By those of 2024 and early 2026 half is gone
# sooner, although their cap is a fifth as high and the factor takes most of a burn off: MMC
# counts, and twenty-five live rounds have the same stake at risk. Nor can you simply stop:
# what is live stays at risk until it resolves. The last column says how long that takes.

# %% [markdown]
# ### Is it gambling?
#
# As arithmetic it is a bet, and a bet is judged by its **expected value**, what it pays on
# average. Take a model without any skill, whose scores are as often so much above zero as so
# much below. A round is worth exactly nothing to it, by construction: every rule treats a gain
# and a loss of the same size alike, caps and all. There is no house, as in roulette, that keeps
# a share: payouts come from Numerai, and what burns goes to nobody.
#
# One round is not a year, though. Let four thousand models without skill be staked for a
# year, with scores that scatter about as real ones do, and that share their days as live
# rounds do; with the documented NMR at risk and, as a what-if, alone in the tournament.
#
# **Predict before you run.** How much of 100 NMR is left on average, and of the typical stake?


# %%
def without_skill(rule_set, seed=0, rounds=2000):
    """Draw scores around zero that overlap as live rounds do."""
    rng = np.random.default_rng(seed)
    draws = pd.DataFrame(rng.normal(size=(rounds + rule_set.lag - 1, 2)))
    shared = (
        draws.rolling(rule_set.lag).mean().dropna().set_axis(["corr", "mmc"], axis=1)
    )
    return (shared - shared.mean()) / shared.std() * [0.02, 0.01]


def a_year(name, seed=0, **options):
    scores, rounds = without_skill(rules[name], seed), 52 * rules[name].rounds_a_week
    options |= {"rounds": rounds, "paths": 4000, "seed": seed}
    return nl.staking.simulate(scores, name, 100, **options).final.iloc[:, 0]


# %%
seed = 0
years = {name: a_year(name, seed) for name in names}
for name in ["2024-01", "2026-01"]:
    years[f"{name}, alone"] = a_year(name, seed, total_at_risk=0)
left = pd.DataFrame(years)

# %%
import seaborn as sns

luck = np.random.default_rng(seed).normal(0, [0.02, 0.01], (5000, 2))
luck = pd.DataFrame(np.concatenate([luck, -luck]), columns=["corr", "mmc"])
with nl.plots.style():
    _, axes = plt.subplots(2, 3, figsize=(11, 5), sharex="col")
    for row, total, kind in zip(axes, (None, 0), ("2026-01", "2026-01, alone")):
        one = one_round("2026-01", **luck, total=total)
        steps = {"one round": one, "25 alike": (25 * one).clip(lower=-100)}
        steps["a year"] = left[kind] - 100
        for ax, (name, gain) in zip(row, steps.items()):
            sns.histplot(gain.clip(upper=300), bins=40, element="step", ax=ax)
            ax.set(title=f"{name}: {100 + gain.mean():.1f} left on average", yticks=[])
            ax.set(xlabel="NMR gained, of 100", ylabel=kind)
nl.plots.caption(
    axes,
    "Gains of stakes without skill after a round, after 25 alike and after a year: narrow"
    " hills as documented, wide ones without a crowd, with a high bar where all is lost.",
)
plt.show()

# %% [markdown]
# From left to right. Above, as documented: small steps, as far down as up, and a year that
# leaves nobody with nothing. Below, alone: 25 rounds of bad luck would take more than
# everything. But a stake cannot fall below zero: the unlucky owe no more, the lucky keep all, and
# the mean rises. Such a stake is an **option**, a bet whose losses somebody has cut off. (Gains
# above 300 NMR are drawn at the edge.) Is that one seed's luck? Twenty seeds:

# %% keep="without_skill" worlds=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]
pd.DataFrame(
    {
        "mean": left.mean(),
        "at zero": (left < 1).mean(),
        "typical": left.median(),
        "losing": (left < 100).mean(),
    }
)

# %% stored="without_skill"
runs = nl.data.stored("without_skill").stack(0, future_stack=True).swaplevel()
by_rule = runs.groupby(level=0)
table = by_rule.mean().round({"at zero": 2, "typical": 0, "losing": 2})
table["mean"] = by_rule["mean"].mean().map("{:.1f}".format)
table["mean"] += by_rule["mean"].sem().map(" ± {:.1f}".format)
table

# %% [markdown]
# `mean` is what is left of 100 NMR on average, ± its standard error over the twenty
# seeds; `at zero` is the share with less than 1 NMR left, `typical` the median,
# `losing` the share with less than the 100. As documented, all four rule sets are fair
# over a year as well, and nobody is wiped out. Alone, the two with 25 live rounds on
# one stake are options on ruin: the mean rises above 100, paid by Numerai, and many
# stakes end at zero.

# %% [markdown]
# And everywhere more than half lose. Ups and downs of the same size do not cancel when they
# compound: 10 % down and 10 % up leave 99 %. So: a bet without a house, fair without skill
# where nobody is wiped out, and the typical stake shrinks. It is also a statement: its size sets
# the weight of your predictions in the metamodel ({lesson:metamodel}), so it says how sure you
# are to somebody who will act on it.
#
# > **Then and now.** In 2021 stakes were rolled on by themselves until you asked for them
# > back, which took four weeks. Since August 2026 you choose, for each model, whether
# > earnings are staked on or stay idle; each slice is locked until its round resolves, and
# > the last one is free after about three months.

# %% [markdown]
# ### Exercise: compound
#
# Write `compound(stake, rates)` for the rules of 2021. `rates` are what the rounds pay or
# burn, as shares of the stake that was at risk in them. Return the stakes, beginning with
# round 1, where the payout of a round arrives four rounds later; so there are four more
# stakes than rates. Reckon yourself, without `nl.staking.replay`. For
# `compound(100, [0.10, 0.25, -0.10, 0.05])`:
#
# ```
# [100, 100, 100, 100, 110.0, 135.0, 125.0, 130.0]
# ```


# %% exercise="compound"
def compound(stake, rates):
    """Return the stake in each round, and in the four after the last."""
    # BEGIN SOLUTION
    stakes = [stake] * 4
    for number, rate in enumerate(rates):
        stakes.append(stakes[-1] + stakes[number] * rate)
    return stakes
    # END SOLUTION


# %% quiz="staking"

# %% [markdown]
# ## In this notebook you
#
# - computed what a round pays or burns, by the rules of 2021 and by today's;
# - checked the worked examples of 2021 and 2022 against their formula, and named the three
#   that contradict it;
# - said in what sense staking is a bet, and saw what a stake without skill can expect from
#   a round and from a year.
#
# From here on the library does the counting: `nl.staking.RULES`, `nl.staking.replay`,
# `nl.staking.simulate`. Numerai's own pages are at [docs.numer.ai](https://docs.numer.ai).
