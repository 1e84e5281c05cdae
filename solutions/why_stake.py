# ---
# jupyter:
#   numlearn:
#     question: Why should anyone trust my predictions?
#     minutes: 40
#     objectives:
#       - tell being right from being trusted
#       - measure what a reward system does by three numbers
#       - say whom a stake keeps away, and why
#     needs: ["lessons {number:triangle} and {number:scoring}"]
#     claims: [S38, S39, S40]
# ---

# %% [markdown]
# You run a fund. Fifty strangers send you predictions. Ten of them have real models. Thirty
# submit random numbers. The last ten accounts are five pairs: one of a pair submits random
# numbers and the other one their opposite. You do not know who is who. Last week is scored:
# who are the ten best?

# %%
import numpy as np
import pandas as pd

skill = pd.Series(
    {f"honest_{n}": 0.008 + 0.002 * n for n in range(1, 11)}
    | {f"random_{n}": 0.0 for n in range(1, 31)}
    | {f"hedged_{n}{side}": 0.0 for n in range(1, 6) for side in "ab"}
)
kind = skill.index.str.split("_").str[0]


def a_year(seed, rounds=52):
    """Draw everybody's CORR in each weekly round: skill and four weeks of chance."""
    weeks = np.random.default_rng(seed).normal(0, 0.01, (rounds + 3, len(skill)))
    chance = sum(weeks[k : k + rounds] for k in range(4))
    chance[:, 41::2] = -chance[:, 40::2]  # the second of a pair
    numbers = pd.RangeIndex(1, rounds + 1, name="round")
    return pd.DataFrame(skill.to_numpy() + chance, numbers, skill.index)


# %%
years = [a_year(seed) for seed in range(20)]
best = years[0].iloc[0].nlargest(10)
best.to_frame("CORR").assign(honest=best.index.str.startswith("honest")).round(3)

# %% [markdown]
# Most of the ten best guessed. They were right, and you should not believe a word of theirs
# next week. Most of the honest ones are missing, and those you should believe. **Being right
# is not the same as being worthy of trust**, and a fund has to decide whom to trust *before*
# it trades. How?
#
# > Everything here is drawn by a random generator: skills, scores and strangers. Skill is
# > the mean CORR in the long run, 0.01 to 0.028 for the *honest* ones, about as real models
# > have it, and 0 for the *random* and the *hedged* ones, as we call the pairs. A round
# > comes every week and covers four, so neighbors share days ({lesson:scoring}); it scatters
# > by 0.02.

# %% [markdown]
# ## 1. Right by accident
#
# One year is one throw of the dice, so we have drawn twenty. In each table stands their mean
# ± its standard error, here and below.
#
# **Predict before you run.** In how many of a hundred rounds is somebody who guesses right,
# that is, scores above zero? And one with a real model? Then of the ten best by the mean of
# their record: how many are honest after one round, after four, twelve and fifty-two?


# %%
def told(rows, digits=2):
    """Write the mean over the years ± its standard error."""
    table, short = pd.DataFrame(rows), f"{{:.{digits}f}}".format
    mean, error = table.mean() + 0.0, table.sem()
    return mean.map(short) + " ± " + error.map(short)


honest = pd.Series(kind == "honest", skill.index)
right = [(year > 0).mean().groupby(kind).mean() for year in years]
print("Share of rounds above zero", told(right).to_string(), sep="\n")
found = [
    {n: honest[year[:n].mean().nlargest(10).index].mean() for n in (1, 4, 12, 52)}
    for year in years
]
told(found).rename_axis("rounds").to_frame("honest share of the ten best")

# %% [markdown]
# Nobody is always right: honest models are wrong in nearly one round of five, and guesses
# are right in half of them. Records do tell, but they take their time, since four rounds that
# overlap are hardly more than one; and they look back. A new account has no record, a lucky
# one has a good one, and whoever has a bad one opens another account. The text that this
# course grew from put down three requirements: *reward* what is accurate, know *beforehand*
# whom to trust, *resist* those who abuse it.

# %% [markdown]
# ## 2. Pay what is right, forget the rest
#
# The simplest reward: 100 NMR for a CORR of 1, in proportion, and nothing for a round
# below zero. Everybody may take part, for free. Call it **pay-only**.
#
# **Predict before you run.** A pair of opposite accounts: what does it earn in a year,
# compared with an honest model? And a *farm*, a hundred free accounts of one person, all
# random?

# %%
from numlearn.staking import incentives

each = [incentives.pay_only_income(year).groupby(kind).mean() for year in years]
each = pd.DataFrame(each)
owners = {
    "one honest model": each["honest"],
    "one random account": each["random"],
    "a hedged pair": 2 * each["hedged"],
    "a farm of 100 random accounts": 100 * each["random"],
}
told(owners, digits=0).to_frame("NMR in a year")

# %% [markdown]
# One of a pair is always right, so a pair is paid in every round. And a hundred accounts earn
# a hundred times as much as one, with no skill at all. That is arithmetic: if losses are
# forgotten, chance has a price, and it is paid to whoever brings the most of it.
#
# > **Then and now.** In its first years Numerai paid for performance without any stake, and
# > nonsense submissions were a real problem, says the text of 2021. Staking has been the
# > answer since, and Numerai's documentation still gives this reason for it: **skin in the
# > game**, something of your own that you lose if you are wrong, lets it trust the quality of
# > staked predictions.
#
# ### Exercise: pay_only_income
#
# Write `pay_only_income(scores)`: a table of CORR goes in, rounds × submitters; a Series
# comes out, what each earns where each round above zero is paid 100 NMR times its CORR and
# other rounds nothing. For `pd.DataFrame({"a": [0.02, -0.03], "b": [0.01, 0.03]})`:
#
# ```
# a    2.0
# b    4.0
# dtype: float64
# ```


# %% exercise="pay_only_income"
def pay_only_income(scores):
    """Return what each submitter earns if only good rounds count."""
    # BEGIN SOLUTION
    return 100 * scores.clip(lower=0).sum()
    # END SOLUTION


# %% [markdown]
# ## 3. Let what is wrong burn
#
# Now whoever wants to be paid must put up a stake: some NMR that can be lost. A CORR above
# zero earns its share of the stake, a CORR below zero **burns** its share; in a round at
# most 25 %, by the rules of 2021. Let everybody stake 100 NMR in each round.
#
# > **Caution.** This is about how a system is built. Stakes grow here as they do not in the
# > real tournament, for rules, skills and rounds are simpler than there: this world is
# > kinder. Nothing here is financial advice.
#
# **Predict before you run.** What does one of a pair earn now? And one of the farm?

# %%
systems = {
    "pay-only": incentives.pay_only_income,
    "stake and burn": incentives.stake_income,
}
pd.DataFrame(
    {
        name: told([income(year).groupby(kind).mean() for year in years], digits=1)
        for name, income in systems.items()
    }
)

# %% [markdown]
# The honest ones earn about a tenth less than before, for they rarely burn. A pair earns
# nothing, exactly: what one gains the other burns, by construction. Random accounts are
# left with their luck, near nothing on average, however many there are. Here is one of the
# years, round by round, each stake with all that it earned and burned. (A round is scored
# after four weeks, so nothing happens before the fifth.)
#
# **Predict before you run.** Which lines fall to zero?


# %%
def book(scores, staked=1.0, restart=False):
    """Keep accounts: 100 each at first, and every staked score, once it is known."""
    known = (scores * staked).shift(4, fill_value=0.0)
    worth, rows = np.full(scores.shape[1], 100.0), []
    for gain in known.to_numpy(float):
        worth = worth * (1 + gain)
        if restart:
            worth = np.maximum(worth, 100.0)
        rows.append(worth)
    return pd.DataFrame(rows, scores.index, scores.columns)


# %%
import matplotlib.pyplot as plt

stakes = book(years[0])
colors = {"random": "muted", "hedged": "loss", "honest": "gain"}
with nl.plots.style():
    figure, ax = plt.subplots()
    for group, color in colors.items():
        lines = ax.plot(stakes.loc[:, kind == group], color=nl.plots.COLORS[color])
        plt.setp(lines, linewidth=1, linestyle=":" if group == "hedged" else "-")
        lines[0].set_label(group)
    ax.set(title="Skill grows, chance drifts", xlabel="round", ylabel="stake (NMR)")
    ax.legend()
nl.plots.caption(
    ax,
    "Fifty stakes over a year: most of the honest ones climb, the random ones and the"
    " pairs spread around the 100 NMR they began with.",
)
plt.show()

# %% [markdown]
# ## 4. The same book, without a burn
#
# None of the lines falls to zero. Guessing does not ruin a stake under a rule that treats both
# signs alike; it only earns nothing, and the luckiest look like honest ones after a year. If
# the burn does not drive them out, what is it good for?
#
# The three requirements as three numbers: the correlation of income with skill; the share of
# the *weight* that honest submitters have in what is traded next; and the share of all
# earnings that goes to the others.
#
# To compare fairly, both systems must know the same. Under staking the weight is the stake,
# so it remembers the year. But a fund can do that without a stake: it writes down 100 for each
# account and lets every score add and take away in proportion. Same scores, same arithmetic,
# only that nobody's money is in the book. (Incomes are those on 100 NMR, as above.)
#
# **Predict before you run.** In which of the two do the honest ones weigh more in the end?


# %%
def measured(incomes, weights):
    """Measure the three requirements in each of the years, a row a year."""
    rows = [
        incentives.requirements(income, skill, weight.iloc[-1], honest)
        for income, weight in zip(incomes, weights)
    ]
    return pd.DataFrame(rows)


paper = measured(map(incentives.pay_only_income, years), map(book, years))
burned = measured(map(incentives.stake_income, years), map(book, years))
table = {"pay-only, a book on paper": paper, "stake and burn": burned}
table["the difference"] = burned - paper
pd.DataFrame({name: told(rows, 3) for name, rows in table.items()}).T

# %% [markdown]
# In neither: it is the same book, by construction. **A burn knows no more than a
# notebook.** And account by account pay-only rewards skill a little *better*: the difference
# is many errors from zero. What the burn changes is the last number: about half as much of
# all that is paid goes to those who know nothing.
#
# But a book on paper has a back door. Whoever's line has fallen below 100 closes the account
# and opens another one, at 100. That is free. With a stake it is not: a new account with what
# is left of the old one weighs what is left. Everybody may now use the door, the honest ones
# too.
#
# **Predict before you run.** The honest ones had about two fifths of the weight, and one
# fifth at the start. How much do they keep?

# %%
renewed = [book(year, restart=True) for year in years]
again = measured(map(incentives.pay_only_income, years), renewed)
told(again, 3).to_frame("pay-only, accounts start again").T

# %% [markdown]
# Most of it: the door costs the fund a part of what the book had taught, since luck stays
# written down and bad luck is forgotten. (A farm would have a hundred lines of 100. A cleverer
# book, slow to trust a new name, would be open to both systems.) So far a stake resists
# abuse, and that is all. It does not yet know anybody *beforehand*.
#
# ### Exercise: requirements
#
# Write `requirements(income, skill, weights, honest)` for four Series by submitter, on the
# same index; `honest` is True or False. Return a dict with `rewards_accuracy` (the
# correlation of income with skill, Pearson's as usual), `knows_whom` (the share of the
# weights that the honest ones have) and `lost_to_abuse` (the share of earnings that the
# others get, where an income below zero counts as zero; somebody always earns). For incomes
# `[6, 2, -1, -2]`, skills `[0.03, 0, 0, 0.01]`, weights `[5, 1, 1, 1]` and `honest`
# `[True, False, False, True]`:
#
# ```
# {'rewards_accuracy': 0.721, 'knows_whom': 0.75, 'lost_to_abuse': 0.25}
# ```


# %% exercise="requirements"
def requirements(income, skill, weights, honest):
    """Measure the three requirements of a reward system."""
    # BEGIN SOLUTION
    earned = income.clip(lower=0)
    return {
        "rewards_accuracy": float(income.corr(skill)),
        "knows_whom": float(weights[honest].sum() / weights.sum()),
        "lost_to_abuse": float(earned[~honest].sum() / earned.sum()),
    }
    # END SOLUTION


# %% [markdown]
# ## 5. Who comes at all?
#
# What pays without risk, everybody takes. A stake must be bought, locked up and carried
# through ups and downs: say that a staked NMR should bring .5 % a round, or its owner
# has better uses for it. That is its *cost*, and so each stranger decides **before** a round:
#
# - all have a belief about their own skill, and stake if it is above the cost;
# - the first belief is right or *wrong*: some random ones think that they are as good as the
#   average honest one, and some honest ones that they only guess. A hedged pair knows what it
#   is;
# - scores can be seen without a stake, too. A belief is the mean of all scores so far and of
#   the first belief, which counts like half a year of them.
#
# **Predict before you run.** Ten honest ones and forty others. Who stakes in the first round,
# and who in the last, if nobody's first belief is wrong, if a quarter are, or half?


# %%
many = pd.concat(dict(enumerate(years)), axis=1, names=["year", "account"])
skills, good, hedged = (
    np.tile(x, len(years)) for x in (skill, honest, kind == "hedged")
)
doubt = np.random.default_rng(0).random(len(skills))  # is someone wrong?


def who_stakes(cost=0.005, wrong=0.25):
    """Say who stakes in each round, by the first belief and the scores so far."""
    mistaken = np.where(good, 0.0, skill[honest].mean())
    first = np.where((doubt < wrong) & ~hedged, mistaken, skills)
    known = many.shift(4, fill_value=0.0).cumsum()
    rounds = np.clip(np.arange(len(many)) - 3, 0, None)[:, None]
    belief = (26 * first + known) / (26 + rounds)
    return (belief > cost) & ~hedged


# %%
rows = {}
for wrong in (0, 0.25, 0.5):
    staked = who_stakes(wrong=wrong)
    rows[wrong] = {
        f"{name}, {when} round": (staked.iloc[place] & some).groupby(level="year").sum()
        for when, place in {"first": 0, "last": -1}.items()
        for name, some in {"honest": good, "others": ~good}.items()
    }
pd.DataFrame({wrong: told(row, 1) for wrong, row in rows.items()})

# %% [markdown]
# Above the columns stands the share of wrong beliefs. Where nobody is wrong the honest ones
# come and no one else, before a single round is scored; later luck tempts a few of the others.
# Where a quarter are wrong, half of the first stakes know nothing, and where half are wrong,
# most of them. Then the year teaches. The timid see their scores, and nearly all come. The
# others hardly get fewer: the overconfident leave slowly, and luck brings new ones.
#
# What does that do to the weight of the honest? The picture grows from left to right; a band
# is one standard error up and down, and a quarter of the beliefs are wrong.


# %%
def band(ax, weights, label, color):
    """Draw the honest ones' share of the weight, and one standard error."""
    theirs = (weights * good).T.groupby(level="year").sum().T
    share = 100 * theirs / weights.T.groupby(level="year").sum().T
    mean, error = share.mean(axis=1), share.sem(axis=1)
    fill = {"color": nl.plots.COLORS[color], "alpha": 0.3, "linewidth": 0}
    ax.plot(mean, label=label, color=nl.plots.COLORS[color])
    ax.fill_between(mean.index, mean - error, mean + error, **fill)
    ax.set_ylim(0, 100)
    ax.legend(loc="upper left")
    return mean


# %%
staked = who_stakes()
steps = {
    "A year tells a little": (book(many), "the book", "ink"),
    "Free names forget some": (book(many, restart=True), "start again", "loss"),
    "Owners who decide tell more": (book(many, staked) * staked, "decide", "gain"),
}
with nl.plots.style():
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.8), sharey=True)
    for number, title in enumerate(steps):
        axes[number].set(title=title, xlabel="round")
        for step in list(steps.values())[: number + 1]:
            band(axes[number], *step)
    axes[0].set_ylabel("honest share of the weight (%)")
nl.plots.caption(
    axes,
    "Three panels of the honest share over a year. The book, on paper or staked by all, rises"
    " from a fifth to two fifths; with accounts that start again it rises less; the stakes"
    " of those who decide begin at about half and end at about three quarters.",
)
plt.show()

# %% [markdown]
# Here is the difference, and it is there in the first round, when nobody has any history. It
# does not come from what the burn does to a stake, but from what it does to a decision. The
# same three numbers, beside pay-only in which accounts start again:

# %%
incomes = [incentives.stake_income(year * staked[k]) for k, year in enumerate(years)]
weights = [book(year, staked[k]) * staked[k] for k, year in enumerate(years)]
decided = measured(incomes, weights)
table = {"pay-only, accounts start again": again, "stakes, owners decide": decided}
table["the difference"] = decided - again
pd.DataFrame({name: told(rows, 3) for name, rows in table.items()}).T

# %% [markdown]
# Better in all three. What it costs does not stand in the table: whoever asks for stakes sends
# the timid away at first, with all that they know. Pay-only has all ten honest ones from the
# first round on.
#
# How much of this hangs on what we have assumed? Move `wrong` up: from where on do stakes begin
# no better than paper? Put it back and move the `cost`, to zero and up: whom does it keep away?
# And at last give each random stranger more free `accounts`.


# %%
def who_is_trusted(cost=0.005, wrong=0.25, accounts=1):
    """Draw the honest share on paper and of stakes, as owners decide."""
    paper = book(many, restart=True) * np.where(good | hedged, 1, accounts)
    staked = who_stakes(cost, wrong)
    come = (staked.iloc[0] & good).groupby(level="year").sum().mean()
    with nl.plots.style():
        _, ax = plt.subplots(figsize=(8, 4))
        free = band(ax, paper, "paper, accounts start again", "loss").iloc[-1]
        own = band(ax, book(many, staked) * staked, "stakes", "gain").iloc[-1]
        ax.set_title(
            f"{come:.1f} of 10 honest come; in the end {own:.0f} % against {free:.0f} %"
        )
        ax.set(xlabel="round", ylabel="honest share of the weight (%)")
    nl.plots.caption(
        ax,
        "The honest share over a year: of the stakes of those who decide, and of a book on"
        " paper in which accounts start again.",
    )
    plt.show()


nl.plots.explore(
    who_is_trusted,
    cost=(0.0, 0.015, 0.0025),
    wrong=(0.0, 1.0, 0.05),
    accounts=(1, 20, 1),
)

# %% [markdown]
# - More *wrong* beliefs: a little above one half the stakes begin no better than paper, for
#   beliefs that are wrong as often as right tell nothing. The year still makes up for it.
# - *Cost*: with none, luck brings in many who know nothing, and the line hardly rises. A dear
#   stake leaves nearly no one but honest ones in the end, and fewer of those.
# - *Accounts*: paper drowns in them. To the stakes they make no difference, for whoever
#   divides 100 NMR among twenty names has 100 NMR.
#
# That is the answer to the title: **a stake is something that only those offer gladly who
# expect to be right.** People sort themselves, before the fund trades, as well as they know
# themselves.

# %% [markdown]
# ## 6. Who stays?
#
# And where nobody knows anything about themselves, and all go by the record alone? Say that
# all have staked, and after some time those stay who earned more than the cost of .5 % a round.
#
# **Predict before you run.** How many of the forty others are still there after a quarter, a
# year, four years?

# %%
rows = {}
for name, rounds in {"a quarter": 13, "a year": 52, "four years": 208}.items():
    stay = [
        pd.Series(incentives.skin_in_the_game(a_year(seed, rounds), cost=0.005))
        for seed in range(20)
    ]
    kinds = [names.str.split("_").str[0].value_counts() for names in stay]
    rows[name] = told(pd.DataFrame(kinds)[["honest", "random", "hedged"]].fillna(0), 1)
pd.DataFrame(rows).T

# %% [markdown]
# After a quarter luck still looks like skill, and after a year it does so for several; rounds
# that overlap teach slowly. It takes years until a record alone has sorted them. (Of a pair
# at most one account seems worth it, and its owner knows better.)
#
# So the claim that staking drives out nonsense holds, with two footnotes. It makes nonsense
# not worth its stake; it does not burn it away. And it is as good as what people know about
# themselves. Who can afford to lose may still come: see {lesson:attack_lab}.
#
# ### Exercise: skin_in_the_game
#
# Write `skin_in_the_game(scores, cost)`: a table of CORR, rounds × submitters, and the cost
# of a staked NMR for a round. Return the list of names, in the table's order, of those who
# earn more than that on average for each NMR at stake, by the rule of 2021: a round pays or
# burns its CORR, at most 25 %. For the table of the first exercise and a cost of 0.01:
#
# ```
# ['b']
# ```


# %% exercise="skin_in_the_game"
def skin_in_the_game(scores, cost):
    """Return the names of those for whom a stake is worth its cost."""
    # BEGIN SOLUTION
    gain = scores.clip(lower=-0.25, upper=0.25).mean()
    return list(gain.index[gain > cost])
    # END SOLUTION


# %% quiz="why_stake"

# %% [markdown]
# ## In this notebook you
#
# - told being right from being trusted: guesses were right in half of all rounds;
# - measured what pay-only and what stake and burn do, by three numbers, with the same history;
# - said whom a stake keeps away, and why: those who expect to gain nothing by it.
#
# What exactly a stake earns and burns, by the rules of then and now, is the next lesson.
# Numerai's own words on staking are in its [documentation](https://docs.numer.ai).
