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
# You have 100 NMR and a model that is right on average. What may become of them in a year,
# under today's rules? Here are four real models in a public record of the daily rounds 843 to
# 1197 (September 2024 to early 2026; the repository *numerai-vladthestaker*, 2026-02-27): mean
# and standard deviation of CORR and MMC, and how these two go together, their correlation.
#
# `star` is REPUTATION, picked afterwards because it did well; `middling` is SSH48; `tutorial`
# is Numerai's own first example, NB_HELLO_NUMERAI; `benchmark` its INTEGRATION_TEST.

# %%
import numpy as np
import pandas as pd

from numlearn.staking import simulate

real = pd.DataFrame(
    {
        "star": [0.0212, 0.0160, 0.0062, 0.0107, 0.58],
        "middling": [0.0155, 0.0165, 0.0016, 0.0088, 0.61],
        "tutorial": [0.0107, 0.0191, -0.0018, 0.0116, 0.78],
        "benchmark": [0.0149, 0.0191, -0.0048, 0.0064, 0.28],
    },
    index=["CORR", "its std", "MMC", "std of MMC", "together"],
).T
real

# %% [markdown]
# The record has one past of each model. To have many, we make records drawn with these five
# numbers, and whose rounds share most of their days with their neighbours, as in
# {lesson:scoring}. Public scores cover 20 days, and today's rules pay scores over 60: for
# these we keep the five numbers and stretch the days, because no record is long enough yet
# to say.


# %%
def record(name, rounds=1000, window=20, seed=1):
    """Make a model's two scores, in rounds scored on `window` shared days."""
    corr, corr_std, mmc, mmc_std, together = real.loc[name]
    rng = np.random.default_rng(seed)
    both = [[1, together], [together, 1]]
    luck = rng.multivariate_normal([0, 0], both, rounds + window - 1)
    shared = pd.DataFrame(luck, columns=["corr", "mmc"]).rolling(window).sum().dropna()
    scores = [corr, mmc] + [corr_std, mmc_std] * shared / np.sqrt(window)
    return scores.reset_index(drop=True)


scores = record("middling", window=60)
today = simulate(scores, "2026-08", stake=100, paths=4_000, seed=0)
ax = today.plot()
# %% [markdown]
# The middling model, one stake, four thousand futures (here called paths). Nothing moves until
# the first slice is resolved, 64 rounds on. Then most futures gain, but the band is wide, and
# its lower edge lies below the stake, although the model is right on average. How large
# should a stake be, then?
#
# > **Caution.** These are made records, and no simulation knows the future. Nothing here
# > is financial advice; it is a way to ask yourself a better question.

# %% [markdown]
# ## 1. A year, four thousand times
#
# A **Monte Carlo** simulation draws futures at random and counts. Where from? From the record
# itself, again and again: that is called a **bootstrap**. Here it draws whole stretches of 64
# rounds, in random order, and not single rounds, because rounds that are live together share
# days, and are good or bad together.

# %%
from numlearn.staking import RULES, replay

starts = np.random.default_rng(4).integers(0, len(scores) - 64, (3, 4))
paid = RULES["2026-08"].score(scores["corr"], scores["mmc"])
lived = {}
for number, row in enumerate(starts, 1):
    joined = pd.concat([scores.iloc[start : start + 64] for start in row])
    path = replay(joined.reset_index(drop=True), "2026-08", stake=100)
    lived[f"future {number}"] = path["model"]

# %%
import matplotlib.pyplot as plt
import seaborn as sns

with nl.plots.style():
    _, axes = plt.subplots(1, 3, figsize=(11, 3.4))
    paid.plot(ax=axes[0], lw=0.8, xlabel="round", ylabel="paid score")
    for place, start in enumerate(starts[0], 1):
        axes[0].axvspan(start, start + 64, color=nl.plots.COLORS["staking"], alpha=0.3)
        axes[0].annotate(place, (start + 20, 0.52), weight="bold")
    pd.DataFrame(lived).plot(ax=axes[1], ylabel="NMR")
    sns.histplot(today.final["model"], bins=40, alpha=1, ax=axes[2])
    axes[0].set(title="1. Cut the record", ylim=(-0.4, 0.6))
    axes[1].set_title("2. Join four stretches")
    axes[2].set(title="3. Do it 4,000 times", xlabel="NMR at the end", ylabel="futures")
nl.plots.caption(axes, "A record with four stretches marked, three paths, a histogram.")
plt.show()

# %% [markdown]
# Left: the record, what each round pays for a slice of 1 NMR. Stretches 1 to 4, one after the
# other, are future 1 in the middle; two others were made alike. Right: where four thousand end.
#
# **Predict before you run.** What happens to the ends if single rounds are drawn instead, so
# that good and bad ones are shuffled?

# %%
shuffled = simulate(scores, "2026-08", stake=100, paths=4_000, seed=0, draw=1)
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
# In 2021 there was one round a week, and up to four were live at once. From 2023 on there
# were five a week, and up to 25 live, each with the *whole* stake at risk. Since August
# 2026 each round has a slice of its own. How often the same NMR is at risk at one time is
# the **leverage** of the rules.

# %%
names = ["2021-03", "2024-01", "2026-01", "2026-08"]
facts = ["rounds_a_week", "lag", "leverage", "cap", "total_at_risk", "days_to_release"]
table = pd.DataFrame(
    {name: {f: getattr(RULES[name], f) for f in facts} for name in names}
)
table.loc["payout factor"] = [RULES[name].payout_factor() for name in names]
table.loc["leverage × factor"] = table.loc["leverage"] * table.loc["payout factor"]
table.T.map("{:,g}".format).replace("nan", "any")

# %% [markdown]
# Leverage is not the whole story: all is also multiplied by the payout factor
# ({lesson:staking}), and that belongs to the rules. `total_at_risk` is the NMR at risk in the
# whole tournament: close to the threshold in March 2021 (Numerai's forum, topic 2469), 400,000
# in the example of the page that keeps the rules of 2024 to 2026. When five rounds a week
# were paid instead of one, cap and threshold were cut to a fifth *together* (May 2023, topic
# 6189), so leverage times factor is about what it was.
#
# Take early 2026 and change one thing at a time: the stake cut into 25 slices; and, as a mere
# what-if, a tournament without others, whose factor is 1. Five records of each model; it takes
# some seconds.
#
# **Predict before you run.** Which change matters more, and for which model?

# %%
from dataclasses import replace


def year(rules, window=20, **options):
    """Pool the ends and the deepest falls of futures from five records a model."""
    parts = []
    for seed in range(1, 6):
        made = {name: record(name, window=window, seed=seed) for name in real.index}
        made = pd.concat(made, axis=1).iloc[:: 5 // rules.rounds_a_week]
        made = made.reset_index(drop=True)
        parts.append(simulate(made, rules, paths=1_000, seed=seed, **options))
    ends, falls = ([getattr(p, x) for p in parts] for x in ("final", "drawdown"))
    return pd.concat(ends), pd.concat(falls)


# %%
rules = RULES["2026-01"]
years = {
    "2021-03": year(RULES["2021-03"]),
    "2026-01": year(rules),
    "2026-08": year(RULES["2026-08"], window=60),
    "25 slices": year(replace(rules, position_share=1 / 25)),
    "what if alone": year(rules, total_at_risk=0),
}

# %%
rows = {}
for kind in ["2026-01", "25 slices", "what if alone"]:
    ends, falls = years[kind]
    rows[kind] = pd.DataFrame({"median": ends.median().round()})
    rows[kind]["half lost"] = (ends < 50).mean().round(2)
    rows[kind]["fall, p95"] = falls.quantile(0.95).round(2)
pd.concat(rows, axis=1)

# %% [markdown]
# `fall, p95` is the deepest fall that five of a hundred futures exceed. As documented, the
# star's typical stake trebles, and those of the tutorial and the benchmark end about where
# they began. Cut into slices, hardly anything happens: leverage multiplies what a good
# model earns *and* how deep it falls. Without the factor (a world that was not) all is more
# than five times as strong: the star's typical stake would be a fortune, and the tutorial
# model, whose CORR is right on average, would lose half of its stake in half of its
# futures. Leverage can ruin what is right on average; what kept it from doing so was the
# crowd.
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
# futures exceed in their losses, and divide 15 by it: `today.affordable(15, 0.95)` does that.
#
# Try it on the four models and on four rule sets, three with the documented NMR at risk and one
# what-if. Move `stake` until at most five of a hundred futures lose more than you can afford;
# then change model and rules, and look at how much lies left of zero.


# %%
def futures(model="middling", rules="2026-08", stake=100, afford=15):
    """Draw what the futures of a stake gain or lose, and what can be afforded."""
    gain = stake * (years[rules][0][model] / 100 - 1)
    worse = f"{100 * (gain < -afford).mean():.0f} of 100 futures lose more"
    with nl.plots.style():
        _, ax = plt.subplots(figsize=(8, 3.4))
        shown = (-stake, 4 * stake)
        sns.histplot(gain, bins=50, binrange=shown, element="step", ax=ax)
        ax.axvline(-afford, color=nl.plots.COLORS["loss"])
        ax.set(title=f"The {model} model, {stake} NMR: {worse} than {afford}")
        ax.set(xlabel="NMR gained or lost in a year", ylabel="futures", xlim=shown)
    nl.plots.caption(ax, f"Histogram of gains and losses, a line at -{afford} NMR.")
    plt.show()


# %%
nl.plots.explore(
    futures,
    model=list(real.index),
    rules=["2021-03", "2026-01", "2026-08", "what if alone"],
    stake=(10, 200, 10),
    afford=(5, 50, 5),
)

# %% [markdown]
# The axis begins where all is lost and ends at four stakes gained. The stake only stretches
# it; the model moves the histogram: where MMC is negative, half of it or more lies left of
# zero here, right as the CORR is. In 2021 nearly all of it lies to the right. Alone, most
# of the star's futures leave the picture, and half of the tutorial's lose half of the stake
# or more.
#
# **Predict before you run.** A number from *one* record rests on about four years of daily
# rounds. Take five records of the middling model, that of the first fan first: do the others
# give about the same stake?

# %%
rows = {}
for seed in range(1, 6):
    scores = record("middling", window=60, seed=seed)
    paid = RULES["2026-08"].score(scores["corr"], scores["mmc"])
    one = simulate(scores, "2026-08", paths=2_000)
    [safe] = one.affordable(15, 0.95)
    rows[seed] = {name: f"{x:.4f}" for name, x in scores.mean().items()}
    rows[seed]["paid score"] = f"{paid.mean():.3f}"
    rows[seed]["loss"] = f"{one.summary()['loss'].iloc[0]:.2f}"
    rows[seed]["stake, NMR"] = f"{safe:.0f}" if safe < np.inf else "no limit"
pd.DataFrame(rows).T.rename_axis("record")

# %% [markdown]
# The same model, and quite different answers. A thousand rounds that share sixty days with
# their neighbours are worth about as many as there are quarters in four years
# ({lesson:scoring}), and such a record may flatter or slander. Much hangs on the mean of
# the paid score, three times CORR and fifteen times MMC. So the honest number is the
# smallest of them, or less: the bootstrap can only replay what was in the record. "No
# limit" means that fewer than five in a hundred futures of that record lost anything; it
# tells you about the record and not about the world.
#
# > **In the real tournament** newcomers were told in 2021 not to stake, or very little,
# > until they had seen some of their own scores; and they still are. Scores cost nothing.
# > `nl.staking.history("your_model", "2026-08")` brings yours over 60 days, and
# > `simulate(scores, "2026-08")` takes them as they come; a round that you missed counts as
# > nothing at risk.

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
# Then the price moves by itself. Let it wander with a **volatility** (standard deviation of
# its change) of 80 % a year, a round figure for a small cryptocurrency that we assume and
# do not measure, and sell at the end. The middling model's futures from above, which cost
# 1,500 dollars, in NMR and in dollars.

# %%
from numlearn.staking import in_dollars

deep = Pool(nmr=1e9, usd=15e9, fee=0)
dollars = in_dollars(today, deep, volatility=0.8, seed=0)["model"]
worth = {"in NMR": today.final["model"], "in dollars": dollars / 15}
with nl.plots.style():
    _, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharex=True, sharey=True)
    for ax, (unit, ends) in zip(axes, worth.items()):
        sns.histplot(ends, binrange=(0, 400), bins=50, alpha=1, ax=ax)
        ax.axvline(100, color=nl.plots.COLORS["ink"], ls="--")
        ax.set(title=f"{100 * (ends < 100).mean():.0f} of 100 lose {unit}")
        ax.set(
            xlabel=f"the end {unit}, % of the start", ylabel="futures", xlim=(0, 400)
        )
nl.plots.caption(
    axes, "Where the futures end: a narrow hill in NMR, a wide one in dollars."
)
plt.show()

# %% [markdown]
# In per cent of what was put in. With the price on top, far more futures end below the
# start, and the bad ones are far worse: for this record, at this volatility, the price of
# NMR is the larger risk, and the best predictions do nothing about it. (We let the mean
# price stay where it was; a wandering price makes a few large winners, some beyond the
# right edge of the figure, and many losers.)
#
# > **Then and now.** NMR came from exchanges in 2021, with tiny amounts from Numerai as a
# > bounty or a gift; the same is true in 2026, with Coinbase and Uniswap named in the
# > documentation. Its price is still a risk of its own; stakes in USDC, a token that is worth
# > a dollar, are announced and not there. You still cannot stake on somebody else's model: any
# > private arrangement, or a purchase of predictions that you then stake as yours, is at your
# > own risk.

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
