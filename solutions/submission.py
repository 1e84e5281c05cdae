# ---
# jupyter:
#   numlearn:
#     question: What exactly do I hand over, and can they steal my model?
#     minutes: 40
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
my_file.head(4).round(3)

# %% [markdown]
# That table is what you hand over: for each stock a made-up id and a number. All of it,
# beside a glimpse of what you know and they do not:

# %%
import matplotlib.pyplot as plt
import seaborn as sns

used = sorted(my_model.booster_.feature_importance(), reverse=True)
with nl.plots.style():
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.2))
    axes[0].bar(range(len(used)), used)
    axes[0].set(xlabel="feature, most used first", ylabel="times used by a tree")
    axes[0].set_title("What you know")
    sns.histplot(my_file["prediction"], bins=20, binrange=(0, 1), alpha=1, ax=axes[1])
    axes[1].set(xlabel="prediction", ylabel="number of stocks")
    axes[1].set_title("What you hand over: flat")
nl.plots.caption(
    axes,
    "Left, bars of how often each of 42 features is used by the model, falling; right,"
    " the histogram of the submitted predictions, which is flat.",
)
plt.show()

# %% [markdown]
# ## 1. From predictions to a file
#
# The right-hand picture is the same for every model in the world: ranks are spread evenly,
# whoever made them. So it seems that nothing leaks. Is that true? We come to it in section
# 4, as soon as you can hand in a file at all.
#
# A model's predictions may be any numbers. A submission's must lie between 0 and 1, and
# only their order counts ({lesson:scoring}). So rank them, as CORR does itself:
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
# The raw predictions huddle around the middle of the target, as those of an honest model
# of a noisy thing must. The ranks use the whole range, and the score is the same, because
# it ranks anyway: that holds by construction. Era by era, for a submission is one era.
#
# > **Then and now.** In March 2021 there was a new round a week, and a file held the rows
# > of the whole validation and test set beside the live ones. Since April 2022 the live ids
# > are enough. Since October 2022 a round opens on five days of the week; history still
# > comes in weekly eras.

# %% [markdown]
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
# **Predict before you run.** The last table has two faults. Which?

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
# All else the library tells at once, as Numerai does.
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
# on one core with 4 GB. `run_pickle` tries it as they would: in a fresh process, which
# has nothing of yours but the pickle.


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
# train an **imitation** whose target is your predictions.


# %%
weeks = nl.data.load("validation")
weeks["mine"] = my_model.predict(weeks[features])
weeks["mine"] = weeks.groupby("era")["mine"].transform(nl.eras.average_rank)
known, later = weeks["era"].unique()[:40], weeks["era"].unique()[40:]


def imitate(files, column="mine", weeks=weeks):
    """Return a model trained on the latest so many files, and nothing else."""
    changes = {"n_estimators": 150, "learning_rate": 0.15, "n_jobs": 1}
    seen = weeks[weeks["era"].isin(known[-files:])]
    return nl.models.baseline("example", **changes).fit(seen[features], seen[column])


# %% [markdown]
# The imitation never sees a target. For comparison, a rival who has no file of yours, but
# trains a model like yours on as many *other* eras with their real targets, as anyone can.
#
# **Predict before you run.** One file against forty of them. How alike (rank correlation,
# week by week) will imitation and model be in the weeks that follow?

# %%
next_weeks = weeks[weeks["era"].isin(later)].copy()
data_train = nl.data.load("train").dropna(subset="target")
all_eras = data_train["era"].unique()
others = data_train[data_train["era"].isin(all_eras[2::4])]
rival = nl.models.baseline("example", n_estimators=200, learning_rate=0.05, n_jobs=1)
rival.fit(others[features], others["target"])
next_weeks["no file"] = rival.predict(next_weeks[features])
counts = {"1 file": 1, "4 files": 4, "13 files": 13, "40 files": 40}
for name, files in counts.items():
    next_weeks[name] = imitate(files).predict(next_weeks[features])


# %%
def alike(panel, column, names):
    """Return the mean rank correlation of a column with others, over eras."""
    ranks = panel.groupby("era")[[column, *names]].rank()
    eras = ranks.groupby(panel["era"])
    return eras.apply(lambda e: e[names].corrwith(e[column])).mean()


everyone = ["mine", "no file", *counts]
table = pd.DataFrame({"alike": alike(next_weeks, "mine", everyone[1:])})
scored = next_weeks.dropna(subset="target")
table = table.reindex(everyone)
table["CORR"] = nl.scoring.corr(scored, everyone).mean()
table.round(3)

# %%
likeness = table.loc[list(counts), "alike"]
with nl.plots.style():
    ax = plt.figure(figsize=(7, 3.4)).subplots()
    ax.plot(list(counts.values()), likeness, marker="o", label="imitation")
    muted = nl.plots.COLORS["muted"]
    ax.axhline(table.loc["no file", "alike"], ls="--", c=muted, label="no file")
    ax.set(xscale="log", ylim=(0, 1), xticks=list(counts.values()))
    ax.set_xticklabels(counts)
    ax.set(
        xlabel="files that the stranger has", ylabel="rank correlation with my model"
    )
    ax.set_title("One file tells most of what a simple model does")
    ax.legend()
nl.plots.caption(
    ax,
    "The likeness of an imitation to the model over the number of files: high from the"
    " first file on and rising slowly, well above the dashed line of a rival without.",
)
plt.show()

# %% [markdown]
# One file is enough for most of it, and forty add little. Look at the column CORR in the
# table above, too: the imitation need not score worse than its original. What it could not
# learn from you was, in good part, noise that your model had learned by heart.
#
# Is that because the model is simple? Take three kinds, each trained on three different
# sets of eras, each imitated from four files.

# %%
some_weeks = weeks[weeks["era"].isin([*known[-4:], *later])].copy()


def imitated(kind, changes, start):
    """Train a model, imitate it from four files; return likeness and both CORRs."""
    own = data_train[data_train["era"].isin(all_eras[start::6])]
    original = nl.models.baseline(kind, **changes).fit(own[features], own["target"])
    some_weeks["model"] = original.predict(some_weeks[features])
    panel = some_weeks[some_weeks["era"].isin(later)].copy()
    panel["copy"] = imitate(4, "model", some_weeks).predict(panel[features])
    corr = nl.scoring.corr(panel.dropna(subset="target"), ["model", "copy"]).mean()
    return [alike(panel, "model", ["copy"])["copy"], corr["model"], corr["copy"]]


# %%
tame = {"n_estimators": 100, "learning_rate": 0.1, "n_jobs": 1}
wild = tame | {"max_depth": -1, "num_leaves": 63}
kinds = {"line": ("linear", {}), "trees": ("example", tame), "wild": ("example", wild)}
columns = ["alike", "CORR of the model", "CORR of its imitation"]
rows = {}
for name, kind in kinds.items():
    found = pd.DataFrame([imitated(*kind, start) for start in range(3)])
    mean, std = (found.agg(how).map("{:.3f}".format) for how in ("mean", "std"))
    rows[name] = mean + " ± " + std
pd.DataFrame(rows, index=range(3)).T.set_axis(columns, axis=1)

# %% [markdown]
# The simpler the model, the more of it one can see from outside: a line most, a wild
# forest least. But the secrets of the wild one are no treasures: compare the two columns of
# CORR.
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
