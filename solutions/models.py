# ---
# jupyter:
#   numlearn:
#     question: How do I know that my model is any good?
#     minutes: 40
#     objectives:
#       - train a model, and say what that takes in time and memory
#       - leave out of the training what would leak from the test, and no more
#       - tell how much a careless validation flatters, and how sure you can be of it
#     needs: ["lessons {number:data} and {number:scoring}", scikit-learn's `fit` and `predict`]
#     claims: [S45, S46]
# ---

# %% [markdown]
# Here is a model in four lines of code. It grows sixty decision trees (as in {lesson:data})
# on 96 eras. Let it predict those eras and the ones that came after, and score each.

# %% worlds=[20, 21, 22, 23, 24, 25]
world = nl.world.World.build(seed=seed, eras=300, features=42, rows=1000)
third = world.panel(range(1, 97), resolved=True).reset_index(drop=True)
future = world.panel(range(109, 301), resolved=True)
trees = nl.models.baseline("example", n_estimators=60, learning_rate=0.1, n_jobs=1)

# %%
data_train = nl.data.load("train", ids=False).dropna(subset="target")
data_later = nl.data.load("validation", ids=False).dropna(subset="target")
trees = nl.models.baseline("example", n_estimators=60, learning_rate=0.1, n_jobs=1)
trees = trees.fit(data_train, data_train["target"])

# %%
import pandas as pd

history = pd.concat([data_train, data_later], ignore_index=True)
history["prediction"] = trees.predict(history)
scores = nl.scoring.corr(history, ["prediction"])
seen = "Up to era 96 it had seen the answers"
ax = nl.plots.score_bars(scores, since=data_later["era"].min(), title=seen)
# %% [markdown]
# To the left of the cliff the model looks superb, week after week. Most of that is not
# skill: it was shown the answers, and remembers some. To the right it had to guess. If you
# had no eras to the right, what would you have believed?
#
# That is the question of this page, and everyone who ever lost on a brilliant backtest has
# got it wrong. You cannot wait years for the future to judge every idea that you have. So
# you hold back a part of the past, and let it play the future. It turns out that it matters
# a great deal *which* part.
#
# > All data here are synthetic, as in every lesson: the truth is known, so that we can tell
# > what a method gets wrong.

# %% [markdown]
# ## 1. A model in a minute
#
# First the other worry of every beginner: do I need a super computer for this? A **line**
# gives each feature a weight. **Trees** ask yes-or-no questions, one tree after another
# mending what those before it got wrong. Numerai's own example model has 2,000 of them, and
# its tutorial trains it on every fourth era. We let all three learn and watch the clock and
# the memory, which takes some fifteen seconds.
#
# **Predict before you run.** How many minutes does Numerai's example model take here?

# %%
import threading
import time

import psutil


def watched(model, panel):
    """Train a model; return the seconds, and the MiB of memory it took at most."""
    memory, done = psutil.Process().memory_info, threading.Event()
    seen = [memory().rss]

    def watch():
        while not done.wait(0.01):
            seen.append(memory().rss)

    watcher, start = threading.Thread(target=watch), time.perf_counter()
    watcher.start()
    model.fit(panel, panel["target"])
    done.set()
    return time.perf_counter() - start, (max(seen) - seen[0]) / 2**20


# %% tags=["nbval-ignore-output"]
every_fourth = nl.data.load("train", every=4, ids=False).dropna(subset="target")
numerais = nl.models.baseline("example", n_jobs=1)
candidates = {
    "line": (nl.models.baseline("linear"), data_train),
    "60 trees": (trees, data_train),
    "2,000 trees": (numerais, every_fourth),
}
costs = {name: watched(*both) for name, both in candidates.items()}
pd.DataFrame(costs, index=["seconds", "MiB"]).T.round(1)

# %% [markdown]
# These figures differ from machine to machine, but not in kind: seconds, and no more memory
# than any laptop has. The line takes the most, since scikit-learn turns the small whole numbers
# into floating ones; the trees take them as they are. But this data set is small. How much
# memory would the training eras of the real one take?

# %%
rows, sets = 2_746_268, {"small": 42, "medium": 780, "all": 3555}  # v5.3, August 2026
cells = rows * pd.Series(sets) / 1e9  # an int8 is one byte
room = {"as int8": cells, "as float64": 8 * cells, "int8, every 4th era": cells / 4}
pd.DataFrame(room).rename_axis("features, GB").round(1)

# %% [markdown]
# The small set fits anywhere, and so does the medium one, as long as nothing turns it into
# floats on the way. The library's trees do not, and they tell you *before* memory runs out. All
# features of all eras need a large machine, or every fourth era.
#
# > **Then and now.** "Do I need to be an expert programmer, or a math whiz? Do I need a super
# > computer?" In 2021 the answer was: it helps, and you can start without. That still holds.
# > The data have become about sixty times as large since then (rows times features), and the
# > tutorials have learned to take a part of them.

# %% [markdown]
# ### Exercise: fit_predict
#
# Write `fit_predict(train, test, features)`: train a line (scikit-learn's `LinearRegression`)
# on the rows of `train` that have a target (the column `target`), and return its predictions of
# `test` as a Series with the index of `test`. The list `features` names the columns to use; they
# have no gaps, others may. For `features = ["feature_a"]` and
#
# ```
#     feature_a  target          feature_a  target
# n1          0    0.25      n8          2    1.00
# n2          1    0.75      n9          1    0.25
# n3          2     NaN
# ```
#
# as `train` (left) and `test` (right) it returns
#
# ```
# n8    1.25
# n9    0.75
# ```

# %% exercise="fit_predict"
from sklearn.linear_model import LinearRegression


def fit_predict(train, test, features):
    """Return a line's predictions of rows that it has not seen."""
    # BEGIN SOLUTION
    known = train.dropna(subset="target")
    line = LinearRegression().fit(known[features], known["target"])
    return pd.Series(line.predict(test[features]), index=test.index)
    # END SOLUTION


# %% [markdown]
# ## 2. What leaks
#
# Textbooks say: shuffle the rows, cut them into four **folds**, train on three, test on the
# fourth, and take turns. That is right if rows are independent. Here they are not. Rows of
# one era share the same weeks in the market. Rows of neighbouring eras do, too: eras are a
# week apart, and the target covers four weeks. What the training knows of the test in this way
# is a **leak**.
#
# These data are made up, so we may look behind the ids and follow each stock. How alike are
# the answers of the *same* stock in eras that lie some weeks apart?
#
# **Predict before you run.** One week apart, three of the four weeks are the same. And five
# weeks apart?

# %%
world = nl.world.World.build()
weeks, starts = range(9), (30, 50, 70, 90)
targets = {}
for era in (start + week for start in starts for week in weeks):
    targets[era] = pd.Series(world.era(era)["target"].to_numpy(), world.stocks(era))
alike = pd.DataFrame(index=weeks, columns=starts, dtype=float)
for week in weeks:
    for era in starts:
        alike.loc[week, era] = targets[era].corr(targets[era + week])
alike = alike.mean(axis=1)

# %%
import matplotlib.pyplot as plt
import seaborn as sns

with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.2))
    sns.barplot(alike, color=nl.plots.COLORS["gain"], saturation=1, ax=ax)
    ax.set(xlabel="weeks apart", ylabel="correlation of the targets")
    ax.set_title("From the fourth week on, the answers have nothing in common")
nl.plots.caption(
    ax,
    "Bars of the correlation of a stock's targets: 1 in the same week, then falling in"
    " even steps to about zero at four weeks and beyond.",
)
plt.show()

# %% [markdown]
# The answers are about as alike as the days that they share: three quarters, a half, a quarter,
# none. So if era 50 is in the test and era 51 in the training, much of the test's answers stands
# in the training. A model need not recognise the stock. It is enough to learn which *kind* of
# stock did well in those weeks.
#
# The cure is called **purging**: leave out of the training what lies too close to the test. For
# a target of 20 trading days, three eras in between are enough so that no day is shared. Some
# leave out a few more, in case the market's mood outlasts the shared days: an **embargo**.
#
# > **In the real tournament** the target begins two days after the era, so that with four
# > eras in between each target was also *known* when the test began. Numerai leaves out 8
# > for its own models, or 16 where the target is 60 days. In March 2021 eras were a month
# > apart, and none had to be left out.

# %% [markdown]
# ### Exercise: purge
#
# Write `purge(eras, test, gap)`: two lists of era numbers in order go in, all eras and those of
# a test (a block of them, without holes); the list of the numbers to learn from comes out. At
# least `gap` weeks lie between each of them and the test, so that their numbers differ by *more*
# than `gap`, also where `eras` holds every fourth era only. For the eras
# `[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]`, the test `[6, 7]` and a gap of 2:
#
# ```
# [1, 2, 3, 10, 11, 12]
# ```


# %% exercise="purge"
def purge(eras, test, gap):
    """Return the eras that are far enough from the test to learn from."""
    # BEGIN SOLUTION
    return [era for era in eras if era < min(test) - gap or era > max(test) + gap]
    # END SOLUTION


# %% [markdown]
# ## 3. What a leak is worth
#
# There are several ways to hold back a part of the past and test on it, four times over:
#
# - **rows shuffled**: a quarter of the rows, drawn by lot;
# - **eras shuffled**: a quarter of the eras, drawn by lot, each whole;
# - **blocks**: a quarter of the eras, all neighbours;
# - **blocks, purged**: the same, with eight eras left out on each side, four to purge and four
#   as an embargo;
# - **walk-forward**: only the past to learn from (section 4).
#
# To *see* them, take a toy of five stocks in each of 96 eras, and color each row by what it
# is for. Beside each stands how much of the test's days the training has seen in its nearest
# era: all of them in the same era, three quarters one week away, none from four weeks on.
#
# Move `turn`, to hold back another quarter, and `gap`, the eras to leave out. From which gap on
# is nothing seen any more? Which strips do not care?

# %%
import numpy as np
from sklearn.model_selection import KFold, PredefinedSplit


def ways(panel, gap=8):
    """Return the ways of holding back a part, by name; `gap` eras are left out."""
    lot = np.random.default_rng(0).permutation(96) % 4  # a fold for each era
    left_out = {"purge": min(gap, 4), "embargo": max(gap - 4, 0)}
    return {
        "rows shuffled": KFold(4, shuffle=True, random_state=0),
        "eras shuffled": PredefinedSplit(lot[panel["era"].astype(int) - 1]),
        "blocks": nl.models.EraKFold(4, purge=0, embargo=0),
        "blocks, purged": nl.models.EraKFold(4, **left_out),
        "walk forward": nl.models.WalkForward(4, **left_out),
    }


# %%
toy = pd.DataFrame({"era": np.tile(range(1, 97), 5)})
paint = [nl.plots.COLORS[name] for name in ("gain", "loss", "rule")]


def strip(way, cv, turn):
    """Return what each row is for, and say how much of the test's days was seen."""
    use = np.full(len(toy), 2.0)  # 0 is learned from, 1 tested, 2 left out
    for mark, rows in enumerate(list(cv.split(toy))[turn - 1]):
        use[rows] = mark
    learn, test = (toy["era"].to_numpy()[use == mark] for mark in (0, 1))
    apart = abs(test[:, None] - np.unique(learn)).min(axis=1)
    seen, space = np.clip(1 - apart / 4, 0, 1).mean(), np.full((1, 96), np.nan)
    return np.vstack([use.reshape(5, 96), space]), f"{way}\n{seen:.0%} seen"


# %%
def strips(turn=2, gap=2):
    uses, names = zip(*(strip(way, cv, turn) for way, cv in ways(toy, gap).items()))
    with nl.plots.style():
        _, ax = plt.subplots(figsize=(9, 4.6))
        sns.heatmap(np.vstack(uses), cmap=paint, cbar=False, xticklabels=False, ax=ax)
        ax.set_yticks(np.arange(2.5, 30, 6), names, rotation=0)
        ax.set_title("The more you shuffle, the more of the test's days are seen")
        ax.set_xlabel("96 eras (blue is learned from, brown tested, gray left out)")
    nl.plots.caption(ax, "Five strips: speckles, stripes, blocks, purged, walking.")
    plt.show()


nl.plots.explore(strips, turn=(1, 4, 1), gap=(0, 12, 1))

# %% [markdown]
# Shuffled, no gap would help, for nearly every test has a neighbour in the training. In
# blocks only the edges are seen, purged by three weeks nothing.
#
# What is a leak worth? Three models: the line, the trees, and the trees with an idea
# that sounds good: *markets have seasons, so tell the model the date*. The **calendar** trees get
# three more features, the number of the week, of the month and of the quarter. To save time all
# learn from a third of the stocks. The cell below takes about half a minute.
#
# **Predict before you run.** In which order will the five ways come? Will the line be
# flattered as well, although it can remember no row? Which way will praise the calendar?

# %%
from sklearn.model_selection import cross_val_score

third = data_train.iloc[::3].reset_index(drop=True)
line = nl.models.baseline("linear")


def with_calendar(panel):
    """Add three features that say when it was."""
    era = panel["era"].astype("int16")
    parts = {"week": era, "month": era // 4, "quarter": era // 13}
    return panel.assign(**{f"feature_{part}": when for part, when in parts.items()})


# %%
def validated(model, panel):
    """Return the mean CORR of a model, validated in each of the ways."""
    scorer, answers = nl.scoring.make_era_scorer(panel["era"]), panel["target"]
    return {
        way: cross_val_score(model, panel, answers, cv=cv, scoring=scorer).mean()
        for way, cv in ways(panel).items()
    }


runners = {"line": (line, third), "trees": (trees, third)}
runners["calendar"] = (trees, with_calendar(third))
promised = {name: validated(*runner) for name, runner in runners.items()}

# %%
pd.DataFrame(promised).round(3)

# %% [markdown]
# Every way puts the calendar above the trees, and shuffled above the line, too. In blocks
# the line leads. Had you shuffled, you would have handed in the calendar.
#
# Or is all that luck? So here are six other worlds, of a thousand stocks each, computed
# once with this lesson's code and stored, and, beside what each way promised, the
# **future**: the mean CORR, in eras 109 to 300, of the model that has learned all 96. A dot
# is a world. Left: how far the trees scored above purged blocks. Right: whom each way would
# have chosen; right of zero the calendar wins. Below the same as a table, with ± the
# standard error over the worlds: each model above its purged blocks, the calendar's lead,
# in how many worlds the way chose the loser of the future, and what that cost in the mean
# over all worlds, all in ten-thousandths of CORR.

# %% keep="validations"
import pandas as pd

tests = {"calendar": with_calendar(future)}
for name, (model, panel) in runners.items():
    foretold = nl.models.fit_predict(model, panel, tests.get(name, future))
    promised[name]["future"] = nl.scoring.corr(future, foretold).mean().item()
10_000 * pd.DataFrame(promised).T

# %% stored="validations"
stored = nl.data.stored("validations")  # mean CORR, in ten-thousandths
lead = stored["calendar"] - stored["trees"]
lifted = stored["trees"].sub(stored["trees"]["blocks, purged"], axis=0)
with nl.plots.style():
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), sharey=True)
    for ax, gaps in zip(axes, (lifted, lead)):
        ax.axvline(0, color=nl.plots.COLORS["ink"], lw=1)
        sns.stripplot(gaps, orient="h", jitter=False, size=7, ax=ax, color=paint[0])
    axes[0].set(title="Shuffling lifts the trees in every world", ylabel="")
    axes[0].set(xlabel="trees, above purged blocks (1/10,000)")
    axes[1].set(title="It praises the calendar, too")
    axes[1].set(xlabel="calendar's lead over the trees (1/10,000)")
nl.plots.caption(
    axes,
    "Two strips of dots, a dot a world: on the left the shuffled ways lie far right of"
    " zero; on the right they put the calendar ahead in all worlds, the future in half.",
)
plt.show()


# %%
def mean_and_error(gap):
    """Write mean ± standard error over the worlds."""
    error = gap.std() / len(gap) ** 0.5
    return gap.mean().map("{:+.0f}".format) + " ± " + error.map("{:.0f}".format)


loser = lead.gt(0).ne(lead["future"].gt(0), axis=0)
cost = loser.mul(lead["future"].abs(), axis=0)
told = {
    name: mean_and_error(stored[name].sub(stored[name]["blocks, purged"], axis=0))
    for name in runners
}
told |= {"its lead": mean_and_error(lead), f"loser of {len(lead)}": loser.sum()}
pd.DataFrame(told | {"cost": cost.mean().round().astype(int)}).loc[lead.columns]

# %% [markdown]
# There, the line gains, too: it remembers no row, but it learns which features paid in the
# very weeks that it is tested on. The trees gain more, and the calendar most: it can learn
# what paid *in that week*. Shuffling praises it in all six worlds. In the future it was
# ahead in three of them and the loser in three, once with about half of the trees' score.
# With a gap, or walking forward, a wrong choice was rarer and cheaper than without. Six
# worlds are few: trust the large differences only.
#
# Mind the row `future`. In one world it may differ from the past by as much as the leak: you
# would not *see* the leak by waiting, you would call it bad luck.
#
# > **Then and now.** In Numerai's example notebook of April 2021, a line scored .0436 with
# > shuffled rows, .0381 with eras kept whole, and .0339 when tested on later eras only.
# > Shuffling flattered there, too, and eras did not even overlap.

# %% [markdown]
# ## 4. Walk forward
#
# Even purged blocks know something that you will not: the model that is tested on era 30 has
# learned from era 90. **Walking forward** forbids it. Learn from a first stretch, skip a few
# eras, predict the next stretch; then add that to what you learn from, and go on. This is how
# Numerai makes the history of its benchmark models, in stretches of 156 eras
# (`nl.models.WalkForward.numerai()`).
#
# With our 156 eras, stretches of 39 will do. What comes out is a track record as if you had
# been there: at no time did the model know what came next. The price is that it starts as a
# beginner, who has seen few eras.
#
# **Predict before you run.** Will the trees' lead over the line be plain to see?

# %%
splits = nl.models.WalkForward(test_eras=39, purge=4, embargo=4)
records = {
    name: nl.models.walk_forward(model, history, splits=splits)["target"]
    for name, model in {"line": line, "trees": trees}.items()
}
records = pd.DataFrame(records)
scores = nl.scoring.corr(history.loc[records.index], records)
axes = nl.plots.score_lines(scores, title="Two records, made without peeking")
# %%
lead = scores["trees"] - scores["line"]
worth = nl.scoring.effective_rounds(lead)
error = lead.std() / worth**0.5
print(f"the trees lead by {lead.mean():.4f} ± {error:.4f} an era")
print(f"from {len(lead)} eras, worth about {worth:.0f} independent ones")

# %% [markdown]
# The trees and the line win and lose together, since they read the same features. What is
# left between them is a lead no clearer than its ±; in blocks, on a third of the stocks,
# the line led. An honest validation does not flatter. It is not precise either, and no
# method makes it so: there are only so many independent months in the data.
#
# Walking forward is the strictest of all, and on average too modest, as its dots above are:
# its first models have seen few eras. Use it for what it is, a record as if you had
# been there; and to choose between two models, compare them on the same eras.

# %% [markdown]
# ### Exercise: walk_forward
#
# Write `walk_forward(eras, blocks, gap)`: cut the eras (a list of numbers in order) into
# blocks with `np.array_split`. Each block but the first is a test; learn from all eras before
# it whose numbers are lower than its first by *more* than `gap`. Return a list of pairs, each the
# eras to learn from (perhaps none) and those to test on (lists or arrays). For the eras
# `[1, 2, 3, 4, 5, 6, 7, 8, 9]`, three blocks and a gap of 2:
#
# ```
# [([1], [4, 5, 6]), ([1, 2, 3, 4], [7, 8, 9])]
# ```


# %% exercise="walk_forward"
def walk_forward(eras, blocks, gap):
    """Return pairs of the eras to learn from and to test on."""
    # BEGIN SOLUTION
    folds = []
    for block in np.array_split(eras, blocks)[1:]:
        learn = [era for era in eras if era < block[0] - gap]
        folds.append((learn, list(block)))
    return folds
    # END SOLUTION


# %% quiz="models"

# %% [markdown]
# ## In this notebook you
#
# - trained a line, sixty trees and Numerai's example model, and saw what they took in time
#   and memory;
# - left out of the training what would leak from the test: eras whose weeks overlap with
#   those of the test, and no more;
# - told how much a careless validation flatters, here and in other worlds, and how sure one
#   can be of it.
#
# The library's `nl.models.WalkForward`, `EraKFold` and `walk_forward` do this from here on.
# Numerai describes its own benchmark models in its [documentation](https://docs.numer.ai).
