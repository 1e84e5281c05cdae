# ---
# jupyter:
#   numlearn:
#     question: What exactly do I hand over, and can they steal my model?
#     minutes: 43
#     objectives:
#       - turn predictions into a file that Numerai takes, and find what is wrong with one that it refuses
#       - hand a file in with the official client
#       - say how much of a model its predictions give away, and how much a pickle does
#     needs: ["{lesson:scoring}", "the models of {lesson:models}"]
#     claims: [S8, S15]
# ---

# %% [markdown]
# You have a model. It took you weeks, and you would rather not give it away. Here it is
# (trees, as in {lesson:models}), and what it says about this week's stocks.

# %%
import pandas as pd

features = nl.data.feature_sets()["small"]
past = nl.data.load("train", every=4).dropna(subset="target")
my_model = nl.models.baseline("example", n_estimators=200, learning_rate=0.05, n_jobs=1)
my_model.fit(past[features], past["target"])
live = nl.data.load("live")
my_predictions = pd.Series(my_model.predict(live[features]), live.index)
my_file = nl.models.submission.make(my_predictions)
used = sorted(my_model.booster_.feature_importance(), reverse=True)
example = nl.data.load_example_predictions("live")["prediction"]
my_file.head(4).round(3)

# %% [markdown]
# That table is what you hand over: for each stock a made-up id and a number. All of it,
# beside a glimpse of what you know and they do not:

# %%
import matplotlib.pyplot as plt
import seaborn as sns

files = {"mine": my_file, "somebody else's": nl.models.submission.make(example)}
two_files = pd.concat(
    {k: f.set_index("id")["prediction"] for k, f in files.items()}, axis=1
)
with nl.plots.style():
    figure, axes = plt.subplots(1, 3, figsize=(9.5, 3.3))
    axes[0].bar(range(len(used)), used)
    axes[0].set(xlabel="feature, most used first", ylabel="times used by a tree")
    sns.histplot(two_files, bins=20, multiple="dodge", ax=axes[1])
    axes[1].set(xlabel="prediction", ylabel="number of stocks", ylim=(0, 220))
    sns.scatterplot(two_files, x="mine", y="somebody else's", s=4, ax=axes[2])
    for ax, title in zip(axes, ["1 What you know", "2 Both flat", "3 Not the same"]):
        ax.set_title(title)
nl.plots.caption(
    axes,
    "First, bars of how often each of 42 features is used by the model, falling. Then the"
    " histograms of two models' submitted predictions, both flat. Last, the two files"
    " against each other, a stock a point: a wide cloud, denser along the diagonal.",
)
plt.show()

# %% [markdown]
# ## 1. From predictions to a file
#
# The second picture is the same for every model in the world: ranks are spread evenly,
# whoever made them. So it seems that nothing leaks. The third says that something must: two
# models put the same stocks in another order, and the order is all that you hand over. How
# much of a model is in it? We come to that in section 4, as soon as you can hand in a
# file at all.
#
# A model's predictions may be any numbers. Those of a **submission**, as the file is called,
# must lie between 0 and 1, and only their order counts ({lesson:scoring}). So rank them, as
# CORR does itself:
#
# $$ \frac{\text{rank} - \tfrac12}{n} $$
#
# **Predict before you run.** The raw predictions of a model for such a noisy target: how
# far do they lie apart? And what does ranking them do to the score?

# %%
judged = nl.data.load("validation").dropna(subset="target")
judged["raw"] = my_model.predict(judged[features])
by_era = judged.groupby("era")["raw"]
judged["ranked"] = (by_era.rank() - 0.5) / by_era.transform("size")
spread = judged[["raw", "ranked"]].agg(["min", "mean", "max"]).T
spread["CORR"] = nl.scoring.corr(judged, ["raw", "ranked"]).mean()
spread.round(4)

# %% [markdown]
# The raw predictions huddle around the middle of the target, as they do where little can be
# known. The ranks use the whole range, and the score is the same, because it ranks anyway:
# that holds by construction.
#
# > **Then and now.** In March 2021 there was a new round a week, and a file held the rows
# > of the whole validation and test set beside the live ones. Since April 2022 the live ids
# > are enough, and since October 2022 a round opens on five days of the week.
#
# ### Exercise: make_submission
#
# Write `make_submission(predictions)`: a Series of predictions of one era, indexed by id,
# goes in; a DataFrame comes out with the columns `id` and `prediction`, in this order, and
# its rows in any. The predictions are ranked to (rank − ½) / n, and equal ones share the
# mean of the ranks that they take up. For
# `pd.Series([-3, 8, 8, 2], ["na", "nb", "nc", "nd"])`:
#
# ```
#    id  prediction
# 0  na       0.125
# 1  nb       0.750
# 2  nc       0.750
# 3  nd       0.375
# ```


# %% exercise="make_submission"
def make_submission(predictions):
    """Return the ids and the ranked predictions of one era."""
    # BEGIN SOLUTION
    ranked = (predictions.rank() - 0.5) / len(predictions)
    return pd.DataFrame({"id": predictions.index, "prediction": ranked.to_numpy()})
    # END SOLUTION


# %% [markdown]
# ## 2. All that can be wrong with it
#
# Numerai looks at three things: the **columns** (exactly these two), the **ids** (every
# live one, once) and the **values** (numbers from 0 to 1 that are not all the same). Rows
# of other ids are ignored. Let us spoil the file, in seven ways.
#
# **Predict before you run.** The last table has two flaws. Which is told?

# %%
import numpy as np

value = my_file["prediction"]
spoiled = {
    "columns": my_file.rename(columns={"prediction": "score"}),
    "a row lost": my_file[1:],
    "a row twice": pd.concat([my_file, my_file[:1]]),
    "a gap": my_file.assign(prediction=value.where(my_file.index > 0)),
    "too high": my_file.assign(prediction=value.round(1) + 0.1),
    "a constant": my_file.assign(prediction=0.5),
    "old and raw": my_file.assign(id=my_file["id"] + "0", prediction=value - 0.5),
}

# %%
import textwrap

for what, table in spoiled.items():
    faults = nl.models.submission.faults(table, live)
    told = [f"{what} → {fault.kind}: {fault}" for fault in faults]
    print("\n".join(textwrap.fill(line, 86, subsequent_indent="    ") for line in told))

# %% [markdown]
# The last file fails for its ids alone: as none of its rows is of this round, there are no
# values to look at. So it goes with a file of last week, as every stock gets a new id each
# time. The cure is to download the live data again.
#
# All else the library tells at once.
#
# ### Exercise: find_faults
#
# Write `find_faults(submission, live_ids)`: a table and the list of live ids go in; a list
# of the kinds of fault comes out, in any order, empty if there is none. First the header:
# unless the columns are `id` and `prediction`, in this order, return `["header"]` and look
# no further. Then, of the rows with a live id alone:
#
# - `"duplicate id"`: an id stands there more than once;
# - `"missing id"`: a live id does not stand there;
# - `"nan"`: a prediction is missing (NaN);
# - `"range"`: one is below 0 or above 1;
# - `"constant"`: there are predictions, and all are equal.
#
# For `pd.DataFrame({"id": ["a", "a"], "prediction": [0.5, 2]})` and the live ids
# `["a", "b"]`:
#
# ```
# ['duplicate id', 'missing id', 'range']
# ```


# %% exercise="find_faults"
def find_faults(submission, live_ids):
    """Return all kinds of fault that a submission has."""
    # BEGIN SOLUTION
    if list(submission.columns) != ["id", "prediction"]:
        return ["header"]
    mine = submission[submission["id"].isin(live_ids)]
    predictions = mine["prediction"]
    found = {
        "duplicate id": mine["id"].duplicated().any(),
        "missing id": len(set(live_ids) - set(mine["id"])) > 0,
        "nan": predictions.isna().any(),
        "range": predictions.min() < 0 or predictions.max() > 1,
        "constant": predictions.nunique() == 1,
    }
    return [kind for kind, is_there in found.items() if is_there]
    # END SOLUTION


# %% [markdown]
# ## 3. Handing it in
#
# The official client is called **numerapi**. We use it as it is, but let it talk to a small
# tournament server on this very computer, so that you need no account, and no network.
# Within `with server:` the client reaches ours instead of Numerai's.
#
# > **In the real tournament** the two keys come from your account's page. Never write
# > them into a notebook: set the environment variables `NUMERAI_PUBLIC_ID` and
# > `NUMERAI_SECRET_KEY`, which numerapi reads, or let `nl.models.submission.upload` ask
# > for them; it does not show what you type. (Nothing here is financial advice.)
#
# Then the daily routine: download the live era, predict, make, upload, look at the status.

# %%
from numerapi import NumerAPI

from numlearn.tournament import TournamentServer

server = TournamentServer(models=["my_model", "my_other_model"])
keys = (server.public_id, server.secret_key)
with server:
    client = NumerAPI(*keys, verbosity="CRITICAL", show_progress_bars=False)
    files = client.list_datasets()
    print("round", client.get_current_round(), "is open:", client.check_round_open())
print(*files, sep="\n")

# %%
import tempfile

folder = tempfile.mkdtemp()
with server:
    for name in ("features.json", "live.parquet"):
        client.download_dataset(f"v5.2/{name}", f"{folder}/{name}")
    fresh = nl.data.load("live", source=folder)
    raw = pd.Series(my_model.predict(fresh[features]), fresh.index)
    my_file = nl.models.submission.make(raw)
    my_file.to_csv(f"{folder}/my_file.csv", index=False)
    model_id = client.get_models()["my_model"]
    client.upload_predictions(f"{folder}/my_file.csv", model_id=model_id)
    status = client.get_submission_filenames(model_id=model_id)
pd.DataFrame(status)

# %% [markdown]
# It is in. Uploading again replaces it: the last valid file before the round closes
# counts, so a second try does no harm.
#
# **Predict before you run.** And the seven spoiled files? The server refuses in Numerai's
# own codes. How many different ones will you see?

# %%
with server:
    for what, table in spoiled.items():
        table.to_csv(f"{folder}/spoiled.csv", index=False)
        try:
            client.upload_predictions(f"{folder}/spoiled.csv", model_id=model_id)
        except ValueError as refusal:
            print(f"{what:12} {str(refusal).partition(':')[0]}")

# %% [markdown]
# Three codes for all of them: headers, ids, values, one at a time. That is why it pays to
# look for yourself first. The library's `upload` does so, and hands in only what has no
# fault. What can still go wrong is not in the file:


# %%
def tried(keys):
    """Return what an upload of my file comes to."""
    try:
        nl.models.submission.upload(my_file, "my_model", keys=keys)
    except ValueError as refusal:
        return textwrap.fill(str(refusal), 86)
    return "taken"


with server:
    print(tried(keys), tried((server.public_id, "guessed")), sep="\n")
    server.misbehave("drop", on="uploads")
    print(tried(keys))
    server.round_open = False
    print(tried(keys))

# %% [markdown]
# Taken; a wrong key; a connection that breaks in the middle; a closed round. In a terminal
# it is `numlearn models submission upload`, and `numlearn tournament serve` opens
# a tournament like this one for it.
#
# ### Exercise: submit
#
# Write `submit(tournament, table, name)`. Open `TournamentServer(**tournament)`, hand
# `table` in for the model called `name` with a client, and return a dict: for each model of
# the account the list of rounds that it has now submitted to. If the table is refused,
# return the code before the colon instead. For
# `{"models": ["ada", "bob"], "round_number": 1400}`, a good table and `"bob"`:
#
# ```
# {'ada': [], 'bob': [1400]}
# ```


# %% exercise="submit"
def submit(tournament, table, name):
    """Hand a table in; return each model's rounds, or the code of the refusal."""
    # BEGIN SOLUTION
    with TournamentServer(**tournament) as my_server:
        keys = (my_server.public_id, my_server.secret_key)
        my_client = NumerAPI(*keys, verbosity="CRITICAL", show_progress_bars=False)
        models = my_client.get_models()
        try:
            my_client.upload_predictions(model_id=models[name], df=table)
        except ValueError as refusal:
            return str(refusal).partition(":")[0]
        rounds = {}
        for model, number in models.items():
            taken = my_client.get_submission_filenames(model_id=number)
            rounds[model] = [one["round_num"] for one in taken]
        return rounds
    # END SOLUTION


# %% [markdown]
# ## 4. Can they steal it?
#
# There are two ways to take part. You send **files of predictions**, or, to be spared the
# daily routine, you send the model: a **pickle** of a function that Numerai runs for you
# on one core with 4 GB. The function gets the live features, and what Numerai's own benchmark
# models predict, of which ours makes no use. `run_pickle` tries it as they would: in a fresh
# process, which has nothing of yours but the pickle.


# %%
def predict(live_features, live_benchmark_models):
    """Return this round's predictions, as a pickle must."""
    raw = pd.Series(my_model.predict(live_features[features]), live_features.index)
    return ((raw.rank() - 0.5) / len(raw)).to_frame("prediction")


path = f"{folder}/my_model.pkl"
nl.models.submission.write_pickle(predict, path)
theirs = nl.models.submission.run_pickle(path, fresh, nl.data.load_benchmarks("live"))
same = np.allclose(theirs["prediction"].to_numpy(), my_file["prediction"].to_numpy())
print("the same as my file:", same)

# %% [markdown]
# It works, and it is convenient. Now be somebody else, who has been handed that pickle.
#
# **Predict before you run.** How much of the model can you read in it?

# %%
opened = pd.read_pickle(path)
stolen = opened.__globals__["my_model"]
use = stolen.booster_.feature_importance()
print(f"{stolen.n_estimators} trees of depth {stolen.max_depth}")
print("favourite feature:", features[int(np.argmax(use))])
first = stolen.booster_.trees_to_dataframe().iloc[0]
print(f"its first question: {first['split_feature']} ≤ {first['threshold']:.1f}")
print("names in its code:", opened.__code__.co_varnames)

# %% [markdown]
# All of it: settings, trees, and the code of your function, down to the names that you
# gave things. With the pickle they have the model, exactly, for every round to come.
# Numerai says so itself: its page on model uploads (April 2026) calls it the obvious
# downside that you give it your trained model, and files stay possible.
#
# > **Caution.** To open a pickle is to run it. Never open one from somebody you do not
# > trust.
#
# So send files, and nobody can copy the model? In 2021 the answer was: they never see
# your model or your code, only its predictions. For files that is true to this day, and it
# is not the whole story. A file is a few thousand questions to your model, with the
# answers. A stranger who has files of yours, and the features that everybody has, can
# train an **imitation** whose target is your predictions, with one kind of model after
# another. Three originals: a line, your trees, and a wild forest that learns by heart.

# %%
deep = {"learning_rate": 0.1, "max_depth": -1, "num_leaves": 63, "n_jobs": 1}
originals = {"line": nl.models.baseline("linear"), "trees": my_model}
originals["wild"] = nl.models.baseline("example", n_estimators=100, **deep)
weeks = nl.data.load("validation")
known, later = weeks["era"].unique()[:40], weeks["era"].unique()[40:]
for name, original in originals.items():
    fitted = original.fit(past[features], past["target"])
    weeks[name] = fitted.predict(weeks[features])
next_weeks = weeks[weeks["era"].isin(later)].copy()


# %%
def imitate(column, copier, files):
    """Return what an imitation, which has so many files, says about the weeks after."""
    seen = weeks[weeks["era"].isin(known[-files:])]
    shaped = seen.groupby("era")[column].transform(nl.eras.gaussianize)
    return copier.fit(seen[features], shaped).predict(next_weeks[features])


def alike(column, predictions):
    """Return the mean rank correlation with a column, over the weeks after."""
    pair = next_weeks[["era", column]].assign(other=predictions)
    eras = pair.groupby("era")
    return eras.apply(lambda e: e[column].corr(e["other"], method="spearman")).mean()


# %% [markdown]
# The imitation sees no real target. Whoever has no file of yours can still train the same
# kind of model on *other* eras with their real targets, as anyone can: that is how alike
# two strangers are, and our yardstick.
#
# **Predict before you run.** One file against forty of them; a line that copies, and 200 trees
# that copy. Which of the three originals can be had, and by whom? (This takes half a minute.)

# %%
from itertools import product

from sklearn.base import clone

many = {"n_estimators": 200, "learning_rate": 0.25, "max_depth": 6, "n_jobs": 1}
copiers = {"line": nl.models.baseline("linear")}
copiers["trees"] = nl.models.baseline("example", num_leaves=63, **many)
others = nl.data.load("train", eras=range(3, 97, 4)).dropna(subset="target")
likeness, no_file = [], {}
for name, original in originals.items():
    stranger = clone(original).fit(others[features], others["target"])
    no_file[name] = alike(name, stranger.predict(next_weeks[features]))
    for who, files in product(copiers, [1, 4, 40]):
        next_weeks[f"{name} by {who}"] = imitate(name, copiers[who], files)
        likeness.append((name, who, files, alike(name, next_weeks[f"{name} by {who}"])))
likeness = pd.DataFrame(likeness, columns=["original", "copier", "files", "alike"])

# %%
titles = ["1 A line is stolen whole", "2 Trees are approached", "3 Wild ones less"]
with nl.plots.style():
    figure, axes = plt.subplots(1, 3, figsize=(9.5, 3.3), sharey=True)
    for ax, name, title in zip(axes, originals, titles):
        own = likeness[likeness["original"] == name]
        looks = {"hue": "copier", "style": "copier", "markers": True, "dashes": False}
        sns.lineplot(own, x="files", y="alike", ax=ax, legend=ax is axes[0], **looks)
        ax.axhline(no_file[name], ls="--", c=nl.plots.COLORS["muted"])
        ax.set(xscale="log", ylim=(0, 1.03), xlabel="files", title=title)
        ax.set_xticks([1, 4, 40], [1, 4, 40])
    axes[0].set_ylabel("rank correlation with the original")
    axes[0].text(1, no_file["line"] - 0.08, "a stranger without a file")
nl.plots.caption(
    axes,
    "Three panels, an original each, with the rank correlation of two copies and the"
    " original over the number of files. A line: the copying line is at 1 from the first"
    " file on. Trees: the copying trees come close, the closer the more files there are,"
    " and the line does not. A wild forest: the same, further below. A dashed line marks a"
    " stranger without a file, below the better copy in all three.",
)
plt.show()

# %% [markdown]
# A line is stolen whole, by whoever tries a line: from one file, and for every week to
# come. (That is nearly by construction: a line of 42 features has 43 numbers, and a file
# has thousands of rows.) Neither forest is stolen whole, but approached, and the more files
# there are the nearer; the wild one, which has learned by heart, least. A line that copies
# a forest gets about as far as a stranger without any file. So it is not the file alone
# that decides, and you do not choose who copies.
#
# And what are the copies worth? (From forty files, in the weeks after them.)

# %%
pairs = {"line": "line by line", "trees": "trees by trees", "wild": "wild by trees"}
scored = next_weeks.dropna(subset="target")
worth = nl.scoring.corr(scored, [*pairs, *pairs.values()]).mean()
worth = {k: {"original": worth[k], "its copy": worth[c]} for k, c in pairs.items()}
weeks_here, weeks_before = scored["era"].nunique(), judged["era"].nunique()
print(f"{weeks_here} weeks, where section 1 had {weeks_before}")
pd.DataFrame(worth).T.round(3)

# %% [markdown]
# (Your trees score otherwise here than in section 1. It is the same model: these are the
# last of those weeks, kinder to it.) No copy scored clearly worse here. What it could not
# learn from you may have been noise that your model had learned by heart.
#
# Could you hide something before you hand it over? Round the ranks to a few steps, say, or
# neutralise the file to the features ({lesson:feature_risk}), so that all that a line could
# copy is gone.
#
# **Predict before you run.** What does each do to your own score, and to the likeness of an
# imitation from four files to your *model*? (Some ten seconds.)

# %%
ranks = weeks.groupby("era")["trees"].transform(nl.eras.average_rank)  # as in section 1
rest = nl.scoring.neutralize(weeks.assign(handed=ranks), "handed", features)["handed"]
handed = {"ranks": ranks, "eleven steps": ranks.round(1), "two halves": ranks.round()}
handed, own, close = handed | {"neutralised": rest}, {}, {}
for name, file in handed.items():
    weeks["handed"] = file
    own[name] = nl.scoring.corr(weeks.loc[scored.index], "handed")["handed"]
    close[name] = alike("trees", imitate("handed", copiers["trees"], 4))
lost = pd.DataFrame(own).rsub(own["ranks"], axis=0)
error = (lost.std() / np.sqrt(nl.scoring.effective_rounds(lost))).fillna(0)
table = pd.DataFrame({"copy and model alike": close, "CORR lost": lost.mean()})
table.assign(**{"± error": error}).round(3)

# %% [markdown]
# (± is the standard error, which allows for overlap.) Rounding hides next to nothing. Even a
# file that says no more of each stock than *upper half* or *lower half* gives most of the model
# away: what it lacks in detail it makes up in rows. Neutralising hides more, as the copier can
# learn only what is handed over. But only what is handed over is scored, too: what you keep
# from the thief you keep from the buyer. (How much that costs, twenty weeks hardly tell.)
#
# So: **can they steal it?** Numerai, who alone gets your files, could imitate what your
# model does, though not how you made it, and not what you will change. It hardly needs
# to: it has your ranking every round, which is what it rewards you for. The imitation is
# worth something on the day you stop.
#
# > **In the real tournament** there are thousands of features and much larger models, so
# > these figures are not Numerai's. The experiment has shown that files do leak, and what
# > it depends on.

# %% quiz="submission"

# %% [markdown]
# ## In this notebook you
#
# - turned predictions into a file that Numerai takes, and found every fault of those that
#   it refuses;
# - handed a file in with the official client, and saw each refusal once;
# - measured how much of a model its predictions give away, and read all of it in a pickle.
#
# The library does it in three words, `make`, `validate` and `upload` of
# `nl.models.submission`. The real rules and deadlines stand in Numerai's
# [documentation](https://docs.numer.ai).
