# ---
# jupyter:
#   numlearn:
#     question: How can this work if I don't know what the features are?
#     minutes: 43
#     objectives:
#       - say what the data hold, row by row and bin by bin, and how much room they take
#       - show that a tree needs no names and no units, only an order
#       - try to follow a stock from week to week, and measure how far you get
#     needs: ["{lesson:triangle}", pandas' `groupby`]
#     claims: [S8, S9, S10, S11, S12]
# ---

# %% [markdown]
# Here are five stocks, as this week's data show them. (They are made up, in the format of
# Numerai's files; so we may later look behind the disguise.) Which would you buy?

# %%
data_live = nl.data.load("live")
small = nl.data.feature_sets()["small"]
data_live.iloc[:5][small[:6]].T

# %% [markdown]
# ## 1. What you are given
#
# Five ids, six of their features. No name, no price, no unit, and words that mean
# nothing. Whoever has read a balance sheet wants to leave here: how can anyone predict
# from *that*? Let us see what is in it, what was taken away, and whether that hurts.
#
# One row is one stock in one week, called an **era**. What was known about the stock that
# evening is in the **features**; how it did in the four weeks after, compared with the
# others, is the **target**. There are three files. From *train* you learn, on
# *validation* you test yourself, and *live* is what you predict.
#
# **Predict before you run.** Are all eras of one size? Does the live era have a target?

# %%
import pandas as pd

splits = {split: nl.data.load(split) for split in ("train", "validation", "live")}
facts = {split: nl.data.describe(panel) for split, panel in splits.items()}
facts = pd.concat(facts, axis=1).droplevel(1, axis=1)
facts.loc["rows":"target"]

# %% [markdown]
# Eras grow, since more stocks are covered today than years ago. The live era has no target
# yet, and the eras just before it are absent: their four weeks are not over.
#
# > **Then and now.** The real files have grown a good deal:
#
# | | March 2021 | August 2026 (v5.3) |
# |---|---|---|
# | features | 310 | 3,555 |
# | training rows | 501,808 | 2,746,268 |
# | training eras | 120, a month apart | 574, a week apart |
# | values of a feature | 0, 0.25, 0.5, 0.75, 1 (CSV) | 0 to 4 (parquet) |
# | targets | 1, without overlap | 41, of 20 and 60 days, overlapping |
# | live data | once a week | Tuesday to Saturday |
#
# ### Exercise: era_sizes
#
# Write `era_sizes(panel)`: a table with an `era` column goes in, a Series with the number
# of rows of each era comes out, its index the eras in order. For the panel
#
# ```
#      era  target
# n1  0002     0.5
# n2  0001     NaN
# n3  0002     0.5
# ```
#
# it returns
#
# ```
# era
# 0001    1
# 0002    2
# ```


# %% exercise="era_sizes"
def era_sizes(panel):
    """Return the number of rows of each era."""
    # BEGIN SOLUTION
    return panel.groupby("era").size()
    # END SOLUTION


# %% [markdown]
# ## 2. Five bins, and what fits into memory
#
# A feature has five values, 0 to 4. Within each era the stocks are sorted by whatever it
# measures and cut into five groups of equal size, its **bins**. So 4 says "among the top
# fifth of this week", in a boom as in a crash. The target has five values as well, from 0
# to 1, but its groups are not equal.
#
# **Predict before you run.** Which share of the targets is exactly in the middle?

# %%
data_train, data_test = splits["train"], splits["validation"]
early = data_train[data_train["era"] <= "0006"]
odd = (early[small] == 2).mean().idxmax()
three = early[[small[0], odd]].copy()
three.insert(0, "target × 4", (4 * early["target"]).astype("int8"))
shares = nl.data.bin_shares(three, list(three.columns))
nl.plots.bins(shares, title="A feature has equal bins, the target has tails")
begins = data_train.loc[data_train[odd] != 2, "era"].min()
print(f"{odd} has other values than 2 from era {begins} on")

# %% [markdown]
# The target: half of all stocks in the middle, a twentieth at each end. The first
# feature: a fifth everywhere. The other one, picked on purpose, is 2 in *every* row of
# these eras. It did not exist yet: a missing feature is filled with the middle bin. That
# is not the opinion "average", it is no opinion. (Numerai's documentation warns that some
# features may be NaN instead; `nl.data.load` puts the 2 there.)
#
# Whole numbers have another charm. An `int8` takes one byte, pandas' usual `float64`
# takes eight. Here they are measured, and multiplied by the size of the real thing.
#
# **Predict before you run.** Three sets of features, three types of number, 16 GB of
# memory: what fits?

# %%
features = data_train[small]
room = {
    kind: features.astype(kind).memory_usage(index=False).sum() / features.size
    for kind in ("int8", "float32", "float64")
}
real = 2_746_268 * pd.Series({"small": 42, "medium": 780, "all": 3555})  # v5.3, train
pd.DataFrame({kind: real * size for kind, size in room.items()}).div(1e9).round(1)

# %% [markdown]
# Gigabytes. The small set bores a laptop; all features as `float64` are beyond hope, and
# one careless `.astype(float)` gets you there. `nl.data.load` keeps `int8`, reads only
# the columns that you name, and with `every=4` only every fourth era.
#
# ### Exercise: bin_shares
#
# Write `bin_shares(panel, columns)`: a panel and a list of column names go in, a
# DataFrame comes out, one column for each name, and in order one row for each bin that
# any of them has. It holds which share of a column's rows lies in the bin. Missing values
# do not count, and a bin that a column does not have gets 0. For a panel with the features
# `[0, 4, 4, 1]` and `[2, 2, 2, 2]` and both their names:
#
# ```
#      feature_a  feature_b
# 0         0.25        0.0
# 1         0.25        0.0
# 2         0.00        1.0
# 4         0.50        0.0
# ```


# %% exercise="bin_shares"
def bin_shares(panel, columns):
    """Return the share of the rows in each bin of each column."""
    # BEGIN SOLUTION
    shares = {name: panel[name].value_counts(normalize=True) for name in columns}
    return pd.DataFrame(shares).sort_index().fillna(0)
    # END SOLUTION


# %% [markdown]
# ## 3. What a tree needs to know
#
# Now the question in the title. A **decision tree** asks things like "is this feature above
# 2?", sends the row left or right, and asks again. LightGBM sums many small trees;
# {lesson:models} takes it apart. Here we only use it. It learns from every second training
# era, without a clue what anything means.

# %%
import lightgbm

data_learn = nl.data.load("train", every=2, ids=False)


def trees(learn, test):
    fixed = {"deterministic": True, "force_col_wise": True, "n_jobs": 1, "verbose": -1}
    model = lightgbm.LGBMRegressor(n_estimators=40, max_depth=4, **fixed)
    return model.fit(learn, data_learn["target"]).predict(test)


plain = pd.Series(trees(data_learn[small], data_test[small]), data_test.index)
fifth = pd.cut(plain.groupby(data_test["era"]).rank(pct=True), 5, labels=range(1, 6))
data_test.groupby(fifth.rename("fifth"), observed=True)[["target"]].mean().round(3)

# %% [markdown]
# The mean target of each fifth of the stocks, sorted by prediction within their week.
# Small steps; yet the stocks that the trees liked best did better than those they liked
# least, in weeks they never saw, and nobody told them *what* they look at. (Is so small a
# difference more than luck? That is {lesson:scoring}.)
#
# Did the disguise cost anything? Disguise the data once more and see. Every feature gets
# another name, another place in the table and other numbers: any five that increase, each
# feature its own. (They begin at 0: LightGBM sums the zeros apart, and moving them could
# move a last digit.) First the five stocks from above in their new clothes, with what the
# trees say of them *without* a disguise: they would buy the highest. Then the trees learn
# again, from disguised data alone (a few seconds).
#
# **Predict before you run.** How far do their predictions move?

# %%
import numpy as np


def disguise(panel, seed, ordered=True):
    """Give each feature a new name, a new place and new numbers."""
    rng, hidden = np.random.default_rng(seed), {}
    for name in rng.permutation(small):
        codes = [0, *rng.exponential(size=4).cumsum()]
        codes = codes if ordered else rng.permutation(codes)
        hidden[f"secret_{len(hidden)}"] = nl.data.recode(panel[[name]], codes)[name]
    return pd.DataFrame(hidden)


hidden = disguise(splits["live"], seed=0).iloc[:5, :4]
hidden.assign(trees_say=trees(data_learn[small], data_live[small])[:5]).round(3)

# %%
for seed in range(2):
    hidden = trees(disguise(data_learn, seed), disguise(data_test, seed))
    print(
        f"disguise {seed}: largest change of a prediction {abs(hidden - plain).max()}"
    )
    assert (hidden == plain).all()

# %% [markdown]
# Not by a single bit. That is no luck, it holds by construction: a question such as
# "above 2?" depends on the *order* of the values alone, and an increasing disguise keeps
# it. "Above 0.5?" sends the same rows to the same sides. Here are forty stocks on their way
# into the data and into a disguise, each in the color of its side:

# %%
drawn, lift = np.random.default_rng(0).lognormal(size=(2, 40))
place = drawn.argsort().argsort()
up, any_order = np.array([[0, 0.3, 0.5, 1.9, 2.5], [1.9, 0, 2.5, 0.3, 0.5]])
pictures = {
    "1 Measured": (drawn, np.sort(drawn)[23:25].mean()),
    "2 In order": (place, 23.5),
    "3 Five bins": (place // 8, 2.5),
    "4 In disguise": (up[place // 8], 1.2),
    "5 In any order": (any_order[place // 8], None),
}

# %%
import matplotlib.pyplot as plt

with nl.plots.style():
    figure, axes = plt.subplots(1, 5, sharey=True, figsize=(10, 2.6))
    colors = [nl.plots.COLORS["loss" if x < 24 else "gain"] for x in place]
    for ax, (name, (values, cut)) in zip(axes, pictures.items()):
        ax.scatter(values, lift.argsort().argsort(), color=colors, s=18)
        if cut is not None:
            ax.axvline(cut, color=nl.plots.COLORS["ink"])
        ax.set(title=name, xlabel="value", yticks=[])
    figure.suptitle("As long as the order stays, one cut parts the same stocks")
nl.plots.caption(
    axes,
    "Five pictures of forty stocks: by what is measured, in order, in five bins, in other"
    " numbers that increase, and in numbers of any order. One cut parts the same 24 and 16"
    " stocks in the first four; in the last no single cut does.",
)
plt.show()

# %% [markdown]
# In the last picture no single cut does it; a tree would have to ask several times, and from
# fewer stocks each time.
#
# Is the order enough for every model? A **linear model** adds up the numbers themselves, each
# times a weight. And what if the new numbers come in any order?
#
# **Predict before you run.** Two disguises, two models: which of the four predictions stay
# as they were? (Some five seconds.)

# %%
from sklearn.linear_model import LinearRegression


def line(learn, test):
    return LinearRegression().fit(learn, data_learn["target"]).predict(test)


straight, alike = line(data_learn[small], data_test[small]), {}
for way in ("numbers increase", "any order"):
    ordered = way == "numbers increase"
    hidden = [disguise(panel, 0, ordered) for panel in (data_learn, data_test)]
    pairs = {"trees": (trees(*hidden), plain), "line": (line(*hidden), straight)}
    alike[way] = {model: np.corrcoef(*pair)[0, 1] for model, pair in pairs.items()}
pd.DataFrame(alike).round(2)

# %% [markdown]
# A correlation of 1 means the same predictions. Trees live on order, lines on spacing as
# well; losing the order changed both. So the data are hidden and still of use: what
# learning needs, the order of bins in a week, was left in.
#
# What *was* taken is your prior knowledge. Nothing can be joined to these rows, no news,
# no price chart, no model that expects prices. If you have one, there is Signals
# ({lesson:signals}).
#
# > **In the real tournament** features come in groups such as *intelligence*, whose
# > meaning is hidden as well. The reason told in 2021: good data are expensive, and their
# > licence lets them be given away only if nobody can tell what they are.
#
# ### Exercise: recode
#
# Write `recode(features, codes)`: a DataFrame of bins 0 to 4 and a list of five numbers go
# in, a DataFrame with the same index and columns comes out, in which each bin k became
# `codes[k]`. For a column `[0, 4, 2]` and the codes `[0, 0.25, 0.5, 0.75, 1]`:
#
# ```
#    feature_a
# 0        0.0
# 1        1.0
# 2        0.5
# ```


# %% exercise="recode"
def recode(features, codes):
    """Return the features with each bin replaced by its code."""
    # BEGIN SOLUTION
    values = np.array(codes)[features]
    return pd.DataFrame(values, features.index, features.columns)
    # END SOLUTION


# %% [markdown]
# ## 4. Can you follow a stock?
#
# "Stock prediction needs time series": one company's past, week by week. For that you
# must know which row of next week is the same company. Its id is new every week and the
# rows are shuffled. But you have its features. Do they give it away?
#
# First the answer that only a made-up market can give, for it remembers the stock behind
# each row. Here is one, six weeks in a row.

# %%
from numlearn.world import World

world = World.build()  # the one that this course's data come from
truth = pd.concat(world.truth(era) for era in range(100, 106))
one_stock = truth.index[truth["stock"] == truth["stock"].iloc[0]]
world.panel(range(100, 106)).loc[one_stock, ["era", *small[:4]]]

# %% [markdown]
# Another id each time, and features that jump about. Is it enough to recognise the stock
# among thousands? Three guesses at its row of next week: the same id, the same place in
# the file, and the row with the most similar features (the least sum of squared
# differences). They see only what you are given; the truth just marks them.
#
# **Predict before you run.** Of 10,000 guesses, how many are right with each? A blind
# guess among 3,000 rows would be right about three times. (Some ten seconds.)

# %%
from numlearn.world import linkage


def similar(here, there):
    """Guess the row whose features are most similar."""
    return linkage.nearest(here.filter(like="feature_"), there.filter(like="feature_"))


guesses = {"same id": linkage.by_id, "same place": linkage.by_position}
guesses["similar features"] = similar
right = [linkage.attempts(world, era, guesses) for era in range(1, 160, 4)]
(10_000 * pd.DataFrame(right).mean()).round().astype(int)

# %% [markdown]
# The id says nothing: none comes twice. The place says what a blind guess says. Features
# are another matter: wrong most of the time, and yet right far more often than chance.
# Why so much, and why so little? Compare how far a stock moves in a week with how far it
# is from strangers.

# %%
here, there = world.era(100), world.era(101)
stock, stock_there = (world.truth(era)["stock"] for era in (100, 101))
itself = stock.map(pd.Series(stock_there.index, stock_there)).dropna()
pairs = {"some stranger": linkage.by_position(here, there).dropna()}
pairs |= {"itself, a week later": itself, "the nearest of all": similar(here, there)}
distances = {}
for name, pair in pairs.items():
    features = here.loc[pair.index].filter(like="feature_").astype(float)
    moved = features.to_numpy() - there.loc[pair].filter(like="feature_").to_numpy()
    distances[name] = (moved**2).sum(axis=1)

# %%
import seaborn as sns

with nl.plots.style():
    bins = {"binrange": (0, 500), "binwidth": 10}
    ax = sns.histplot(distances, element="step", alpha=0.5, **bins)
    ax.set(xlabel="squared differences to a row of next week (sum)", ylabel="stocks")
    ax.set_title("It looks like itself, but somebody else looks more like it")
nl.plots.caption(
    ax,
    "Three histograms that overlap: a stock is nearer to itself a week later than to a"
    " stranger, but the nearest of all rows is nearer still.",
)
plt.show()

# %% [markdown]
# A stock does look like itself, on average. But among thousands of strangers a few look
# even more like it, by pure chance. That is how a disguise works: it need not wipe out
# all likeness, it hides each stock in a crowd.
#
# Targets are published, too, once their time is over, and those of neighbouring eras
# share most of their days: a stock that ran ahead from this Friday on mostly did so from
# next Friday on. Add all targets, of 20 days and of 60, as further features.
#
# **Predict before you run.** Does that help, in this world and in five others? And does it
# still help when the two eras lie half a year apart? (The two cells take some ten seconds.)


# %%
def similar_outcomes(here, there):
    """Guess the row that is most similar in features and, weighing more, in targets."""
    targets = [16 * rows.filter(like="target_").fillna(0.5) for rows in (here, there)]
    features = [rows.filter(like="feature_") for rows in (here, there)]
    return linkage.nearest(*map(pd.DataFrame.join, features, targets))


guesses = {"features": similar, "features and targets": similar_outcomes}
worlds = {"this": world} | {seed: World.build(seed=seed) for seed in range(5)}
right = {name: linkage.attempts(w, 100, guesses) for name, w in worlds.items()}
(100 * pd.DataFrame(right)).rename_axis(columns="right (%) in world").round(1)

# %%
gaps, eras = [1, 2, 4, 8, 13, 26], (100, 110, 120)
right = [[linkage.attempts(world, era, guesses, gap) for era in eras] for gap in gaps]
by_gap = 100 * pd.DataFrame([pd.DataFrame(tried).mean() for tried in right], gaps)
by_gap["a blind guess"] = 100 / len(here)
with nl.plots.style():
    ax = sns.lineplot(by_gap, markers=True)
    ax.set(
        xlabel="weeks between the two eras", ylabel="right guesses (%)", yscale="log"
    )
    ax.yaxis.set_major_formatter("{x:g}")
    ax.set_title("Overlapping targets give stocks away, while they overlap")
text = "With targets, right guesses start highest and fall to the features' share or below."
nl.plots.caption(ax, f"{text} Both stay above the flat line of a blind guess.")
plt.show()

# %% [markdown]
# Targets help in all six worlds one week on. Half a year on they no longer do (in three
# eras of one world, so do not lean on it). So that rows cannot be matched is true of ids
# and nearly true of the rest; a cleverer guess may beat ours. Three things follow.
#
# - **Time series.** One company's series is lost within weeks, since most links are wrong. Yet
# part of the past is inside each row: Numerai's documentation names technical signals such
# as RSI (relative strength index: how much a price rose on its good days, against how much
# it fell on bad ones), which are *made* from past prices.
# - **Hiding.** What lasts and helps to predict also helps to recognise, so hiding is a
#   matter of degree. But a row that is followed still has no name.
# - **Testing.** Likeness and overlap trap whoever mixes weeks when testing a model;
#   {lesson:models} measures how deep.
#
# > **In the real tournament** nobody outside knows how far this goes: ours was our choice.

# %% [markdown]
# ### Exercise: link_attempt
#
# Write `link_attempt(earlier, later)`: the features of two eras go in, two DataFrames with
# the same columns in the same order, whose index holds ids. Out comes a Series: for each
# earlier id the id of the later row with the least sum of squared differences (here there
# is only one such row). For earlier rows `n1` with the features 0, 4, 2 and `n2` with
# 3, 3, 1, and later rows `n7` with 4, 2, 1, `n8` with 1, 4, 2 and `n9` with 4, 0, 4:
#
# ```
# n1    n8
# n2    n7
# ```
#
# The features are `int8`, whose largest number is 127: convert them before you multiply
# tables with `@`.


# %% exercise="link_attempt"
def link_attempt(earlier, later):
    """Return for each earlier id the id of the nearest later row."""
    # BEGIN SOLUTION
    ids = []
    for row in earlier.to_numpy():
        distances = ((later - row) ** 2).sum(axis=1)
        ids.append(distances.idxmin())
    return pd.Series(ids, index=earlier.index)
    # END SOLUTION


# %% quiz="data"

# %% [markdown]
# ## In this notebook you
#
# - said what the data hold: rows that are stocks in a week, features in five equal bins,
#   targets with tails, twos that mean "missing", and how many gigabytes each choice costs;
# - showed that a tree needs no names and no units, only an order, and that a line needs
#   a little more;
# - tried to follow a stock from week to week, measured how far you get, and told what
#   this world can say about it from what it cannot say about the real data.
#
# Numerai's own description is in its [documentation](https://docs.numer.ai). What the trees
# are worth gets a number in {lesson:scoring}.
