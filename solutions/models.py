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
# Your first model is three lines of code. It grows sixty decision trees (as in {lesson:data})
# on 96 eras. Let it predict those eras and the ones that came after, and score each.

# %% worlds=[20, 21, 22, 23, 24, 25, 26, 27, 28, 29]
world = nl.world.World.build(seed=seed, eras=300, features=42)
data_train = world.panel(range(1, 97), resolved=True).reset_index(drop=True)
future = world.panel(range(109, 301), resolved=True)

# %%
data_train = nl.data.load("train", ids=False).dropna(subset="target")
data_later = nl.data.load("validation", ids=False).dropna(subset="target")
trees = nl.models.baseline("example", n_estimators=60, learning_rate=0.1, n_jobs=1)
trees = trees.fit(data_train, data_train["target"])

# %%
import numpy as np
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
# the memory.
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
cells = rows * pd.Series(sets) / 2**30
room = {"as int8": cells, "as float64": 8 * cells, "int8, every 4th era": cells / 4}
pd.DataFrame(room).rename_axis("features, GiB").round(1)

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
# week apart, and the target covers four weeks.
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
# none. That follows from how the target is made. So if era 50 is in the test and era 51 in the
# training, much of the test's answers stands in the training, in other rows. A model need not
# recognise the stock. It is enough to learn which *kind* of stock did well in those weeks.
#
# The cure is called **purging**: leave out of the training what lies too close to the test. For
# a target of 20 trading days, three eras in between are enough so that no day is shared.
#
# > **In the real tournament** the target begins two days after the era, so that with four eras
# > in between each label was also *known* when the test began. Numerai leaves out 8 for its own
# > models, which is on the safe side (16 where the target is 60 days). In March 2021 eras were a
# > month apart, and none had to be left out.

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
# Four ways to hold back a quarter of the past, four times over, from careless to careful:
# rows at random; whole eras at random; blocks of neighbouring eras; and such blocks with
# eight eras left out on each side. The model is always the same, and in the end every era
# was tested once. scikit-learn does the work; since it does not know about eras, it gets our
# folds (`cv`) and our scorer.
#
# **Predict before you run.** In which order will the four scores come? Will the line be
# flattered as well, although it can remember no row at all?

# %%
from sklearn.model_selection import GroupKFold, KFold, cross_val_score

by_era = GroupKFold(4).split(data_train, groups=data_train["era"])
schemes = {
    "rows shuffled": KFold(4, shuffle=True, random_state=0),
    "eras shuffled": list(by_era),
    "blocks": nl.models.EraKFold(4, purge=0, embargo=0),
    "blocks, purged": nl.models.EraKFold(4, purge=4, embargo=4),
}


# %%
def validated(model):
    """Return the mean CORR of a model, validated in each of the ways."""
    scorer = nl.scoring.make_era_scorer(data_train["era"])
    means = {}
    for name, cv in schemes.items():
        scores = cross_val_score(
            model, data_train, data_train["target"], cv=cv, scoring=scorer
        )
        means[name] = scores.mean()
    return means


line = nl.models.baseline("linear")
pd.DataFrame({"line": validated(line), "trees": validated(trees)}).round(4)

# %% [markdown]
# For both models the shuffled ways come out on top. The line is flattered, too: it remembers
# no row, but it learns which features paid in the very weeks that it is tested on. Blocks touch
# training eras only at their edges, so that purging changes little.
#
# And mind the columns: shuffled, the trees beat the line; in blocks the line is ahead. Had you
# shuffled, you would have chosen by the leak.
#
# Or is all that luck? One world cannot tell. So here are the trees in more worlds. Each row was
# computed once with this lesson's code and stored: five validations of the first 96 eras, walking forward (section 4) among them, and then what they
# should have foretold. The **future** is the mean CORR, in eras 109 to 300, of a model that has learned all 96.

# %% keep="validations"
schemes["walk forward"] = nl.models.WalkForward()
foretold = nl.models.fit_predict(trees, data_train, future)
means = validated(trees) | {"future": nl.scoring.corr(future, foretold).mean().item()}
{name: 10_000 * mean for name, mean in means.items()}

# %% stored="validations"
stored = nl.data.stored("validations")  # mean CORR, in ten-thousandths
stored.round(0).astype(int)

# %% [markdown]
# How far was each validation from the future? A dot is a world, the dash their mean.

# %%
optimism = stored.drop(columns="future").sub(stored["future"], axis=0)
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.6))
    ax.axhline(0, color=nl.plots.COLORS["muted"], lw=1)
    sns.stripplot(optimism, jitter=False, size=7, color=nl.plots.COLORS["users"], ax=ax)
    dash = {"marker": "_", "ms": 40, "mew": 2, "color": nl.plots.COLORS["ink"]}
    sns.pointplot(optimism, errorbar=None, linestyle="none", ax=ax, **dash)
    ax.set_title("Shuffling promises more than the future keeps")
    ax.set_xlabel("way of validating")
    ax.set_ylabel("score above the future's\n(ten-thousandths)")
nl.plots.caption(
    ax,
    "Dots for each world above or below zero, the future's score: means of the two"
    " shuffled ways lie well above zero, those of blocks near it, walking forward below.",
)
plt.show()


# %%
def spread(gap):
    """Write mean ± standard deviation over the worlds."""
    return gap.mean().map("{:+.0f}".format) + " ± " + gap.std().map("{:.0f}".format)


purged = stored.sub(stored["blocks, purged"], axis=0)
pd.DataFrame(
    {"minus the future": spread(optimism), "minus purged blocks": spread(purged)}
).loc[optimism.columns]

# %% [markdown]
# Read the first column. Shuffling promises too much, by about a third of what the model can
# do. Blocks are right on average. Now read the ±: the future of a world differs from its own
# past by as much as the leak itself. In the one world that you live in you would never *see* the
# leak by waiting; you would call it bad luck.
#
# The second column compares scores of the same eras, and that takes the luck out: shuffling
# flatters in every world. What purging adds to blocks is small here, and not certain. It costs
# little, and is worth more where features tell more about which stock is which ({lesson:data}). How
# much they tell in the real data, nobody outside knows.
#
# > **Then and now.** In Numerai's example notebook of April 2021, a line scored .0436 with
# > shuffled rows, .0381 with eras kept whole, and .0339 when tested on later eras only. The same
# > order, on real data, when eras did not even overlap.

# %% [markdown]
# ## 4. Walk forward
#
# Even purged blocks know something that you will not: the model that is tested on era 30 has
# learned from era 90. **Walking forward** forbids it. Learn from a first stretch, skip a few
# eras, predict the next stretch; then add that to what you learn from, and go on. This is how
# Numerai makes the history of its benchmark models, in stretches of 156 eras.

# %%
eras = pd.Series(range(1, 781))
folds = nl.models.WalkForward.numerai(days=20).split(eras, groups=eras)
stretches = [
    (eras[a].agg(["min", "max"]), eras[b].agg(["min", "max"])) for a, b in folds
]
pd.DataFrame(
    [[*learn, *test] for learn, test in stretches],
    columns=["learn from", "up to", "predict from", "until"],
)

# %% [markdown]
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
# left between them is a lead no clearer than its ±; in blocks of the first 96 eras the line was
# ahead. An honest validation is right *on average*. It is not precise, and no method can make it
# so: there are only so many independent months in the data.
#
# Walking forward is the strictest of all, and on average too modest: look at its dots above.
# Its first models have seen few eras. Use it for what it is, a record as if you had
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
