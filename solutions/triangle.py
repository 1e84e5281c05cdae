# ---
# jupyter:
#   numlearn:
#     question: What is going on here?
#     minutes: 28
#     objectives:
#       - name the three corners of Numerai and say what flows between them
#       - follow one round and one small year of it, and read what each corner got
#       - say with runs why the fund needs a crowd, why there are stakes, and why they burn
#     needs: [a little Python and pandas, no finance at all]
#     claims: [S1, S36]
# ---

# %% [markdown]
# Welcome. Almost everybody who meets Numerai is puzzled at first: a hedge fund that
# gives its data away, thousands of strangers who send it predictions, and a
# cryptocurrency that burns. Each part looks odd alone. They make sense together, so
# let us turn the whole machine once, before any theory. (The line below trains some
# models; the first time that takes about ten seconds.)

# %%
year = nl.world.run(seed=0, rules="2021-03", users=nl.world.crowd.six())
year.users[["stake", "final", "paid", "burned"]].round(0).astype(int)

# %% [markdown]
# That was one year of a small, made-up Numerai: six people, who each put 100 units of a
# currency called **NMR** at risk on their predictions of a thousand made-up stocks. Such an
# amount is a **stake**. One of them ended with more than three times as much, another with
# less than a third. And whatever stands under `burned` went to nobody: it was destroyed.
#
# Why does a fund need these people? Why would they stake anything? And why would
# anyone *destroy* money? By the end of this page you can answer all three, each with a run.
#
# > **Caution.** This small world is kinder than the real one. It is here to show how the parts
# > turn, not what anyone will earn, and nothing in this course is financial advice.

# %% [markdown]
# ## 1. Three corners
#
# In 2021 a participant who writes as *wigglemuse* explained Numerai to newcomers with a
# triangle made of slashes and dots, and left himself a note to replace it with a snazzy
# illustration. Here it is.

# %%
nl.plots.triangle()

# %% [markdown]
# - **Hedge fund.** It buys stocks that it expects to do better than the rest, and bets
#   against those that it expects to do worse: it borrows them, sells them and buys them
#   back later, which is called **selling short** and gains if they fall.
# - **User models.** That is you. The fund hands out data about thousands of stocks,
#   *obfuscated*: names and meanings are removed. You train a model and hand back a
#   ranking. All staked rankings combined are the **metamodel**, and the fund trades that.
# - **Rewards and staking.** You may stake NMR on your own predictions. Good ones earn, poor
#   ones **burn** a part of the stake.
#
# Solid arrows are direct. The dotted ones run through staking, which sits between the
# fund and you like a referee.

# %% [markdown]
# ### Exercise: flows
#
# Write down who gives what to whom: a dict `flows` with one line for each of `"data"`,
# `"predictions"`, `"stake"`, `"earnings"` and `"burns"`, each a pair, the giver first. The
# parties are `"fund"`, `"users"`, `"staking"` and, for what leaves the triangle,
# `"nobody"`. The first line would be
#
# ```python
# flows = {"data": ("fund", "users"), ...}
# ```

# %% exercise="flows"
# BEGIN SOLUTION
flows = {
    "data": ("fund", "users"),
    "predictions": ("users", "fund"),
    "stake": ("users", "staking"),
    "earnings": ("staking", "users"),
    "burns": ("staking", "nobody"),
}
# END SOLUTION

# %% [markdown]
# ## 2. One round, slowly
#
# A **round** is one turn of the triangle, in five steps; one begins every week.
#
# 1. **Predict.** The fund publishes fresh data. Everyone puts the stocks in order. A user's
#    weight in the metamodel is the user's share of all that is staked.
# 2. **Trade.** Two days later the fund buys what the metamodel likes best and sells short
#    what it likes least.
# 3. **Wait.** Four weeks pass, and the market answers.
# 4. **Score.** Each user's ranking is compared with what happened. Zero means no better
#    than a coin; what exactly is computed is {lesson:scoring}'s question.
# 5. **Pay or burn**: stake × score, at most a quarter of the stake. The round is **resolved**,
#    which means final.
#
# The next two cells look up these five things for a round: by user, or by fifth of the
# stocks, from the one that the metamodel likes least to the one that it likes best. No need
# to follow every line.

# %%
import pandas as pd

stocks = year.panel
risks = [name for name in stocks if name.startswith(("beta", "style", "sector"))]
truth = pd.concat(year.arena.world.truth(int(era)) for era in year.rounds["era"])
place = stocks.groupby("era")["metamodel"].rank(pct=True)
stocks = stocks.assign(
    fifth=pd.cut(place, 5, labels=["least liked", "2nd", "3rd", "4th", "best liked"]),
    held=100 * nl.fund.weights(stocks, "metamodel", neutralizers=risks),
    rise=100 * truth["return_20"].to_numpy(),
)


# %%
def five_steps(number):
    """Return what each step of a round is about: its unit, and values in order."""
    chosen = stocks[stocks["era"] == year.rounds["era"][number - 1]]
    fifths = chosen.groupby("fifth", observed=True)
    lead = fifths["rise"].mean() - chosen["rise"].mean()
    gain = (chosen["held"] * chosen["rise"]).sum() / 100
    return {
        "1 Predict": ("weight, % of stakes", 100 * year.table("weight").loc[number]),
        "2 Trade": ("held, % of capital", fifths["held"].sum()[::-1]),
        "3 Wait": (f"% above mean (fund: {gain:+.1f} %)", lead[::-1]),
        "4 Score": ("score", year.table("corr").loc[number]),
        "5 Pay or burn": ("NMR", year.table("payout").loc[number]),
    }


# %% [markdown]
# **Predict before you run.** One user submits random numbers, one the *opposite* of what a
# good model says. In the first round all six have the same weight. Who will burn?
#
# Here is round 1. Read it like a comic, from left to right and top to bottom; what is below
# zero is red.

# %%
import matplotlib.pyplot as plt


def bars(ax, values):
    """Draw a bar for each value, in red below zero, the first at the top."""
    colors = [nl.plots.COLORS["loss" if x < 0 else "gain"] for x in values]
    ax.barh(values.index.astype(str), values, color=colors)
    ax.yaxis.set_inverted(True)


with nl.plots.style():
    figure, axes = plt.subplots(2, 3, figsize=(9, 4.6))
    for ax, (name, (unit, values)) in zip(axes.flat, five_steps(1).items()):
        bars(ax, values)
        ax.set(title=name, xlabel=unit)
    axes[1, 2].set_axis_off()
    figure.suptitle(
        "A round: good rankings are paid, poor ones burn", fontweight="bold"
    )
nl.plots.caption(
    axes,
    "Round 1 in five bar charts: each user's weight; what the fund holds of each fifth of"
    " the stocks; how these fifths did in the four weeks after, compared with the mean"
    " stock; each user's score; what each was paid or burned, with the same signs.",
)
plt.show()

# %% [markdown]
# Did you see it coming? In this round chance paid the random user and burned the weak one, who
# had tried. Under step 3 stands what the fund made of its capital, before costs.
#
# Now move. Where sliders run (in Jupyter or Colab), choose another round with `number`, put
# `step` to 1 and go forward, guessing each next picture. Look for three things: how the
# weights of step 1 change through the year; a round in which the crowd was wrong, step 3
# upside down; and how step 5 differs from step 4 once stakes differ.


# %%
def draw(number=40, step=5):
    name, (unit, values) = list(five_steps(number).items())[step - 1]
    with nl.plots.style():
        _, ax = plt.subplots(figsize=(7, 3))
        bars(ax, values)
        ax.set(title=f"Round {number}: {name}", xlabel=unit)
    users = ", ".join(values.index)
    nl.plots.caption(ax, f"Step {step} of round {number}, a bar for each of {users}.")
    plt.show()


nl.plots.explore(draw, number=(1, 52, 1), step=(1, 5, 1))

# %% [markdown]
# ## 3. A year of rounds: why does the fund need a crowd?
#
# Those with more at stake are paid, and burned, more for the same score, and step 3 is
# seldom a neat staircase: one round is mostly luck. So take all fifty-two. Three charts,
# because three parties had a year. The score in the middle is the metamodel's own, called
# `metamodel_corr` in tables. The fund's line is *net*: after what its trades cost.

# %%
axes = nl.plots.year(year.rounds, title="The crowd is often right, never for sure")

# %% [markdown]
# **Predict before you run.** Sort the weeks by what the market did. Does the fund earn
# less in the weeks in which the average stock fell?

# %%
import numpy as np

weather = np.where(year.rounds["market"] < 0, "market fell", "market rose")
weeks = year.rounds.groupby(weather)[["market", "fund_return"]]
(100 * weeks.mean()).round(2)

# %% [markdown]
# Per cent a week, on average. The market's means differ by four per cent, the fund's
# hardly. A fund that does not follow the market is **market-neutral**, and so Numerai calls
# its own. Selling short as much as one buys is the beginning of it and not enough, as
# {lesson:long_short} will show; this fund also takes out how far each stock follows the
# market.
#
# > **Built in or found?** Built in, then: this fund knows exactly what a real one has to
# > estimate.
#
# A neutral fund has nothing from the market. What it earns has to come from knowing which
# stocks do better than others, and that is what the crowd sells. How much is it worth?
#
# **Predict before you run.** Let the same fund trade *random* numbers instead of the
# metamodel, in five worlds, each with other stocks and another luck. What will it earn?
# (Each world trains its models: half a minute the first time.)

# %%
years = {
    seed: nl.world.run(seed, "2021-03", users=nl.world.crowd.six()) for seed in range(5)
}


def totals(one, seed):
    """Add up a year, with what the fund would have made of random numbers."""
    drawn = np.random.default_rng(seed).normal(size=len(one.panel))
    without = one.fund(pd.Series(drawn, one.panel.index)).returns
    earned = {"fund": one.rounds["fund_return"], "fund without a crowd": without}
    compounded = {name: (1 + weeks).prod() - 1 for name, weeks in earned.items()}
    return compounded | one.rounds[["paid", "burned"]].sum().to_dict()


table = pd.DataFrame({seed: totals(one, seed) for seed, one in years.items()}).T
nmr = {"fund": 3, "fund without a crowd": 3, "paid": 0, "burned": 0}
pd.concat([table, table.agg(["mean", "sem"])]).rename_axis("seed").round(nmr)

# %% [markdown]
# The first two columns are shares of the capital, the others NMR. The fund earns with the
# crowd in all five worlds and pays for its trades without it. That is the first answer: **the
# crowd is where the knowledge comes from.** Numerai has no "small army" of analysts, as the
# page of 2021 puts it; it has you.
#
# The last row, `sem`, is the **standard error** of the mean: about how far the mean would
# move if it were taken again, over five other worlds. Wherever this course writes ±, it means
# a standard error.

# %% [markdown]
# ### Exercise: first_year
#
# Add up a year. Write `first_year(rounds)` that takes the table of rounds and returns a
# dict of three numbers: `"fund"`, the fund's return over the whole year; `"paid"` and
# `"burned"`, all NMR of the year, however many rounds it has. For this table of two rounds
#
# ```
#    fund_return  paid  burned
# 0          0.1   3.0     1.0
# 1          0.1   4.0     2.0
# ```
#
# it returns
#
# ```
# {'fund': 0.21, 'paid': 7.0, 'burned': 3.0}
# ```


# %% exercise="first_year"
def first_year(rounds):
    """Return what the fund earned and what was paid and burned in all rounds."""
    # BEGIN SOLUTION
    return {
        "fund": float((1 + rounds["fund_return"]).prod() - 1),
        "paid": float(rounds["paid"].sum()),
        "burned": float(rounds["burned"].sum()),
    }
    # END SOLUTION


# %% [markdown]
# ## 4. Why would anyone put something at stake?
#
# Without a stake you are scored like everyone else, earn nothing and weigh nothing. So much is
# a rule. The reason behind it is the page's best paragraph: *trust is not the same as being
# right*. Anyone is right now and then by accident. A **bad actor** could hand in random
# numbers, or one prediction and its opposite, be paid for what turns out well, and repeat.
# The fund wants predictions made in **good faith**, and it has to know which ones *before*
# it trades on them. Who stakes their own NMR has at least said: I believe this.
#
# Our six are three *honest* modellers, a *weak* one who looked at few of the data, a *random*
# one, and an *opposing* one who submits the opposite of a good model. What does staking do to
# them?
#
# **Predict before you run.** Order the six by the stake they end with. How much does the
# random one lose?

# %%
ends = pd.DataFrame({seed: one.users["final"] for seed, one in years.items()})
ends["mean"], ends["sem"] = ends.mean(axis=1), ends.sem(axis=1)
ends.rename_axis(columns="world").round(0).astype(int)

# %% [markdown]
# Read along the rows. The honest ones gain in all five worlds, not equally and not in the
# same order. The opposing one loses in all five. Perhaps you expected the random one to be
# ruined: it ends above 100 in some worlds and below in others, and the mean is no further
# from 100 than luck explains. (In our first year it even beat the weak one.) Random numbers
# score zero on average, and zero burns nothing.
#
# So staking wears down whoever is *reliably wrong*; noise merely wanders. What noise loses
# is weight, because the others grow. Does the fund gain by that? Compare the metamodel, in
# which a user's weight is the stake, with a mean of the same predictions in which all six
# weigh the same.

# %%
scores = pd.DataFrame(
    {
        world: one.rounds[["metamodel_corr", "equal_corr"]].mean()
        for world, one in years.items()
    }
)
scores.loc["lead of the stakes"] = (
    scores.loc["metamodel_corr"] - scores.loc["equal_corr"]
)
scores["mean"], scores["sem"] = scores.mean(axis=1), scores.sem(axis=1)
scores.rename_axis(columns="world").round(4)

# %% [markdown]
# Weighed by stake, the crowd scores better in four of the five worlds, and on the mean by more
# than two standard errors: the fund has learned whom to trust, and has never seen a model. That is the second answer, in two halves: **you stake
# to be paid and to count; the fund asks for it to know whom to trust.**

# %% [markdown]
# ## 5. Why would anyone destroy money?
#
# Leave it out, then. Here is the same year under the same rules, but nothing burns: good
# rounds pay, bad rounds cost nothing.
#
# **Predict before you run.** How does the one who submits the opposite fare now?

# %%
import seaborn as sns

without = nl.world.run(0, "2021-03", users=nl.world.crowd.six(), change="no burn")
both = {"Bad rounds burn": year, "Nothing burns": without}
nonsense = ["random", "opposing"]
with nl.plots.style():
    figure, axes = plt.subplots(1, 2, sharey=True, figsize=(8, 3.6))
    for ax, (name, one) in zip(axes, both.items()):
        stakes = one.table("position")
        stakes.loc[56] = one.users["final"]  # the last rounds are resolved later
        ax.plot(stakes.drop(columns=nonsense), color=nl.plots.COLORS["rule"])
        sns.lineplot(stakes[nonsense], ax=ax, palette=nl.plots.PALETTE[:2])
        ax.set(title=name, xlabel="week", ylabel="stake (NMR)")
    figure.suptitle("Where nothing burns, nonsense earns", fontweight="bold")
nl.plots.caption(
    axes,
    "Two charts of six stakes over a year, the four in good faith in gray. Where bad"
    " rounds burn, the opposing one sinks and the random one stays near 100; where"
    " nothing burns, both grow.",
)
plt.show()

# %% [markdown]
# Where nothing burns, even the one who is wrong on purpose grows: some rounds are good by
# accident, and only those count. Word would get around. Twenty strangers hear of it; each
# puts up 100 NMR and hands in random numbers, in each of the five worlds.
#
# **Predict before you run.** How many of the twenty gain, with burns and without? (Ten
# years are played, which takes some seconds.)


# %%
def strangers(seed, change):
    """Let twenty strangers with random numbers join the six."""
    users = [*nl.world.crowd.six(), *nl.world.crowd.farm(20, stake=100)]
    one = nl.world.run(seed, "2021-03", users=users, change=change)
    ends = one.users["final"].filter(like="farm")
    facts = {"they end at": ends.mean(), "share that gained": (ends > 100).mean()}
    return facts | {"metamodel_corr": one.rounds["metamodel_corr"].mean()}


rules = {"bad rounds burn": None, "nothing burns": "no burn"}
tried = {(rule, k): strangers(k, rules[rule]) for rule in rules for k in range(5)}
tried = pd.DataFrame(tried).T.groupby(level=0)
tried.agg(["mean", "sem"]).T.round(4)

# %% [markdown]
# Over five worlds. Where nothing burns, *every one* of the hundred strangers gained; where
# bad rounds burn, guessing pays nothing on average. Mark the last two rows: once they are
# in, they spoil the metamodel (without them it scored about twice as much, see above).
# **Burning does not repair that. It takes away the reason to come.** That is the third
# answer.
#
# And why destroy the NMR, and not hand it to somebody? Because whoever got it would hope
# that you fail, and the fund is the one who keeps the scores. "Everybody wants you to win"
# (2021) needs a loss that is nobody's gain. {Lesson:attack_lab} tries to cheat these rules
# in seven ways.
#
# > **Built in or found?** That guessing pays once losses are left out is arithmetic. How much,
# > and what it does to the metamodel, was found.

# %% [markdown]
# ## 6. Do they win together?
#
# Go back to the table of five worlds: the two in which the fund earned most are the two in
# which most was paid. Numerai calls that **aligned incentives**. How tied are score and
# gain, round by round? On the left what the fund's books show, the week after each round;
# on the right the very four weeks that are scored, before costs.

# %%
profit = stocks["held"] * stocks["rise"] / 10_000
gains = {
    "one week, after costs": year.rounds["fund_return"],
    "the same four weeks": profit.groupby(stocks["era"]).sum().reset_index(drop=True),
}
score = year.rounds["metamodel_corr"]
with nl.plots.style():
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.6))
    for ax, (name, gain) in zip(axes, gains.items()):
        sns.regplot(x=score, y=100 * gain, ax=ax, ci=None)
        title = f"{name}\n(correlation {score.corr(gain):.1f})"
        ax.set(title=title, xlabel="metamodel's score", ylabel="fund, % of its capital")
    figure.suptitle("Score and gain are tied; time and costs loosen the tie")
nl.plots.caption(
    axes,
    "Two scatter plots, a point a round: the metamodel's score hardly tells the next week's"
    " net return, and goes closely with the gain over the same four weeks.",
)
plt.show()

# %% [markdown]
# > **Built in or found?** The right panel is nearly built in: score and gain are two ways to
# > add up the same returns of the same stocks. What a fund sees in its books is the left one.
# > {Lesson:alignment} puts costs, delays and other people's schemes between the two and
# > measures what is left.
#
# > **In the real tournament** thousands of models take part, and the payout rule has
# > changed several times. These six were paid by the rule of March 2021, four rounds under
# > way at a time.
#
# > **Then and now.** In March 2021 there were two ways in, the Tournament and *Signals* (for
# > people with data of their own). By 2026 there are three, with Crypto; the fund still
# > trades stocks only, and NMR is still destroyed when it burns. About twenty rules have
# > changed in between. This course dates every rule that it uses.

# %% quiz="triangle"

# %% [markdown]
# ## In this notebook you
#
# - named the three corners and followed what flows between them, and what leaves;
# - followed one round step by step, and a year of them;
# - answered three questions with runs: the crowd brings the knowledge, the stake tells whom to
#   trust, and burning takes away the reason to hand in nonsense.
#
# Further reading: *Structure of Numerai* by wigglemuse (2021), the page that this course
# grew from, and [Numerai's documentation](https://docs.numer.ai), which cites it.
