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
years = [a_year(seed) for seed in range(1, 21)]
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
# ± its standard error, by which it may be off ({lesson:scoring}), here and below.
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
# The simplest reward: 100 NMR times the CORR, so 2 NMR for .02, and nothing for a round
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
# **Predict before you run.** What does one of a pair earn now? And a random account?

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
# after four weeks, so nothing happens before the fifth. No score here reaches the 25 %.)
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
        plt.setp(lines, linewidth=1.2, linestyle="--" if group == "hedged" else "-")
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
# signs alike; it only earns nothing. Here and there luck looks like skill, and the other way
# round. If the burn does not drive them out, what is it good for?
#
# The three requirements as three numbers: the correlation of income with skill; the share of
# the *weight* that honest submitters have in what is traded next; and the share of all
# earnings that goes to the others.
#
# To compare fairly, both systems must know the same. Under staking the weight is the stake,
# so it remembers the year. But a fund can do that without a stake: it writes down 100 for each
# account and lets every score add and take away in proportion. Same scores, same arithmetic,
# only that nobody's money is in the book. (Incomes are those on 100 NMR, as above.)

# %% [markdown]
# But a book on paper has a back door. Whoever's line has fallen below 100 closes the account and
# opens another one, at 100. That is free, for the honest ones too. With a stake it is not: a
# new account with what is left of the old one weighs what is left.
#
# **Predict before you run.** A book on paper, the same with the back door open, and stakes: in
# which of the three do the honest ones weigh most in the end?


# %%
def measured(incomes, weights):
    """Measure the three requirements in each of the years, a row a year."""
    rows = [
        incentives.requirements(income, skill, weight.iloc[-1], honest)
        for income, weight in zip(incomes, weights)
    ]
    return pd.DataFrame(rows)


paper = measured(map(incentives.pay_only_income, years), map(book, years))
renewed = [book(year, restart=True) for year in years]
again = measured(map(incentives.pay_only_income, years), renewed)
burned = measured(map(incentives.stake_income, years), map(book, years))
table = {"a book on paper": paper, "paper, back door open": again}
table |= {"stake and burn": burned, "stakes less paper": burned - paper}
pd.DataFrame({name: told(rows, 3) for name, rows in table.items()}).T

# %% [markdown]
# Paper and stakes are the same book, by construction: **a burn knows no more than a notebook.**
# And account by account pay-only rewards skill a little *better*. The open door costs a part of
# what the book had taught, since luck stays written down and bad luck is forgotten. What the
# burn changes is the last number: about half as much of what is earned goes to those who know
# nothing, and these are the lucky ones. Their burns are not counted here; with them the others
# as a whole have earned about nothing. So a stake resists abuse. It does not yet know anybody
# *beforehand*.
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
# Under pay-only a random account earns about .8 NMR a round, for nothing: so everybody comes. A
# stake must be bought, locked up and carried through ups and downs: say that 100 staked NMR
# should bring .5 NMR a round, or their owner has better uses for them. That is their *cost*, and
# where burns take back what luck brings, a random account expects less. So each stranger
# decides **before** a round:
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


def who_stakes(cost=0.005, wrong=0.25, first=None):
    """Say who stakes in each round, by the first belief and the scores so far."""
    if first is None:
        mistaken = np.where(good, 0.0, skill[honest].mean())
        first = np.where((doubt < wrong) & ~hedged, mistaken, skills)
        first = np.where(hedged, -1.0, first)  # a pair knows what it is
    total = many.shift(4, fill_value=0.0).cumsum()  # a round is known after four
    rounds = (np.arange(len(many)) - 3).clip(0)[:, None]
    return (26 * first + total) / (26 + rounds) > cost


# %%
rows = {}
for wrong in (0, 0.25, 0.5):
    come = who_stakes(wrong=wrong)
    rows[wrong] = {
        f"{name}, {when} round": (come.iloc[place] & some).groupby(level="year").sum()
        for when, place in {"first": 0, "last": -1}.items()
        for name, some in {"honest": good, "others": ~good}.items()
    }
pd.DataFrame({wrong: told(row, 1) for wrong, row in rows.items()})

# %% [markdown]
# Above the columns stands the share of wrong beliefs. Where nobody is wrong the honest ones
# come and no one else, before a single round is scored; later luck tempts a few of the others.
# Where a quarter are wrong, half of the first stakes know nothing, and where half are wrong,
# most of them. Then the year teaches. The timid see their scores, and nearly all come. The
# overconfident see theirs and leave slowly, while luck brings new ones.
#
# What does that do to the weight of the honest? To be fair once more, a fund with a book on
# paper can set a *hurdle*, too. It does not know what strangers believe: it takes everybody for
# the average of all fifty at first, and lets only those weigh whose scores have lifted them
# above .5 % a round. (Until there are scores all weigh.) And again a back door may be open:
# whoever looks worse than a new name takes one, and weighs nothing until it is over the hurdle.
#
# **Predict before you run.** After a year, who tells more of the honest: the hurdle, with
# the door closed or open, or owners who decide?

# %%
passed = who_stakes(first=skill.mean())
passed.iloc[:4] = True


def free_names(cost=0.005):
    """Weigh by a book with a hurdle, where bad scores are left behind."""
    total, rounds, worth, rows = 0.0, 0.0, np.full(many.shape[1], 100.0), []
    for gain in many.shift(4, fill_value=0.0).to_numpy():
        total, rounds, worth = total + gain, rounds + 1, worth * (1 + gain)
        stays = total >= skill.mean() * rounds
        total, rounds, worth = (
            total * stays,
            rounds * stays,
            np.where(stays, worth, 100),
        )
        belief = (26 * skill.mean() + total) / (26 + rounds)
        rows.append(worth * (belief > cost) if len(rows) >= 4 else worth)
    return pd.DataFrame(rows, many.index, many.columns)


# %%
def band(ax, weights, label, color, line="-"):
    """Draw the honest ones' share of the weight, and one standard error."""
    theirs = (weights * good).T.groupby(level="year").sum().T
    share = 100 * theirs / weights.T.groupby(level="year").sum().T
    mean, error = share.mean(axis=1), share.sem(axis=1)
    fill = {"color": nl.plots.COLORS[color], "alpha": 0.3, "linewidth": 0}
    ax.plot(mean, line, label=label, color=nl.plots.COLORS[color])
    ax.fill_between(mean.index, mean - error, mean + error, **fill)
    ax.set(ylim=(0, 125), yticks=range(0, 101, 20))
    ax.legend(loc="upper left")
    return mean


# %%
staked = who_stakes()
closed = [(book(many), "book", "ink"), (book(many) * passed, "hurdle", "users")]
opened = [book(many, restart=True), free_names()]
opened = [(w, f"{n}, door open", c, "--") for w, (_, n, c) in zip(opened, closed)]
decide = (book(many, staked) * staked, "owners decide", "gain")
steps = [[closed[0], opened[0]], [*closed, *opened], [*closed, *opened, decide]]
titles = ["A book tells a little", "A hurdle tells more", "Owners tell at the start"]
with nl.plots.style():
    figure, axes = plt.subplots(1, 3, figsize=(12, 4.4), sharey=True)
    for ax, lines, title in zip(axes, steps, titles):
        _ = [band(ax, *line) for line in lines]
        ax.set(title=title, xlabel="round", ylabel="honest share of the weight (%)")
nl.plots.caption(
    axes,
    "Three panels of the honest share over a year. A book rises from a fifth to two fifths, less"
    " with an open door. With a hurdle it rises to nearly three quarters, with an open door to"
    " about half. Where owners decide it begins at about half and ends at about three quarters.",
)
plt.show()

# %% [markdown]
# (A band is one standard error up and down, too narrow to be seen where all weigh. The hurdle
# leaps in round five, as few pass it after one score.) The hurdle does most of it, if nobody can change names: it ends not far below the owners. But in the
# first round it knows nothing, and with free names it keeps losing what it has learned. The
# owners who decide begin high *because we let most of them know themselves*. The three
# numbers again, with a quarter, half and three quarters of wrong beliefs:


# %%
def decided(wrong):
    """Measure the three requirements where owners decide about a stake."""
    come = who_stakes(wrong=wrong)
    incomes = [incentives.stake_income(year * come[k]) for k, year in enumerate(years)]
    weights = [book(year, come[k]) * come[k] for k, year in enumerate(years)]
    return measured(incomes, weights)


table = {"pay-only, back door open": again}
table |= {
    f"owners decide, {wrong} wrong": decided(wrong) for wrong in (0.25, 0.5, 0.75)
}
pd.DataFrame({name: told(rows, 3) for name, rows in table.items()}).T

# %% [markdown]
# Where a quarter are wrong, stakes are better in all three. With half wrong they reward skill
# hardly better than pay-only, with three quarters worse; in the other two they lead in each row. And
# whoever asks for stakes sends the timid away at first, with all that they know.
#
# How much of this hangs on what we have assumed? Move `wrong` up: from where on do stakes begin
# no better than paper? Put it back and move the `cost`, to zero and up: whom does it keep away?
# Last, give each random stranger more free `accounts`.


# %%
def who_is_trusted(cost=0.005, wrong=0.25, accounts=1):
    """Draw the honest share on paper and of stakes, as owners decide."""
    paper = book(many, restart=True) * np.where(good | hedged, 1, accounts)
    staked = who_stakes(cost, wrong)
    come = (staked.iloc[0] & good).groupby(level="year").sum().mean()
    with nl.plots.style():
        _, ax = plt.subplots(figsize=(8, 4))
        free = band(ax, paper, "a book on paper, door open", "ink", "--").iloc[-1]
        own = band(ax, book(many, staked) * staked, "stakes", "gain").iloc[-1]
        ax.set_title(f"Honest in the end: {own:.0f} % of stakes, {free:.0f} % on paper")
        ax.set_xlabel(f"round ({come:.1f} of 10 honest ones stake in the first)")
        ax.set_ylabel("honest share of the weight (%)")
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
# - More *wrong* beliefs: a little above one half the stakes begin no better than paper, and then
#   worse. The year still makes up for it.
# - *Cost*: at first it keeps away only the weaker honest ones. Later it keeps out luck: with
#   none, the line hardly rises; with a dear stake nearly all in the end are honest, and fewer.
# - *Accounts*: paper drowns in them. Stakes are drawn as they were, for whoever divides 100 NMR
#   among twenty names has 100 NMR.
#
# Nor must it be a burn: a fee of 1 NMR a round lies above what guesses are paid and below what
# the weakest honest one is. But it has to be set right, and burns set themselves. That is the
# answer to the title: **a stake is something that only those offer gladly who expect to be
# right.** People sort themselves, before the fund trades, as well as they know themselves.

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
