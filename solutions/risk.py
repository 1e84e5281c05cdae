# ---
# jupyter:
#   numlearn:
#     question: How much should I stake?
#     minutes: 45
#     objectives:
#       - simulate what may become of a stake in a year, under the rules then and now
#       - turn "never risk more than you can afford" into a number, and say what it rests on
#       - work out what it costs to buy NMR, and what its price adds to the risk
#     needs: ["lessons {number:scoring}, {number:staking} and {number:nmr}"]
#     claims: [S28, S31, S32, S33, S44]
# ---

# %% [markdown]
# A model is right on average. Its record is decent, and you are about to stake 100 NMR on
# it for a year, under today's rules. What may become of them?
#
# The record below is made up, so that you can make as many as you like. It is shaped after
# public figures of real models (the daily rounds 843 to 1197): mean, scatter, and rounds
# that share most of their days with their neighbours, as in {lesson:scoring}.

# %%
import numpy as np
import pandas as pd


def record(rounds=1000, window=20, seed=1):
    """Make the two scores of one model, in rounds scored on `window` shared days."""
    rng = np.random.default_rng(seed)
    luck = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], rounds + window - 1)
    shared = pd.DataFrame(luck, columns=["corr", "mmc"]).rolling(window).sum().dropna()
    scores = [0.011, 0.002] + [0.019, 0.010] * shared / np.sqrt(window)
    return scores.reset_index(drop=True)


# %%
from numlearn.staking import simulate

today = simulate(record(window=60), "2026-08", stake=100, paths=4_000, seed=0)
ax = today.plot()
# %% [markdown]
# One model, one stake, four thousand futures (here called paths). Nothing moves until the
# first slice is resolved, 64 rounds on. Then most futures gain, but the band is wide, and
# its lower edge lies below the stake, although the model is right on average.
#
# How large should a stake be, then? By the end of this page the answer is a number, and you
# know what that number is worth.
#
# > **Caution.** These are made-up scores, and no simulation knows the future. Nothing here
# > is financial advice; it is a way to ask yourself a better question.

# %% [markdown]
# ## 1. A year, four thousand times
#
# A **Monte Carlo** simulation draws futures at random and counts. Here a future is made of
# stretches of the record, in random order: a *block bootstrap*. Stretches and not single
# rounds, because rounds that are live together share days, and are good or bad together.
#
# **Predict before you run.** What happens to the band if single rounds are drawn instead,
# so that good and bad ones are shuffled?

# %%
shuffled = simulate(
    record(window=60), "2026-08", stake=100, paths=4_000, seed=0, draw=1
)
both = pd.concat([today.summary(), shuffled.summary()])
both.index = ["stretches of 64 rounds", "single rounds"]
both[["p5", "median", "p95", "loss", "drawdown_p95"]].round(2)

# %% [markdown]
# `p5` to `p95` are NMR at the end: five of a hundred futures end below the first, five
# above the last. `loss` is the share of futures that end below the stake, and
# `drawdown_p95` the fall from a peak that five of a hundred exceed.
#
# Shuffled, the risk nearly vanishes: hundreds of small independent bets cancel out. But
# they are not independent. The calm row is what you get if you forget it.
#
# In each future the stake lives by one rule: what a round pays or burns becomes part of the
# stake some rounds later, its `lag`.

# %% [markdown]
# ### Exercise: simulate_stake
#
# Write `simulate_stake(rates, stake, lag)`: `rates` is a table rounds × futures, its rows in
# order whatever their labels, of what each round pays or burns as a share of the stake in
# that round. At the start of a round, what the round `lag` rounds before it paid is added to
# the stake; the whole stake is then at risk. After the last round, the payouts that are
# still to come are added (there may be fewer rounds than `lag`, which is 1 or more). Return
# a Series, what each future ends with, reckoned without `nl.staking.replay`. For
# `pd.DataFrame({"a": [0.1, 0.2, -0.1, 0.2, 0.1], "b": 5 * [0.0]})`, a stake of 100 and a
# lag of 2:
#
# ```
# a    156.9
# b    100.0
# dtype: float64
# ```


# %% exercise="simulate_stake"
def simulate_stake(rates, stake, lag):
    """Return what each future ends with."""
    # BEGIN SOLUTION
    position, payouts = stake, []
    for now in range(len(rates)):
        if now >= lag:
            position = position + payouts[now - lag]
        payouts.append(position * rates.iloc[now])
    return position + sum(payouts[-lag:])
    # END SOLUTION


# %% [markdown]
# ## 2. The same NMR, at risk twenty-five times
#
# In 2021 there was one round a week, and up to four were live at once. From 2022 on there
# were five a week, and up to 25 live, each with the *whole* stake at risk. Since August 2026
# each round has a slice of its own. `leverage` counts how often the same NMR is at risk at
# one time.

# %%
from numlearn.staking import RULES

names = ["2021-03", "2026-01", "2026-08"]
facts = ["rounds_a_week", "lag", "leverage", "cap", "days_to_release"]
pd.DataFrame({name: {f: getattr(RULES[name], f) for f in facts} for name in names}).T

# %% [markdown]
# To see what that does, change it and nothing else: the rules of early 2026, once as they
# were and once with the stake cut into 25 slices. Five records of the same model, so that
# no single one misleads us.
#
# **Predict before you run.** With slices, is the chance of losing half of the stake
# smaller, and what happens to the median?

# %%
from dataclasses import replace

whole = RULES["2026-01"]
kinds = {"whole stake": whole, "25 slices": replace(whole, position_share=1 / 25)}
rows = {}
for seed in range(1, 6):
    for kind, rules in kinds.items():
        year = simulate(record(seed=seed), rules, paths=2_000)
        half = (year.final["model"] < 50).mean()
        rows[seed, kind] = {"half lost": half, **year.summary().iloc[0]}
table = pd.DataFrame(rows).T.rename_axis(["record", "stake"])
digits = {"half lost": 2, "drawdown": 2, "median": -1}
table[list(digits)].round(digits).unstack("stake")

# %% [markdown]
# Overlap is **leverage**: it multiplies what a good model earns *and* how deep it falls. With
# the whole stake in every round, the typical future earns far more and its worst fall is
# many times deeper; with slices, losing half of the stake hardly ever happens. Neither is
# free money. Leverage can take a model that is right on average and ruin it on the way.

# %%
import matplotlib.pyplot as plt
import seaborn as sns

rules_then = simulate(record(), "2026-01", paths=4_000)
rules_2021 = simulate(record()[::5], "2021-03", rounds=50, paths=4_000)
falls = {"2021-03": rules_2021, "2026-01": rules_then, "2026-08": today}
with nl.plots.style():
    deepest = {name: 100 * year.drawdown["model"] for name, year in falls.items()}
    ax = sns.ecdfplot(pd.DataFrame(deepest), complementary=True, stat="percent")
    ax.set(title="The same model falls far deeper where rounds overlap")
    ax.set(xlabel="deepest fall within the year, % of the peak", ylabel="% of futures")
nl.plots.caption(
    ax,
    "Three falling lines, the share of futures that fall at least so deep: the line of"
    " early 2026 lies far to the right of those of 2021 and of August 2026.",
)
plt.show()

# %% [markdown]
# These three rule sets differ in more than overlap; the table above changed that alone.
#
# > **Then and now.** "You can stop any week" was the comfort of 2021. It takes time: about
# > four weeks then, about a month later on, and under today's rules the last of 64 slices
# > comes free after roughly three months. What is live can still burn. So a stake is a
# > decision for months, and you make it before you know.

# %% [markdown]
# ### Exercise: loss_probability
#
# Write `loss_probability(final, stake, limit)`: a Series of what each future ends with, the
# stake, and a share of it. In what share of the futures is *more* than that share of the
# stake lost? For the ends `[40, 75, 90, 99.9, 110, 130, 140, 150, 160, 170]`, a stake of
# 100 and a limit of 0.25:
#
# ```
# 0.1
# ```


# %% exercise="loss_probability"
def loss_probability(final, stake, limit):
    """Return the share of futures that lose more than a share of the stake."""
    # BEGIN SOLUTION
    return float((1 - final / stake > limit).mean())
    # END SOLUTION


# %% [markdown]
# ## 3. "Never more than you can afford", as a number
#
# Everything here grows with the stake: twice the stake, twice the loss. So one simulation
# answers for every stake. Say what you can afford to lose and how sure you want to be: for
# example 15 NMR, in 95 of 100 futures. Find the share of the stake that only five of a hundred
# futures exceed in their losses, and divide.

# %%
bad_end = today.final["model"].quantile(0.05)
share = 1 - bad_end / 100
print(f"95 of 100 futures lose no more than {share:.0%} of the stake")
print(f"so with 15 NMR to lose, stake at most {15 / share:.0f} NMR")
print(f"the library says {today.affordable(15, 0.95)['model']:.0f} NMR")


# %%
def futures(stake=100, afford=15):
    """Draw what the futures of a stake gain or lose, and what can be afforded."""
    gain = stake * (today.final["model"] / 100 - 1)
    worse = f"{100 * (gain < -afford).mean():.0f} of 100 futures lose more"
    with nl.plots.style():
        _, ax = plt.subplots(figsize=(8, 3.2))
        sns.histplot(gain, bins=60, alpha=1, ax=ax)
        ax.axvline(-afford, color=nl.plots.COLORS["loss"])
        ax.set(title=f"With {stake} NMR at stake, {worse} than {afford}")
        ax.set(xlabel="NMR gained or lost", ylabel="futures")
    nl.plots.caption(
        ax, f"Histogram of gains and losses, with a line at -{afford} NMR."
    )
    plt.show()


# %%
futures()

# %% [markdown]
# Where the notebook is live, move the two sliders until you would sleep well. Elsewhere,
# change the numbers: `futures(75, 15)`.

# %% tags=["nbval-ignore-output"]
try:
    from ipywidgets import interact
except ImportError:
    print("The sliders need ipywidgets; the figure above shows the same.")
else:
    interact(futures, stake=(10, 200, 10), afford=(5, 50, 5))

# %% [markdown]
# **Predict before you run.** That number came from *one* record, of about four years of
# daily rounds. Take five records of the same model, that one first: do the others give
# about the same stake?

# %%
rows = {}
for seed in range(1, 6):
    scores = record(window=60, seed=seed)
    year = simulate(scores, "2026-08", paths=2_000)
    [safe] = year.affordable(15, 0.95)
    rows[seed] = {
        "mean CORR": f"{scores['corr'].mean():.3f}",
        "loss": f"{year.summary()['loss'].iloc[0]:.2f}",
        "stake, NMR": f"{safe:.0f}" if safe < np.inf else "any",
    }
pd.DataFrame(rows).T.rename_axis("record")

# %% [markdown]
# The same model, and quite different answers. A thousand rounds that share sixty days with
# their neighbours are worth about as many as there are quarters in four years ({lesson:scoring}),
# and such a record may flatter or slander. So the honest number is the smallest of them, or
# less: the bootstrap can only replay what was in the record. "Any" means that its futures
# lost nothing, which tells you about the record and not about the world.
#
# > **In the real tournament** newcomers were told in 2021 not to stake, or very little,
# > until they had seen some of their own scores; and they still are. Scores cost nothing.
# > `nl.staking.history("your_model")` brings yours, and `simulate` takes it as it is.

# %% [markdown]
# ### Exercise: safe_stake
#
# Write `safe_stake(final, stake, afford, confidence)`: what each future of a stake ends with
# (a Series), that stake, what you can afford to lose, and the share of futures that may not
# lose more. Use `final.quantile`, and return the largest stake, which may be larger than
# that one: `np.inf` where so many futures lose nothing. For the ends
# `[50, 80, 100, 120, 140]` of a stake of 100, 10 NMR to lose and a confidence of 0.75:
#
# ```
# 50.0
# ```


# %% exercise="safe_stake"
def safe_stake(final, stake, afford, confidence):
    """Return the largest stake that loses no more than can be afforded."""
    # BEGIN SOLUTION
    share = 1 - final.quantile(1 - confidence) / stake
    return float(afford / share) if share > 0 else np.inf
    # END SOLUTION


# %% [markdown]
# ## 4. NMR has a price, and you move it
#
# Your rent is not in NMR. Those who stake buy NMR first, on an exchange or from a **pool**:
# a contract that holds NMR and dollars and trades with anyone, keeping the *product* of both
# reserves the same. Put dollars in, and NMR come out; the fewer are left, the dearer they
# are. A small fee stays in the pool.
#
# **Predict before you run.** A pool holds 10,000 NMR and 150,000 dollars: 15 dollars each.
# What do you pay for one NMR if you spend 15,000 dollars at once?

# %%
from numlearn.staking import Pool

pool = Pool(nmr=10_000, usd=150_000)
rows = {}
for usd in (150, 1_500, 15_000, 150_000):
    trade = pool.buy(usd)
    rows[f"{usd:,}"] = {
        "NMR": trade.received,
        "$ for each": usd / trade.received,
        "price after": trade.pool.price,
    }
pd.DataFrame(rows).T.rename_axis("dollars").map("{:,.1f}".format)

# %% [markdown]
# A small purchase pays the price on the screen and the fee. Spend as many dollars as the
# pool holds, and each NMR costs twice as much, and the price is four times what it was. This
# pool is a small one, made up, so that you can see it.
#
# Then the price moves by itself. Let it wander with a **volatility** of 80 % a year, a round
# figure for a small cryptocurrency that we assume and do not measure, and sell at the end.

# %%
from numlearn.staking import in_dollars

deep = Pool(nmr=1e9, usd=15e9, fee=0)
rows = {"price stands still": in_dollars(today, deep, volatility=0)}
rows["80 % volatility"] = in_dollars(today, deep, volatility=0.8, seed=0)
rows = {name: dollars["model"] for name, dollars in rows.items()}
ends = pd.DataFrame(rows).quantile([0.05, 0.5, 0.95]).T
ends.columns = ["p5, $", "median, $", "p95, $"]
loss = {name: (dollars < 1_500).mean() for name, dollars in rows.items()}
ends.round(-1).astype(int).assign(loss=pd.Series(loss).round(2))

# %% [markdown]
# The stake cost 1,500 dollars. With the price on top, far more futures end below that, and
# the bad ones are far worse: for a model like this one the coin is the larger risk, and the
# best predictions do nothing about it. (We let the mean price stay where it was; a wandering
# price makes a few large winners and many losers.)
#
# > **Then and now.** NMR came from exchanges in 2021, with tiny amounts from Numerai as a
# > bounty or a gift; the same is true in 2026, with Coinbase and Uniswap named in the
# > documentation. Its price is still a risk of its own; stakes in a dollar coin are
# > announced and not there. You still cannot stake on somebody else's model: any private
# > arrangement, or a purchase of predictions that you then stake as yours, is at your own
# > risk.

# %% [markdown]
# ### Exercise: swap
#
# Write `swap(nmr, usd, fee, paid)`: the reserves of a pool, its fee (0.003 is 0.3 %) and the
# dollars paid in. Return the NMR that come out. The fee is taken off what is paid, and the
# rest leaves the product of the reserves as it was. For `swap(10_000, 150_000, 0.003, 3_000)`:
#
# ```
# 195.5
# ```


# %% exercise="swap"
def swap(nmr, usd, fee, paid):
    """Return the NMR that a pool gives for dollars."""
    # BEGIN SOLUTION
    counted = paid * (1 - fee)
    return nmr * counted / (usd + counted)
    # END SOLUTION


# %% quiz="risk"

# %% [markdown]
# ## In this notebook you
#
# - simulated what may become of a stake in a year, under the rules then and now, and saw
#   what overlap does to the same model;
# - turned "never risk more than you can afford" into a number, and saw how much it depends
#   on the record;
# - worked out what it costs to buy NMR from a pool, and how much its price adds to the risk.
#
# None of this tells you to stake. It tells you what to ask first: how much can I lose, how
# sure am I, and what is my record worth? Current rules are in Numerai's
# [documentation](https://docs.numer.ai).
