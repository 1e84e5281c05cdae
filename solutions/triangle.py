# ---
# jupyter:
#   numlearn:
#     question: What is going on here?
#     minutes: 25
#     objectives:
#       - name the three corners of Numerai and say what flows between them
#       - turn a small year of it and read what each corner got
#       - tell what such a small world shows from what was built into it
#     needs: [a little Python and pandas, no finance at all]
#     claims: [S1, S36]
# ---

# %% [markdown]
# Welcome. Almost everybody who meets Numerai is puzzled at first: a hedge fund that
# gives its data away, thousands of strangers who send it predictions, and a
# cryptocurrency that burns. Each part looks odd alone. They make sense together, and
# this lesson puts them together before any theory, in one line.

# %%
year = nl.world.run(seed=0, rules="2021-03", users=nl.world.crowd.six())
axes = nl.plots.year(year.rounds)
# %% [markdown]
# That was one year of a small Numerai: fifty-two weekly rounds, six users, a thousand
# made-up stocks. Three charts, because three parties had a year: a fund earned money, a crowd
# predicted, and a currency called NMR was paid out and destroyed.
#
# Why does the fund need the crowd? Why does the crowd put anything at stake? And why
# would anyone *destroy* money? By the end of this page you can answer all three.
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
# - **Hedge fund.** It buys stocks that it expects to do better than the rest and sells
#   short those it expects to do worse. It needs to know which are which.
# - **User models.** That is you. The fund hands out data about thousands of stocks,
#   with all names removed; you train a model and hand back a ranking. All staked
#   rankings combined are the **metamodel**, and that is what the fund trades.
# - **Rewards and staking.** You may put NMR at risk on your own predictions: a
#   **stake**. Good predictions earn, poor ones burn.
#
# Solid arrows are direct. The dotted ones run through staking, which sits between the
# fund and you like a referee.
#
# > **Then and now.** In March 2021 there were two ways in, the Tournament and Signals
# > (for people with data of their own). By 2026 there are three, with Crypto; its
# > metamodel is published, and the fund still trades stocks only. About twenty rules
# > have changed in between. This course dates every rule that it uses.

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
# A round is one turn of the triangle. The fund publishes fresh data, everyone predicts,
# the predictions are weighted by stake and traded. Then the market answers, every user
# gets a **score**, and the score decides who earns and who burns. Zero means no better
# than a coin; what exactly is computed is {lesson:scoring}'s question.

# %%
shown = ["round", "market", "fund_return", "metamodel_corr", "paid", "burned"]
year.rounds[shown].head(3).round({"paid": 1, "burned": 1}).round(3)

# %% [markdown]
# One row a round. `market` is what an average stock returned that week, `fund_return`
# what the fund made of a unit of capital, `metamodel_corr` how well the crowd ranked
# the stocks, and `paid` and `burned` are NMR, once the round is resolved a month later.
#
# **Predict before you run.** Sort the weeks by what the market did. Does the fund earn
# less in the weeks in which the market fell?

# %%
import numpy as np

weather = np.where(year.rounds["market"] < 0, "market fell", "market rose")
weeks = year.rounds.groupby(weather)[["market", "fund_return"]]
(100 * weeks.mean()).round(2)

# %% [markdown]
# Percent a week, on average. The market's own weeks differ by several percent; the
# fund's hardly care. It holds as much as it has sold short, so what lifts or sinks *all*
# stocks cancels, and only what sets them apart is left. That is what **market-neutral**
# means, and it is the claim with which Numerai's own description begins.
#
# > **Built in or found?** Mostly built in: some stocks follow the market more than
# > others, and this fund knows by how much and takes it out. {Lesson:long_short} lets you watch a
# > fund that only believed it was neutral.

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
# ## 3. Who are these people?
#
# So far the crowd was one bar a week. It has six members: three careful modellers, a
# novice who learns from a few features, one who submits random numbers, and one who
# submits the *opposite* of what a good model says. All start with the same stake of 100 NMR.
#
# **Predict before you run.** Order the six by the stake they end with. How much do you
# think the random one loses?

# %%
import matplotlib.pyplot as plt
import seaborn as sns

with nl.plots.style():
    ax = sns.lineplot(year.table("position"))
    ax.set(xlabel="round", ylabel="stake (NMR)")
    ax.set_title("Stake follows skill, and luck")
nl.plots.caption(
    ax,
    "Six lines over a year of rounds, one for each user's stake: those who predict"
    " well grow, the one who submits the opposite shrinks.",
)
plt.show()

# %% [markdown]
# Remember the metamodel: a user's weight in it *is* the stake. So this picture is also
# the fund learning whom to trust, without ever looking at a model.
#
# Perhaps you expected the random user to be ruined. Look closely: random numbers score
# about zero, and zero burns nothing. What random numbers lose is *weight*, because the
# others grow. Is that a rule, or luck of this year? Five worlds settle it; the first
# time takes a few seconds, for in each the users fit their models anew.

# %%
import pandas as pd

years = {
    seed: nl.world.run(seed, "2021-03", users=nl.world.crowd.six()) for seed in range(5)
}
ends = pd.DataFrame({seed: one.users["final"] for seed, one in years.items()})
ends.rename_axis(columns="seed").round(0).astype(int)

# %% [markdown]
# Five years, each in a market of its own, starting from 100. Read along the rows. The
# careful ones gain, not equally and not in the same order every year; the opposite one
# loses; the random one wanders, here more often below 100 than above. So staking does not punish noise
# by much: it punishes being *reliably wrong*, and it starves the rest of influence.
# {Lesson:attack_lab} tries to cheat these rules in seven ways.
#
# **Predict before you run.** And the fund: does it earn in all five years?

# %%
from numlearn.world import year_totals

totals = pd.DataFrame([year_totals(one.rounds) for one in years.values()])
totals.rename_axis("seed").round({"fund": 3, "paid": 0, "burned": 0})

# %% [markdown]
# `fund` is a share of the capital, `paid` and `burned` are NMR. When the crowd predicts
# well, the fund earns *and* more is paid than burned; when it does not, both suffer
# together. That is what is meant by aligned incentives.
#
# > **Built in or found?** That they move together is nearly built in: score and return
# > are computed from the same month of the same stocks. {Lesson:alignment} puts costs, delays and
# > other people's schemes between them, and measures what is left.
#
# > **In the real tournament** thousands of models take part, and the payout rule has
# > changed several times. These six are paid by the rule of March 2021: stake × score,
# > at most a quarter of the stake in a round, four rounds under way at a time.
#
# > **Then and now.** NMR is still destroyed when it burns, and still nobody gets it.

# %% quiz="triangle"

# %% [markdown]
# ## In this notebook you
#
# - named the three corners and followed what flows between them, and what leaves;
# - turned a small year and read what the fund, the users and the stakes got;
# - told what such a small world shows (noise is starved, not ruined) from what was built
#   into it (neutrality, and most of the alignment).
#
# Further reading: *Structure of Numerai* by wigglemuse (2021), the page that this course
# grew from, and [Numerai's documentation](https://docs.numer.ai), which cites it.
