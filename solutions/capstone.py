# ---
# jupyter:
#   numlearn:
#     question: Is my model worth staking?
#     minutes: 40
#     objectives:
#       - enter a model of your own, and read its report card
#       - tell what it adds to the metamodel from what it earns
#       - decide on a stake by a rule that you wrote down before you saw the record
#     needs: ["lessons {number:models}, {number:metamodel}, {number:contribution}, {number:staking} and {number:risk}"]
#     claims: [S7, S17, S30, S34, S48]
# ---

# %% [markdown]
# You can train a model, score it and submit it, and you know what a stake can do. One
# question is left, and all others led to it. Here is a model: sixty trees, learned from a
# hundred weeks. It joins 29 others, among them good models, weak ones, copies and people who
# guess, and all have the same stake. Let a year go by.

# %%
from numlearn.world import crowd

seed = 1
data_train = nl.world.arena(seed).training()
model = nl.models.baseline("example", n_estimators=60, learning_rate=0.1, n_jobs=1)
model.fit(data_train, data_train["target"])
others = crowd.mixed(29, seed=seed, total=348_000)


def year(stake=12_000.0, rules="2026-01"):
    """Play a year in which the model takes part."""
    mine = crowd.Own("mine", stake, function=model.predict)
    return nl.world.run(seed, rules=rules, users=[*others, mine])


# %%
season = year()
growth = season.users["income"] / season.users["stake"]
print(f"the stake grew by {growth['mine']:.0%} in a year")

# %% [markdown]
# Would you stake on it? Hold that number in mind, for this page takes it apart: it is *one*
# world, *one* set of rules and *one* year, and it is not even clear that the number is about
# the model.
#
# > Nothing stops you from putting a model of your own into the first cell. All that
# > follows is then about yours, though the sentences stay about this one. The market is made
# > up, as before.
#
# > **Caution.** Nothing here is financial advice. You will find reasons not to stake.

# %% [markdown]
# ## 1. The report card
#
# A **report card** has all that this course measures of one model, on one page. It begins
# with three scores, each for another question. CORR: is it right? MMC: does it know what the
# metamodel does not? FNC: does it know more than the features say in a straight line?
#
# **Predict before you run.** Which of the three means will be lowest? And how many rounds
# are 52 weeks worth that share their days?

# %%
import pandas as pd

features = [name for name in data_train if name.startswith("feature")]
seen = pd.concat([era.panel for era in season.arena.live])
panel = season.panel[["era", "target", "metamodel"]].set_index(seen.index)
panel = panel.join(seen[features]).assign(mine=model.predict(seen))
scores = {
    "CORR": nl.scoring.corr(panel, "mine"),
    "MMC": nl.scoring.mmc(panel, "mine", "metamodel"),
    "FNC": nl.scoring.fnc(panel, "mine", features),
}
scores = pd.concat(scores, axis=1).droplevel(1, axis=1)
card = nl.scoring.summary(scores, level=0.9)
card[["mean", "mean_low", "mean_high", "sharpe", "max_drawdown"]].round(4)

# %%
card[["rounds", "effective_rounds"]].round(0).astype(int)

# %% [markdown]
# CORR is well above zero, so the model is right. FNC is smaller: a part of what it knows is
# what a straight line through the features would have said. And MMC is next to nothing. The
# two columns beside the mean hold the true mean nine times in ten, or somewhat less often;
# they are far apart, because the year is worth so few rounds.
#
# > **In the real tournament** a public record of 355 daily rounds (843 to 1197, September
# > 2024 to early 2026) has Numerai's own first tutorial with a mean CORR of .0107 and a mean
# > MMC of -.0018. The best of some successful users, picked afterwards, had .0229 and .0052.

# %% [markdown]
# A leaderboard shows you something else, a place. Who leads it, if places are given for a
# week, a quarter or the year?

# %%
import numpy as np

corr, kind = season.table("corr"), season.users["behavior"]
leaders, mine = {}, {}
for name, weeks in {"a week": 1, "a quarter": 13, "the year": 52}.items():
    means = corr.groupby(np.arange(52) // weeks).mean()
    leaders[name] = means.idxmax(axis=1).map(kind).value_counts()
    places = means.rank(axis=1, ascending=False)["mine"].astype(int)
    mine[name] = {"best": places.min(), "worst": places.max()}
pd.DataFrame(leaders).fillna(0).astype(int).rename_axis("first place of")

# %%
pd.DataFrame(mine).T.rename_axis("the model's place of 30 in")

# %% [markdown]
# (`own` is ours.) A week is a throw of the dice: people who guess, and even those who submit
# the opposite of a good model, come first now and then, and our model has been nearly
# everywhere. Over longer stretches the places sort themselves. A place in a week says nothing
# about a model, good or bad.
#
# > **Then and now.** In 2021 the leaderboard was called bragging rights and no more. Payouts
# > still do not depend on it. But since then a season's rank earns titles, and titles give
# > room for more models (Numerai's FAQ, August 2026).

# %% [markdown]
# ### Exercise: my_model
#
# Your turn: `my_model(train, live)`. `train` is a panel with `era`, 42 columns that begin
# with `feature`, and `target`; `live` has the same without the target, for 40 later weeks.
# Return a Series, one prediction for each row of `live` by its id (an array in the order of
# the rows will do). It begins, say, so:
#
# ```
# id
# n0000    0.465
# n0001    0.509
# n0002    0.505
# dtype: float64
# ```
#
# It is tried on two markets, other ones than above, and calmer: more can be known, so that
# luck does not decide. What counts is your mean CORR on both markets together, as a share of
# what a straight line through all features reaches on the same weeks. You pass with 80 %.
# Where a class is graded the markets are drawn anew, and 70 % will do, so that who passes
# here passes there. Which model you use is up to you; in a class it has fifteen seconds of
# computing for both markets, so time yours: a ridge takes about one.


# %% exercise="my_model"
def my_model(train, live):
    """Return a prediction for each row of the live eras."""
    # BEGIN SOLUTION
    model = nl.models.baseline("ridge")
    model.fit(train, train["target"])
    return pd.Series(model.predict(live), live.index)
    # END SOLUTION


# %% [markdown]
# ## 2. What would be missing without it
#
# You need not stake. Then you are scored, and nothing of you is in the metamodel. So play
# the year again, with no stake on the model and with ten times the stake. Everybody else
# does as before, their luck included.
#
# **Predict before you run.** What becomes of the model's CORR, of its MMC, and of the
# metamodel's CORR?

# %%
unstaked, tenfold = year(stake=0.0), year(stake=120_000.0)
rows = {}
for stake, one in {0: unstaked, 12_000: season, 120_000: tenfold}.items():
    uplift = one.rounds["metamodel_corr"] - unstaked.rounds["metamodel_corr"]
    error = uplift.std() / np.sqrt(nl.scoring.effective_rounds(uplift))
    rows[f"{stake:,}"] = {
        "CORR": one.users.loc["mine", "corr"],
        "MMC": one.users.loc["mine", "mmc"],
        "weight": one.users.loc["mine", "weight_first"],
        "uplift": uplift.mean(),
        "± error": error if stake else 0.0,
    }
pd.DataFrame(rows).T.rename_axis("NMR").round({"weight": 3}).round(4) + 0.0

# %% [markdown]
# The CORR is the same in all rows, by construction: nobody's stake moves a score of that
# kind. Without a stake the weight is zero, and the model is scored all the same.
#
# And the uplift? With the same stake as everybody it is smaller than its error: the
# metamodel does as well without this model, because others bring the same already. Ten times
# the stake makes it heavier, and no better: the MMC falls below zero, for now it is the
# metamodel that resembles *you*. So the growth at the top of this page was pay for being
# right, and hardly for being needed.
#
# > **Then and now.** A model without a stake is scored like any other, and the fund does not
# > use it: so it was in 2021, and so it is (FAQ, August 2026). All that this page tells about
# > a model can be had without a single NMR.

# %% [markdown]
# ## 3. What it would have earned, and gone through
#
# The model, the others and the world stay as they are. Only the rules change: those of March
# 2021, of January 2026, and of August 2026.
#
# **Predict before you run.** Under which rules does the stake grow most, and under which
# does it fall deepest on the way?

# %%
names = ["2021-03", "2026-01", "2026-08"]
years = {name: year(rules=name) for name in names}
worth, rows = {}, {}
for name, one in years.items():
    me, rules = one.users.loc["mine"], nl.staking.RULES[name]
    worth[name] = 1 + one.table("payout")["mine"].cumsum() / me["stake"]
    peak = worth[name].cummax().clip(lower=1)
    rows[name] = {
        "growth, %": 100 * me["income"] / me["stake"],
        "deepest fall, %": 100 * (1 - worth[name] / peak).max(),
        "days to get it out": rules.days_to_release,
    }
pd.DataFrame(rows).T.rename_axis("rules").round(0).astype(int)

# %%
import matplotlib.pyplot as plt
import seaborn as sns

with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.6))
    sns.lineplot(100 * pd.DataFrame(worth), ax=ax)
    ax.axhline(100, color=nl.plots.COLORS["muted"], linewidth=1)
    ax.set(xlabel="round (by its opening)", ylabel="stake (% of the first)")
    ax.set_title("The same predictions fall far deeper under one set of rules")
nl.plots.caption(
    ax,
    "The model's stake over a year under three rule sets, each round's payout booked where"
    " it opened; the line of January 2026 swings far more than the other two.",
)
plt.show()

# %% [markdown]
# The same predictions, and yet the rules of January 2026 send the stake through by far the
# deepest fall: twenty-five live rounds share one stake ({lesson:risk}). Those of August 2026 pay
# for 60 days, slice by slice. And while it falls, nobody gets out quickly: see the last
# column.
#
# What is luck of this world? Five others, run beforehand with the same code: first the
# CORR and the uplift in thousandths, then growth and deepest fall in per cent.

# %% keep="capstone_worlds" worlds=[2, 3, 4, 5, 6]
uplift = season.rounds["metamodel_corr"] - unstaked.rounds["metamodel_corr"]
error = uplift.std() / np.sqrt(nl.scoring.effective_rounds(uplift))
played = pd.DataFrame(rows).loc[["growth, %", "deepest fall, %"]].T.unstack()
thousandths = {"CORR": scores["CORR"].mean(), "uplift": uplift.mean(), "error": error}
{**{("", name): 1000 * x for name, x in thousandths.items()}, **played}

# %% stored="capstone_worlds"
worlds = nl.data.stored("capstone_worlds")
worlds[""].round(1)

# %% stored="capstone_worlds"
worlds.drop(columns="", level=0).round(0).astype(int)

# %% [markdown]
# The model is right in every world, and it grew in every world and under all rules. Its
# uplift is nowhere more than two errors from zero. Which rules paid best depends on the
# world; the deepest fall came under those of January 2026 in all five.
#
# Do not take these growths home. Nobody in these worlds improves, and their markets stay of
# one kind. The public record quoted above sums up tutorial and benchmark models under real
# rules as .000 to .004 a round, with falls of 70 to 98 %.

# %% [markdown]
# ## 4. A rule, written down beforehand
#
# After a good year everybody finds a reason to stake. So fix the rule first. Here is one, in
# three steps, for a record of weekly `rates`: what each round would have paid or burned, as
# a share of the stake.
#
# 1. *Evidence.* Four neighbouring weeks share their days: count the record as a quarter of
#    its rounds, to be careful. No stake unless the mean is above two standard errors.
# 2. *Risk.* Find the deepest fall of the summed rates from a peak. Count on twice that.
# 3. *Limit.* Stake so much that such a fall costs what you can afford to lose.
#
# It is a rule of thumb of this lesson, and no more than that.

# %%
rules = nl.staking.RULES["2026-01"]
rates = rules.rate(rules.score(scores["CORR"], scores["MMC"]))
error = rates.std() / np.sqrt(len(rates) / 4)
fall = nl.scoring.max_drawdown(rates)
print(f"mean {rates.mean():.4f}, two errors {2 * error:.4f}, deepest fall {fall:.2f}")

# %% [markdown]
# (With as much NMR at risk as the documents of these rules name.) The CORR was well above zero, but
# MMC counts three times as much by these rules, and of that there was none. So the year in
# which the stake grew so nicely is *no evidence*: by this rule you would not have staked.
#
# ### Exercise: my_stake
#
# Write that rule: `my_stake(rates, afford)`, where `rates` is a Series by round and `afford`
# is in NMR. The standard error is that of `rates.std()`, for `len(rates) / 4` rounds. Fall:
# of `rates.cumsum()` below its highest value so far (`nl.scoring.max_drawdown` may help).
# Return the stake in NMR: 0 without evidence, and 0 for a record that never fell, as it does
# not say what can be lost. For 10 NMR and
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
# Does the rule hold what it promises? Try it on four thousand records of models that guess,
# and on as many with skill. The size of skill and luck is that of real rounds: a mean of
# .012 and a scatter of .03 a round, by the rules of January 2026.
#
# **Predict before you run.** After one year, how many of the skilled ones does the rule let
# stake? And how many of those who guess?


# %%
def draw(skill, weeks, models=4000, seed=0):
    """Draw weekly rates of models; each round shares its days with three others."""
    rng = np.random.default_rng(seed)
    luck = pd.DataFrame(rng.normal(size=(weeks + 3, models))).rolling(4).sum()
    return (skill + 0.015 * luck.iloc[3:]).reset_index(drop=True)


# %%
rows = {}
for weeks in (26, 52, 104, 208):
    for who, skill in {"guessing": 0.0, "skilled": 0.012}.items():
        lived = draw(skill, weeks + 52)
        known, future = lived[:weeks], lived[weeks:]
        bound = 2 * known.std() / np.sqrt(weeks / 4)
        staked = known.mean() > bound
        stake = 1 / (2 * nl.scoring.max_drawdown(known[known.columns[staked]]))
        lowest = stake * future[future.columns[staked]].cumsum().min()
        rows[weeks, who] = {"stake": staked.mean(), "lose more": (lowest < -1).mean()}
rule_tried = pd.DataFrame(rows).T.rename_axis(["weeks of record", "who"])
rule_tried.round(2).unstack()

# %% [markdown]
# First the gate. Hardly anybody who guesses gets through, however long the record. But after
# a year most of the skilled ones do not either, and after four years some still wait. That
# is the price, and no cleverer rule avoids it: the rounds have not told yet.
#
# Then the limit: `lose more` is the share of those who staked that fell, at some time in the
# next year, by more than they could afford. For those who guess it is not kept at all, since
# their record looked good *because* it was lucky, with shallow falls. For the skilled it
# becomes true only with years of record. Twice the deepest fall is no floor.

# %% [markdown]
# ## 5. Before you stake for real
#
# What this course cannot see for you, as far as it was known in the autumn of 2026:
#
# - **Rules.** About twenty documented changes since 2021. Read those of the round at hand,
#   in Numerai's documentation or with `nl.staking.compare_online()`.
# - **Scores first.** Submit without a stake, as newcomers are advised to, and wait for
#   resolved rounds; `nl.staking.history("your_model")` fetches them. Since August 2026 the
#   paid target looks 60 trading days ahead, so the first one takes about three months.
# - **Every round.** Who submits late or not at all has nothing at risk and no weight. A
#   model that you upload runs by itself, on one processor with 4 GB for at most ten minutes,
#   and Numerai can open it (documentation, April 2026).
# - **The way out.** The last slice of a stake is free after about three months; until then
#   it can burn (FAQ, August 2026).
# - **The coin.** NMR has a price of its own: {lesson:risk}.

# %% [markdown]
# > **Then and now.** In 2021 there were two ways in, the tournament and Signals, where you
# > bring your own data ({lesson:signals}). Since 2024 there is a third, for crypto tokens; the fund
# > does not trade on it. Help was on RocketChat in 2021. Today it is on Discord, which the
# > documentation links to, and on the forum. Ask there before you stake: the others want the
# > metamodel to be good as well.

# %% quiz="capstone"

# %% [markdown]
# ## In this notebook you
#
# - entered a model, and read what its scores say and how little a year of them proves;
# - told what it adds from what it earns, and saw that the two can be far apart;
# - decided by a rule that stood there first, and measured what that rule lets through.
#
# You have been once around the triangle. The tournament is at
# [numer.ai](https://numer.ai), its rules at [docs.numer.ai](https://docs.numer.ai), and the
# people at [forum.numer.ai](https://forum.numer.ai).
