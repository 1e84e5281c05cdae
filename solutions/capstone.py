# ---
# jupyter:
#   numlearn:
#     question: Is my model worth staking?
#     minutes: 45
#     objectives:
#       - put a model of your own through a report card, and read it
#       - tell what it adds to the metamodel from what it earns
#       - decide on a stake by a rule that you wrote down before you saw the record
#     needs: ["lessons {number:models}, {number:metamodel}, {number:contribution}, {number:staking} and {number:risk}"]
#     claims: [S7, S17, S30, S34, S48]
# ---

# %% [markdown]
# You can train a model, score it and submit it, and you know what a stake can do. One
# question is left, and all others led to it: is *your* model worth staking? So bring
# one. Here is where it starts; afterwards it lives for a year among 29 others and goes
# through all that this course can measure. What it can learn from: a hundred weeks of a
# made-up world, a row for each stock and week.
#
# > **Caution.** Nothing here is financial advice. You will find reasons not to stake.

# %%
import pandas as pd

seed = 1
arena = nl.world.arena(seed)
data_train = arena.training()
data_train.iloc[:3, :5]

# %% [markdown]
# ## 1. A model of your own
#
# ### Exercise: my_model
#
# Your turn: `my_model(train, live)`. `train` is a panel with `era`, 42 columns that
# begin with `feature`, and `target`; `live` has the same without the target, for 40
# later weeks. Return a Series, one prediction for each row of `live` by its id (an
# array in the order of the rows will do). It begins, say, so:
#
# ```
# id
# n0000    0.465
# n0001    0.509
# n0002    0.505
# dtype: float64
# ```
#
# It is tried on two markets that are calmer than the real one: more can be known, so
# that luck does not decide. What counts is your mean CORR on both markets together, as
# a share of what a straight line through all features reaches on the same weeks. You
# pass with 80 %. Where a class is graded the markets are drawn anew, and 70 % will do,
# so that who passes here passes there. Which model you use is up to you
# ({lesson:models}). In a class it has fifteen seconds of computing for both markets,
# which nothing here stops, so time yours: a ridge takes about one.


# %% exercise="my_model"
def my_model(train, live):
    """Return a prediction for each row of the live eras."""
    # BEGIN SOLUTION
    model = nl.models.baseline("ridge")
    model.fit(train, train["target"])
    return pd.Series(model.predict(live), live.index)
    # END SOLUTION


# %% [markdown]
# Now it enters a tournament in the world from above. A stand-in of sixty trees has
# learned from its hundred weeks. **Put your own in its place**: once `my_model` passes,
# write
# `my_model(data_train, seen)` instead of `model.predict(seen)` and run on. All that follows
# is then about yours; the sentences stay about the sixty trees.
#
# The 29 others are good models, weak ones, copies and people who guess, with 12,000 NMR
# each. Let a year go by in which the model stakes as much.

# %%
model = nl.models.baseline("example", n_estimators=60, learning_rate=0.1, n_jobs=1)
model.fit(data_train, data_train["target"])

seen = pd.concat([era.panel for era in arena.live])
mine = pd.Series(model.predict(seen), seen.index, name="mine")

# %%
from numlearn.world import crowd

others = crowd.mixed(29, seed=seed, total=348_000)


def year(stake, rules="2026-01"):
    """Play a year in which the model takes part."""
    own = crowd.Own("mine", stake, function=lambda live: mine.loc[live.index])
    return nl.world.run(seed, rules=rules, users=[*others, own])


staked = year(12_000)
growth = staked.users["income"] / staked.users["stake"]
print(f"the stake grew by {growth['mine']:.0%} in a year")

# %% [markdown]
# Would you stake on it? Hold that number in mind, for this page takes it apart: it is
# *one* world, *one* set of rules and *one* year, and it is not even clear that the
# number is about the model. And this world is kinder than the real one: nobody in it
# improves, and its markets stay of one kind.

# %% [markdown]
# ## 2. The report card
#
# A **report card** has all that this course measures of one model, on one page. One
# call makes it: predictions go in, and the place where the truth lies. Here that is the
# year, played once more with no stake on the model, so that the metamodel is made by
# the others alone.
#
# Three scores come first, each for another question. CORR: is it right? MMC: is it new,
# beyond the metamodel? FNC: does it know more than the features say in a straight line?
#
# **Predict before you run.** Which of the three means is lowest? And how many
# independent rounds are 52 weeks worth that share their days?

# %%
unstaked = year(0)
card = nl.report_card(mine, source=unstaked)
print(card.exposures.head(3).round(2))
card

# %% [markdown]
# `card.write("card.html")` writes it as a page. And for any model's predictions on Numerai's
# own validation rows it is the same call: `nl.report_card("mine.parquet",
# source="v5.3")`, or
# `numlearn report mine.parquet --source v5.3` on the command line.
#
# Piece by piece now, one question at a time. The first: **how much is a year of
# evidence?** Thirteen rounds, says the first line: each week's target looks twenty
# trading days ahead, so that four neighbouring weeks share their days, and a year is
# worth a quarter of its weeks, as on the line of {lesson:scoring}. There you also
# *estimated* that number from a record. A single year is too short for that; which days
# weeks share is known. So the card counts by days, and so do we from here on, always.
#
# The second: **is it right?** What does the mean CORR of a year say if its weeks are
# taken as independent, and what as they are?

# %%
import matplotlib.pyplot as plt
import numpy as np

corr = card.scores["CORR"]
reach = corr.std() * np.array([1.68 / np.sqrt(52), 1.78 / np.sqrt(13)])
with nl.plots.style():
    _, axes = plt.subplots(1, 2, figsize=(9, 3.4), width_ratios=[2, 1])
    axes[0].plot(range(1, 53), corr)
    axes[1].errorbar(["52", "13"], 2 * [corr.mean()], reach, fmt="o", capsize=6)
    axes[0].set(title="1. CORR of each week", xlabel="week", ylabel="CORR")
    axes[1].set(title="2. Its mean", xlabel="counted as so many", xlim=(-0.5, 1.5))
nl.plots.caption(axes, "CORR by week, and its mean with two intervals of 90 %.")
plt.show()

# %% [markdown]
# Left: good and bad weeks come in runs, because neighbours share days. Right: the
# interval that holds the true mean nine times in ten. Counted as 52 rounds it looks
# narrow; counted as 13 it is about twice as wide, and here it reaches below zero. (1.68
# and 1.78 errors to each side are Student's: with few rounds, the scatter itself is
# uncertain.)
#
# **Is it new?** MMC, the lowest of the three means, is next to nothing. **Does it know
# more than a straight line?** FNC is smaller than CORR: a part of what the model knows
# is what a straight line through the features would have said. The features that it
# leans on most, its largest **exposures**, stand above the card: how strongly the
# predictions go with them, on average and in nine of ten weeks ({lesson:feature_risk}).
#
# A leaderboard shows something else, a place. Who leads it, if places are given for a
# week, a quarter or the year?

# %%
corrs, kind = unstaked.table("corr"), unstaked.users["behavior"]
leaders, place = {}, {}
for name, weeks in {"a week": 1, "a quarter": 13, "the year": 52}.items():
    means = corrs.groupby(np.arange(52) // weeks).mean()
    leaders[name] = means.idxmax(axis=1).map(kind).value_counts()
    places = means.rank(axis=1, ascending=False)["mine"].astype(int)
    place[name] = {"(our best place)": places.min(), "(our worst)": places.max()}
both = [pd.DataFrame(leaders).fillna(0), pd.DataFrame(place)]
pd.concat(both).astype(int).rename_axis("first place of")

# %% [markdown]
# (`own` is ours; the other behaviors are those of {lesson:crowd}.) A week is a throw of
# the dice:
# `random`, who hands in random numbers, `hedged`, one of two accounts with the same random
# numbers and opposite signs, and even `opposing`, who hands in the opposite of a good
# model, come first now and then. Our model has been nearly everywhere.
#
# And the leader of the year is the `copycat`, who rebuilds the metamodel of some weeks
# ago from models that everybody has. A blend of many is often better than nearly each
# of them ({lesson:metamodel}). In five other worlds, which come below, it is first in
# three and among the first eight in all. So the best place went to somebody with no
# knowledge of their own.
#
# > **Then and now.** In 2021 the leaderboard was called bragging rights and no more. Payouts
# > still do not depend on it. But since then a season's rank earns titles, and titles give
# > room for more models (Numerai's FAQ, August 2026).

# %% [markdown]
# ## 3. What would be missing without it
#
# The third question: **is it needed?** You need not stake. Then you are scored, and
# nothing of you is in the metamodel. What would the metamodel gain with you? That is
# the **uplift**. The card lets the predictions join it with a weight of 5 %, on paper;
# on Numerai's files it does the same with the published `meta_model`. Here we can also
# really play the year: with the stake that everybody has, and with ten times as much.
# All others do as before, their luck included. (± is the standard error, reckoned with
# 13 rounds, here and below.)
#
# **Predict before you run.** What becomes of the model's CORR, of its MMC, and of the
# metamodel's CORR?

# %%
rows = {}
for stake, one in {0: unstaked, 12_000: staked, 120_000: year(120_000)}.items():
    uplift = one.rounds["metamodel_corr"] - unstaked.rounds["metamodel_corr"]
    rows[f"{stake:,}"] = one.users.loc[
        "mine", ["corr", "mmc", "weight_first"]
    ].to_dict()
    rows[f"{stake:,}"] |= {"uplift": uplift.mean(), "±": uplift.std() / np.sqrt(13)}
paper = card.scores["uplift"]
paper = {"weight_first": 0.05, "uplift": paper.mean(), "±": paper.std() / np.sqrt(13)}
table = pd.DataFrame({**rows, "on paper": paper}).T.rename_axis("NMR")
table.round({"weight_first": 3}).round(5) + 0.0

# %% [markdown]
# The CORR is the same in all rows, by construction: nobody's stake moves a score of
# that kind. Without a stake the weight is zero, and the model is scored all the same.
#
# And the uplift? Played or on paper, it is smaller than its error: this year shows no
# difference. Ten times the stake makes the model heavier and shows none either; its MMC
# is lower, for now it is the metamodel that resembles *you*. So the growth at the top
# of this page was pay for being right, and hardly for being needed.
#
# > **Then and now.** A model without a stake is scored like any other, and the fund does not
# > use it: so it was in 2021, and so it is (FAQ, August 2026). All that this page tells about
# > a model can be had without a single NMR.

# %% [markdown]
# ## 4. What it would have earned, and gone through
#
# The model, the others and the world stay as they are. Only the rules change: those of
# March 2021, of January 2026, and of August 2026, each with the NMR at risk that its
# documents give ({lesson:staking}). The card draws futures of a year from the record,
# as in {lesson:risk}, for a stake of 100 NMR.
#
# **Predict before you run.** Under which rules does the stake grow most, and under
# which does it fall deepest on the way?

# %%
payouts = card.payouts
shown = ["at_risk", "factor", "p5", "median", "p95", "below", "lose_half", "fall"]
payouts[shown].T.map("{:,.2f}".format).replace("nan", "any")

# %% [markdown]
# `p5` to `p95` are NMR at the end; `below` is the share of futures that end below the stake,
# `lose_half` of those that had lost half of it at some time, and `fall` the deepest fall from
# a peak that five in a hundred exceed. ("Any": these rules pay the same however much is
# at risk.) The rules of January 2026 send the stake through the deepest fall:
# twenty-five live rounds (five a week) share one stake ({lesson:risk}). Those of August
# 2026 pay for 60 days, slice by slice, on scores over 60 days; here they get the scores
# that there are.
#
# That was on paper: futures drawn from 52 weeks, with the documents' NMR at risk. Here
# is the year itself, played under each, with the NMR that this crowd has at risk. It is
# one more path, and may lie outside of nine in ten drawn ones.

# %%
import seaborn as sns

worth, lived = {}, {}
for name in payouts.index:
    worth[name] = 100 + year(12_000, name).table("payout")["mine"].cumsum() / 120
    lived["growth, %", name] = worth[name].iloc[-1] - 100
    below = worth[name] / worth[name].cummax().clip(lower=100)
    lived["deepest fall, %", name] = 100 * (1 - below).max()
deepest = max(worth, key=lambda name: lived["deepest fall, %", name])
with nl.plots.style():
    ax = sns.lineplot(pd.DataFrame(worth))
    ax.set(xlabel="round (by its opening)", ylabel="stake (% of the first)")
    ax.set_title(f"Here the same predictions fall deepest by the rules of {deepest}")
nl.plots.caption(ax, "The stake over a year under three rule sets.")

# %% [markdown]
# While it falls, nobody gets out quickly: NMR is free again about four weeks after one
# asks under the rules of 2021, and about three months later under those of August 2026.
#
# What is luck of this world? Five others, run beforehand with the same code: uplift,
# MMC and CORR in thousandths, the place of the copycat in the year, and then growth and
# deepest fall in per cent.

# %% keep="capstone_worlds" worlds=[2, 3, 4, 5, 6]
uplift = staked.rounds["metamodel_corr"] - unstaked.rounds["metamodel_corr"]
facts = {"uplift": uplift, "MMC": card.scores["MMC"], "CORR": card.scores["CORR"]}
told = {}
for name, one in facts.items():
    told["scores", name] = 1000 * one.mean()
    told["scores", f"± {name}"] = 1000 * one.std() / np.sqrt(13)
means = corrs.mean().rank(ascending=False)
told["scores", "copycat"] = means[kind[kind == "copycat"].index].min()
{**told, **lived}

# %% stored="capstone_worlds"
worlds = nl.data.stored("capstone_worlds").T
worlds.round(1)

# %% [markdown]
# CORR is above zero in all five, and more than two errors above it in four: in one year
# a good model need not show. MMC and uplift are within one error of zero in all five.
# And yet the stake grew in these five under all rules (no law: another world may fall).
# Which rules paid best depends on the world; the deepest fall came under those of
# January 2026 in all five.
#
# Do not take these growths home. What do real records say? Here is a public one: 355
# daily rounds (843 to 1197, September 2024 to early 2026), worth about eighteen
# independent ones; from *numerai-vladthestaker* (86a9c2e, 2026-02-27), reckoned anew.
# What a round pays is 0.75 CORR + 2.25 MMC, the weights of January 2026, without a cap;
# once without a payout factor, and once with the one that the documents of these rules
# give, .18. Falls are those of a stake that compounds round after round. Lowest and
# highest of each group:

# %%
rows = {
    "Numerai's tutorials (3)": ".001–.004 94–98 .0001–.0007 39–50",
    "benchmarks of v5.0 (4)": ".000–.004 73–87 .0001–.0007 20–29",
    "benchmarks of v5.1 (4)": ".002–.012 70–84 .0003–.0022 19–28",
    "successful users (8)": ".015–.030 5–58 .003–.005 1–14",
}
heads = ["a round pays", "fall, %", "with factor .18", "fall, % "]
pd.DataFrame({name: row.split() for name, row in rows.items()}, heads).T

# %% [markdown]
# The last row was picked afterwards, because they did well. A mean of these 355 rounds
# has an error near .007, so that hardly a mean of the first three rows is told from
# zero. Tutorial and benchmark models, honest and right on average, would have lost a
# fifth to a half of a stake on the way, and more without the crowd that shrinks all
# payouts.

# %% [markdown]
# ## 5. A rule, written down beforehand
#
# After a good year everybody finds a reason to stake. So fix the rule first. Here is
# one, in three steps, for a record of weekly `rates`: what each week would have paid or
# burned, as a share of the stake.
#
# 1. *Evidence.* Four neighbouring weeks share their days: count the record as a quarter of
#    its rounds. No stake unless the mean is above two standard errors.
# 2. *Risk.* Find the deepest fall of the summed rates from a peak. Count on twice that.
# 3. *Limit.* Stake so much that such a fall costs what you can afford to lose.
#
# It is a rule of thumb of this lesson, and no more than that.

# %%
payouts[["rate", "low", "high", "evidence", "stake"]].round(3)

# %% [markdown]
# The card has applied it. `rate` is what an average week pays, `evidence` how many
# errors that lies above zero, and `stake` what the rule allows for each NMR that you
# can afford to lose. Under each of the three rule sets the answer is none. By the rules
# of 2021 the CORR of one year is too little evidence; by those of 2026 MMC counts three
# and five times as much as CORR, and of that there was none. The year in which the
# stake grew so nicely is *no evidence*.
#
# ### Exercise: my_stake
#
# Write that rule: `my_stake(rates, afford)`, where `rates` is a Series by round and
# `afford` is in NMR. The standard error is that of `rates.std()`, for `len(rates) / 4`
# rounds. Fall: of `rates.cumsum()` below its highest value so far
# (`nl.scoring.max_drawdown` may help). Return the stake in NMR: 0 without evidence, and
# 0 for a record that never fell, as it does not say what can be lost. For 10 NMR and
# `pd.Series([.06, -.05, .07, .08, .06, .07, .08, .06, .07, .08, .06, .06])`:
#
# ```
# 100.0
# ```


# %% exercise="my_stake"
def my_stake(rates, afford):
    """Return how much to stake, 0 where the record is no evidence."""
    # BEGIN SOLUTION
    error = rates.std() / np.sqrt(len(rates) / 4)
    path = rates.cumsum()
    fall = (path.cummax() - path).max()
    if rates.mean() <= 2 * error or fall == 0:
        return 0.0
    return afford / (2 * fall)
    # END SOLUTION


# %% [markdown]
# Does the rule hold what it promises? Try it on four thousand records of models that
# guess, and on as many with skill. Skill and luck have the size of real rounds: a mean
# of .012 and a scatter of .03 a round in the public record, by the weights of January
# 2026. With five rounds a week and a factor of .18, a week pays nine tenths of that.


# %%
def draw(skill, weeks, models=4000):
    """Draw weekly rates (weeks × models); each shares its days with three others."""
    rng = np.random.default_rng(0)
    luck = pd.DataFrame(rng.normal(size=(weeks + 3, models))).rolling(4).sum()
    return 0.9 * (skill + 0.015 * luck.iloc[3:].to_numpy())


drawn = {"random": draw(0.0, 468), "skilled": draw(0.012, 468)}


def deepest_fall(rates):
    """Return each model's deepest fall of the summed rates from a peak."""
    path = rates.cumsum(axis=0)
    return (np.maximum.accumulate(path) - path).max(axis=0)


def after(record, weeks, errors):
    """Return the evidence of models, who passes, and who then falls too deep."""
    known, future = record[:weeks], record[weeks : weeks + 52]
    found = known.mean(axis=0) / (known.std(axis=0, ddof=1) / np.sqrt(weeks / 4))
    return found, found > errors, deepest_fall(future) > 2 * deepest_fall(known)


# %% [markdown]
# **Predict before you run.** After one year, how many of the skilled ones does the rule
# let stake? And how many of those who guess? Then move `weeks` and `errors`: find a
# gate that lets nine of ten skilled ones through and next to nobody else. Look also at
# the limit: `too deep` is the share of those who passed whose deepest fall from a peak, in
# the next year, is more than the rule counted on, twice that of their record. (A fall is
# counted from a peak on both sides, as in step 2.)


# %%
def gate(weeks=52, errors=2.0):
    """Show who passes a gate of so many errors after so many weeks."""
    hills, told = {}, []
    for who, record in drawn.items():
        hills[who], through, deep = after(record, weeks, errors)
        share = (
            f"{through.mean():.0%} pass, {deep[through].mean():.0%} of them too deep"
        )
        told.append(f"{who}: {share}")
    with nl.plots.style():
        ax = sns.histplot(hills, bins=60, binrange=(-6, 12), element="step")
        ax.axvline(errors, color=nl.plots.COLORS["loss"])
        ax.set(xlabel="evidence (standard errors above zero)", ylabel="models")
        ax.set_title("\n".join(told))
    nl.plots.caption(ax, "Histograms of the evidence of both, and the gate.")
    plt.show()


nl.plots.explore(gate, weeks=(26, 416, 26), errors=(0, 4, 0.5))

# %% [markdown]
# After a year the two hills overlap so much that no gate parts them: what keeps out
# those who guess keeps out most of the skilled ones too. Years pull the hills apart:
# with two errors it takes more than five (about 290 weeks) until nine of ten skilled
# ones pass. That is the price: moving the gate does not avoid it, for the rounds have
# not told yet.
#
# And the limit? After one year it is not kept: of the few who guess and slipped
# through, about three of four fall deeper than twice their record's fall, and nearly half
# of the skilled ones do. Their record looked good *because* it was lucky, with shallow
# falls. Only years of record hold falls deep enough. Twice the deepest fall is no floor.

# %% [markdown]
# ## 6. And now, for real
#
# Numerai publishes more than twelve years of validation weeks (658 in v5.3), and a card
# of your own model on them is worth far more than this one of a year. But you will have
# looked at those weeks while you built it; only rounds that were live while your model
# stood still are beyond doubt, and they cost nothing without a stake. How to begin,
# step by step, and what to look at after one month and after three, is
# {lesson:first_week}.
#
# > **Then and now.** In 2021 there were two ways in, the tournament and Signals, where you
# > bring your own data ({lesson:signals}). Since 2024 there is a third, for crypto tokens; the fund
# > does not trade on it. Help was on RocketChat in 2021. Today it is on Discord, which the
# > documentation links to, and on the forum. Ask there before you stake: the others want the
# > metamodel to be good as well.

# %% quiz="capstone"

# %% [markdown]
# ## In this notebook you
#
# - put a model through a report card, and read how little a year of scores proves;
# - told what it adds from what it earns, and saw that the two can be far apart;
# - decided by a rule that stood there first, and measured what that rule lets through.
#
# You have been once around the triangle. The tournament is at
# [numer.ai](https://numer.ai), its rules at [docs.numer.ai](https://docs.numer.ai), and
# the people at [forum.numer.ai](https://forum.numer.ai).
