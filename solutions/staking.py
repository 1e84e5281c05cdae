# ---
# jupyter:
#   numlearn:
#     question: What do I earn, what can I lose?
#     minutes: 40
#     objectives:
#       - compute what a round pays or burns, by the rules of 2021 and by today's
#       - check a document's examples against its own formula
#       - say in what sense staking is a bet, and what a stake without skill can expect
#     needs: ["lessons {number:scoring}, {number:contribution} and {number:why_stake}"]
#     claims: [S17, S18, S24, S27, S28, S42, S43]
# ---

# %% [markdown]
# A round has been scored. Your CORR was good, your MMC was a little below zero, and you
# have 100 NMR on the model. What happens to them? That depends on the year.

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
# 2021, a burn by all those that came after. Nobody can say what a score is *worth* without
# saying by which rules. So this lesson takes them apart, one number at a time, and checks
# them against every worked example that the documents give.
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
# when 600,000 are at risk? And when 1,500,000 are?

# %%
totals = [100_000, 300_000, 375_000, 500_000, 600_000, 1_000_000, 1_500_000]
factors = {name: rules[name].payout_factor(pd.Series(totals)) for name in names}
pd.DataFrame(factors).set_axis(pd.Index(totals, name="NMR at risk")).round(2)

# %% [markdown]
# The first column is the documents' own list for 2021, to the digit: 1, 1, 0.8, 0.6, 0.5,
# 0.3, 0.2. Twice the threshold, half the payout. In 2024 the threshold was far lower,
# because five rounds a week were paid instead of one. Since August 2026 there is none.
#
# > **Then and now.** The threshold was 300,000 NMR in 2021 (and not reached before April
# > of that year), 360,000 from January 2023, 72,000 from May 2023. Pages of 2023 print
# > 7200 in the formula and 72,000 in the text: a digit had gone missing.
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
# you chose (0, 0.5, 1 or 2); times the payout factor; times your stake; and never more
# than 25 % of the stake, up or down, the **cap** of a round. Signals had the same rule, with CORR counted twice.
#
# $$ \text{payout} = \text{stake}\cdot
# \text{clip}\big(\text{factor}\,(\text{CORR} + k\,\text{MMC}),\ \pm 25\,\%\big) $$
#
# Here are the examples that the pages of 2021 and 2022 print, each for a stake of 100 NMR
# and a factor of 0.8: rules, NMR at risk, CORR and MMC, their multipliers, and the payout
# that is printed. (In 2022 another score, **TC** or true contribution, stood in MMC's
# place.)
#
# **Predict before you run.** Three of the thirteen contradict the very formula that they
# are to explain. Can you find one by hand?

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
examples["equal"] = (examples["ours"] - examples["printed"]).abs() < 0.005
examples.round(3)

# %% [markdown]
# All are equal to the cent but three, and those are the documents' own mistakes:
#
# - Classic, February 2021: the example caps the *score* at 25 % and then applies the
#   factor, while the text beside it caps the *payout*.
# - Classic, from June 2022: the formula had been changed to cap after the factor, and the
#   example of the formula before was left standing.
# - Signals, April 2021: the MMC part is forgotten; with it the burn is a little smaller.
#
# Read examples like this whenever money hangs on them: run them.
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
# CORR. And since August 2026 a round has only a **slice** of your position at risk, 1/64
# of it, but may take all of that slice. Here are the examples of 2026, for 100 NMR at risk
# before August and for a slice of 1 NMR after it.

# %%
printed = [
    ("2026-01", 100, 72_000, 0.02, 0.005, 2.625),
    ("2026-01", 100, 144_000, 0.02, 0.005, 1.3125),
    ("2026-01", 100, 72_000, -0.03, -0.01, -4.5),
    ("2026-01", 100, 72_000, 0.05, 0.02, 5),
    ("2026-01", 100, 400_000, 0.05, 0.02, 1.485),
    ("2026-08", 1, None, 0.02, 0.005, 0.135),
    ("2026-08", 1, None, -0.03, -0.01, -0.24),
    ("2026-08", 1, None, 0.05, 0.02, 0.45),
    ("2026-08", 1, None, -0.1, -0.05, -1),
]

# %%
columns = ["rules", "stake", "at_risk", "corr", "mmc", "printed"]
examples = pd.DataFrame(printed, columns=columns)
examples["ours"] = [
    rules[name].payout(stake, total_at_risk=total, corr=corr, mmc=mmc)
    for name, stake, total, corr, mmc, _ in printed
]
examples["equal"] = (examples["ours"] - examples["printed"]).abs() < 0.005
examples.fillna({"at_risk": 0}).round(4)

# %% [markdown]
# All equal. (Where the table says that 0 is at risk in all, the rule does not ask.) Now
# the whole picture: what a round makes of 100 NMR, for every score. And beside it what is
# easily forgotten: until August 2026 the *same* stake was at risk in every live round at
# once, four of them in 2021, twenty-five in 2024.
#
# **Predict before you run.** If all live rounds end with the same good score, which rules
# pay most?

# %%
import matplotlib.pyplot as plt

score = pd.Series(range(-80, 81)) / 1000
with nl.plots.style():
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.8))
    for name, dashes in zip(names, ["-", "--", "-.", ":"]):
        rule = rules[name]
        payout = rule.payout(100, corr=score, mmc=score / 4)
        axes[0].plot(score, payout * rule.position_share, dashes, label=name)
        axes[1].plot(score, (payout * rule.leverage).clip(lower=-100), dashes)
    axes[0].set(title="One round moves little", ylabel="payout of 100 NMR (NMR)")
    axes[1].set(title="All live rounds move a lot", ylabel="all of them (NMR)")
    axes[0].legend(title="rules since")
    plt.setp(axes, xlabel="CORR (MMC is a quarter of it)", xticks=[-0.08, 0, 0.08])
nl.plots.caption(
    axes,
    "Payout against CORR under four rule sets: lines with caps. Today's is the flattest"
    " for one round, and steeper than that of 2021 for all live rounds together.",
)
plt.show()

# %% [markdown]
# Left: in one round, 2021 let a score count as it is; the rules of 2024 and early 2026
# begin steeper or alike and stop at 5 %; a single round of today hardly moves the position.
# Right: when all live rounds have the same score, twenty-five times 5 % is more than
# everything, while today's line lies between.
#
# > **Then and now.** In 2021 the sign of CORR decided whether you earned or burned (unless
# > you chose MMC as well). Since January 2024 it is the sign of the weighted sum: 0.5 and
# > 2, then 0.75 and 2.25, now 3 and 15. The last two pairs come from public records of
# > Numerai's announcements; an earlier page had announced 5 and 10. In the real
# > tournament, look them up for the round at hand.
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
# it. But not at once. A round of 2021 was scored over four weeks, so its payout became
# part of the stake four rounds later. The documents draw it with four rounds that pay +10,
# +25, -10 and +5 NMR on a stake of 100.

# %%
season = pd.Series([0.10, 0.25, -0.10, 0.05], name="stake")
nl.staking.replay(season, "2021-03", stake=100)["stake"].to_frame().T.round(1)

# %% [markdown]
# So how quickly can it all be gone? Caps were made to slow a loss down, but what matters
# more is how bad scores get. In a public record of 32 models over 355 daily rounds of
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
        "cap": f"{rules[name].cap:.0%}",
        "live rounds": rules[name].lag,
        "at risk in each": f"{rules[name].position_share:.1%}",
        "days to get it out": rules[name].days_to_release,
    }
pd.DataFrame(ends).T

# %% [markdown]
# No real model has had such a streak. The stake lasts longest by today's rules, which risk
# only a slice a round. The text that this course grew from said in 2021 that a total loss
# would take long, and by its rules that holds. By those of 2024 half is gone sooner,
# although their cap is a fifth as high: twenty-five live rounds have the same stake at
# risk. Nor can you simply stop: you need not enter another round, but what is live
# stays at risk until it is resolved. The last column says how long that takes.
#
# ### Is it gambling?
#
# As arithmetic it is a bet: you put something up, and a number that nobody knows decides.
# A bet is judged by its **expected value**. Take a model without any skill: its scores are
# as often so much above zero as so much below. What does a round pay on average, on a
# position of 100 NMR?

# %%
import numpy as np

rng = np.random.default_rng(0)
luck = pd.DataFrame(rng.normal(0, [0.02, 0.01], (5000, 2)), columns=["corr", "mmc"])
luck = pd.concat([luck, -luck])
skill = luck.add([0.01, 0.002])
fair = {
    name: [
        rules[name].payout(100, **scores).mean() * rules[name].position_share
        for scores in (luck, skill)
    ]
    for name in names
}
pd.DataFrame(fair, index=["no skill", "some skill"]).T.round(2) + 0.0

# %% [markdown]
# Without skill a round is worth exactly nothing, by construction: every rule treats a gain
# and a loss of the same size alike, caps and all. That is better than roulette, where the
# house keeps a share of every bet. Here there is no house: payouts come from Numerai, and
# what burns goes to nobody. Small skill tilts it.
#
# One round is not a year, though. Let four thousand models without skill be staked for a
# year, with scores that scatter about as real ones do, and that share their days as live
# rounds do.


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
years = {name: a_year(name) for name in names}
years["2026-01, crowded"] = a_year("2026-01", total_at_risk=400_000)
left = pd.DataFrame(years)
table = left.quantile([0.1, 0.5, 0.9]).T
table.columns = ["unlucky tenth", "typical", "lucky tenth"]
table.round(0).assign(losing=(left < 100).mean().round(2))

# %% [markdown]
# Fair, and yet more than half lose. Ups and downs of the same size do not cancel when they
# compound: 10 % down and 10 % up leave 99 %. With 25 live rounds on one stake the swings
# were so wide that the typical stake melted and a few lucky ones held what it had lost.
# The last row is the same rule in a crowded tournament, with 400,000 NMR at risk as in the
# documents' own example: the payout factor calms it. Is that one seed's luck? Five seeds,
# typical stake:

# %%
pd.DataFrame(
    {f"seed {s}": {name: a_year(name, s).median() for name in names} for s in range(5)}
).round(0)

# %% [markdown]
# So: a bet without a house, fair without skill, and costly for those who compound noise.
# It is unlike roulette in one more way. The stake is also a statement. Its size sets the
# weight of your predictions in the metamodel ({lesson:metamodel}), so it says how sure you are to
# somebody who will act on it.
#
# > **Then and now.** In 2021 stakes were rolled on by themselves until you asked for them
# > back, which took four weeks. Since August 2026 you choose, for each model, whether
# > earnings are staked on or stay idle; each slice is locked until its round resolves, and
# > the last one is free after about three months.
#
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
# - checked every worked example of the documents against its formula, and named the three
#   that contradict it;
# - said in what sense staking is a bet, and saw what a stake without skill can expect from
#   a round and from a year.
#
# From here on the library does the counting: `nl.staking.RULES`, `nl.staking.replay`,
# `nl.staking.simulate`. Numerai's own pages are at [docs.numer.ai](https://docs.numer.ai).
