# ---
# jupyter:
#   numlearn:
#     question: What do I do in my first week?
#     minutes: 38
#     objectives:
#       - take a model of your own from the download to a submission that arrived, without a stake
#       - say how long a record must be before it tells skill from luck
#       - name what to look at after one month, three months and a year, and what would make a stake worth it
#     needs: ["{lesson:submission}", "the report card of {lesson:capstone}"]
#     claims: [S44, S48]
# ---

# %% [markdown]
# You have been once around the triangle, in a market that we made. This last page is about
# the real one: your first week, a day at a time. Nothing costs anything or needs a stake.
#
# 1. **An account and two keys.** Done when the client lists your model.
# 2. **The data.** Done when you know what fits into memory.
# 3. **Train, leave a gap.** Done when no week is both learned and judged.
# 4. **The report card.** Done when you know how long to wait.
# 5. **Hand in, automate.** Done when the open round has your file.
#
# All of it runs as it stands, as a *rehearsal*: a tournament on this computer
# ({lesson:submission}) has files of Numerai's exact shape, with few rows. **One line
# decides:** with `rehearsal = False`, and a fresh start of the notebook, the same cells and
# the same official client are your real first week.
#
# > **Caution.** The rehearsal's market is made up, and its scores mean nothing. Nothing here
# > is financial advice.
#
# (The files are made now, in some twenty seconds.)

# %%
import os
import tempfile
from contextlib import nullcontext
from pathlib import Path

from numlearn.tournament import TournamentServer

rehearsal = True  # the one line: False is the real tournament
version, name = "v5.3", "my_first_model"
tournament, room = nullcontext(), Path.cwd()
if rehearsal:
    room = Path(tempfile.mkdtemp())
    files = nl.world.make(room / "files", eras=100, rows=200, like=version)
    tournament = TournamentServer(files, version=version, models=[name])
    os.environ["NUMLEARN_CACHE"] = str(room / "cache")  # apart from your real files
    os.environ["NUMERAI_PUBLIC_ID"] = tournament.public_id
    os.environ["NUMERAI_SECRET_KEY"] = tournament.secret_key
print(*sorted(path.name for path in room.glob("files/*")), sep=", ")

# %% [markdown]
# ## Day 1. An account and two keys
#
# Sign up at numer.ai, and give a model a name: the one in the first cell, or change it there.
# Then, under *Account Settings* and *Automation*, create an API key (so in August 2026). It
# has two parts, a public id and a secret key; the secret one is shown once.
#
# A key may do what you tick, its **scopes**. For this page three are enough: upload
# submissions, view submission info, view user info. Leave staking and deleting out: what a
# key cannot do, no thief of it can do either.
#
# Never write keys into a notebook, which is saved, mailed and published with all that stands
# in it. They belong into the environment, before Jupyter starts:
#
# ```
# export NUMERAI_PUBLIC_ID="…" NUMERAI_SECRET_KEY="…"
# ```
#
# In Colab: its *Secrets* panel, `from google.colab import userdata`, and
# `os.environ[name] = userdata.get(name)` for both.
#
# **Predict before you run.** A stranger without keys, and you with yours, ask which round is
# open, which files there are, and which models you have. Who gets which answer?

# %%
from numerapi import NumerAPI

with tournament:
    me, stranger = NumerAPI(verbosity="CRITICAL"), NumerAPI(verbosity="CRITICAL")
    stranger.token = None  # the client has read your keys from the environment
    seen = stranger.get_current_round(), len(stranger.list_datasets())
    print("a stranger: round {} is open, with {} files".format(*seen))
    try:
        stranger.get_models()
    except ValueError as refusal:
        print("a stranger:", refusal)
    print("you:", *me.get_models())
    for key in me.get_account()["apiTokens"]:
        print("the key", key["name"], "may:", *key["scopes"])

# %% [markdown]
# Rounds and data are open to everybody: you could begin without any account. Only what is
# yours asks for keys. If `stake` or `web3_staking` stands behind your key, make another one.
# And if a key has got out, revoke it on the same page: that ends it, wherever the copy is.

# %% [markdown]
# ## Day 2. The data that you need
#
# A version has a dozen files. You need six: the names of the features, the past to learn
# from, the past to be judged on, this round's stocks, and two to compare with, the metamodel
# and the benchmark models. On the real tournament this is a download for an evening, once. If
# the line breaks, call it again: it checks what has come, and what is whole does not come
# twice. Only the live file is new in every round.
#
# **Predict before you run.** The real files have the rows of August 2026 below. A feature is
# a whole number from 0 to 4, a byte in memory. How much of 16 GB does each set of features
# take? And how large is the file, where each of five equal bins takes 2.3 bits?

# %%
import numpy as np
import pandas as pd

wanted = ["features.json", "train.parquet", "validation.parquet", "live.parquet"]
wanted += ["meta_model.parquet", "validation_benchmark_models.parquet"]
with tournament:
    nl.data.download(version, wanted, progress=None if rehearsal else True)
sets, targets = nl.data.feature_sets(version), nl.data.target_names(version)
print(f"{len(sets['all']):,} features in {len(sets)} sets, {len(targets)} targets")
rows = pd.Series({"train": 2_746_268, "validation": 4_114_072})
used = ["small", "medium", "all"]
gigabytes = pd.DataFrame({f"{s}, in memory": rows * len(sets[s]) / 1e9 for s in used})
gigabytes["file, about"] = gigabytes["all, in memory"] * np.log2(5) / 8
gigabytes.round(1)

# %% [markdown]
# Gigabytes. Begin with the small set, which fits anywhere. The medium one is four times as large
# as soon as something turns it into floats, and training may. All features do not fit, nor need
# they: `nl.data.load` reads only
# the columns that you name, and with `every=4` only every fourth week. The live file, of some
# seven thousand rows, hardly counts.

# %% [markdown]
# ## Day 3. Train, and leave a gap
#
# Two things are easily done wrong here. The first is the target. Paid is the score on
# `target_ender_60` since round 1343 (August 2026). The column that is just called `target`
# was another one in the version before: always say which.
#
# The second is the gap. Validation begins with the week after the last one for training. But
# the last targets that you learn look 60 trading days ahead: twelve weeks, far into those on
# which you judge ({lesson:models}). Numerai's benchmark models leave 16 weeks out
# (documentation, April 2026).
#
# The model here is the tutorial's with fewer trees. Replace it by yours, that of
# {lesson:capstone} or a better one: what follows needs only `mine`, a prediction for each row
# by its id.

# %%
target, features = "target_ender_60", sets["small"]
past = nl.data.load("train", features, targets=[target], source=version)
past = past.dropna(subset=target)
my_model = nl.models.baseline("example", n_estimators=200, learning_rate=0.05, n_jobs=1)
my_model.fit(past[features], past[target])
judged = nl.data.load("validation", features, targets=[target], source=version)
weeks = judged["era"].unique()
judged = judged[judged["era"].isin(weeks[16:])].dropna(subset=target)
mine = pd.Series(my_model.predict(judged[features]), judged.index, name="prediction")
print("learned to week", past["era"].max(), "and judged from", judged["era"].min())

# %% [markdown]
# ## Day 4. The report card, and how much to believe of it
#
# One call makes the card of {lesson:capstone} from Numerai's own files
# (`numlearn report predictions.parquet --source v5.3` in a terminal), and writes it as a page.
# On the real ones that takes some minutes.

# %%
card = nl.report_card(mine, source=version)
card.write(room / "my_card.html")
card

# %% [markdown]
# On these few rows the interval holds nearly anything. On the real files you have about six
# hundred weeks, and yet the card flatters: you have chosen your model by looking at them. The
# rounds to come are the only ones that you cannot have seen. So how long must you watch?
#
# Here is the public record of Numerai's own tutorial model: 355 daily rounds, a mean CORR over
# 20 days of .0107, and a scatter of .0191 ({lesson:risk}). Take models that know nothing, with the same
# scatter. A 60-day target shares days with those of twelve weeks, so their luck does, too.
#
# **Predict before you run.** After four weeks, thirteen and fifty-two: how many of a hundred
# that know nothing stand above a mean of .0107, right of the line?


# %%
def luck(overlap, rounds=260, models=4_000):
    """Draw scores without skill, of scatter 1; so many neighbours share days."""
    shocks = np.random.default_rng(0).normal(size=(rounds + overlap - 1, models))
    shared = pd.DataFrame(shocks).rolling(overlap).sum().dropna() / np.sqrt(overlap)
    return shared.set_axis(range(1, rounds + 1))


mean, scatter = 0.0107, 0.0191
so_far = {overlap: luck(overlap).expanding().mean() for overlap in (1, 4, 12)}
bounds = {k: v.quantile([0.025, 0.975], axis=1).T for k, v in so_far.items()}

# %%
import matplotlib.pyplot as plt
import seaborn as sns

with nl.plots.style():
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.4), sharex=True, sharey=True)
    for ax, week, title in zip(axes, [4, 13, 52], ["A month", "A quarter", "A year"]):
        chance = scatter * so_far[12].loc[week]
        hills = pd.DataFrame({"knows nothing": chance, "skilled": chance + mean})
        sns.histplot(hills, bins=30, element="step", ax=ax, legend=ax is axes[2])
        ax.axvline(mean, color=nl.plots.COLORS["ink"], lw=1)
        ax.set_title(f"{title}: {100 * (chance > mean).mean():.0f} of 100 by luck")
        ax.set(xlabel="mean CORR so far", ylabel="models", ylim=(0, 680))
    sns.move_legend(axes[2], "upper right", title=None)
nl.plots.caption(
    axes,
    "The mean CORR of models that know nothing and of skilled ones after 4, 13 and 52 weeks:"
    " two wide hills that become narrower, and overlap in all three pictures. A line marks"
    " the true mean of the skilled ones.",
)
plt.show()

# %% [markdown]
# After a month the two hills are nearly one, and after three months hardly less so: thirteen
# weeks of a 60-day score are worth one or two. Even after a year they overlap. (And a final
# score comes three months late: the month's picture is one of your fourth month.)
#
# ### Exercise: weeks_needed
#
# Write `weeks_needed(mean, scatter, overlap)`: the mean of the weekly scores, their standard
# deviation, and how many neighbouring weeks share days. `n` weeks are worth `n / overlap`, so
# the mean's standard error is `scatter / sqrt(n / overlap)`. Return the smallest whole number
# of weeks after which the mean is at least two standard errors, and `np.inf` if it is not
# above zero. For `weeks_needed(0.0107, 0.0191, 12)`:
#
# ```
# 153
# ```


# %% exercise="weeks_needed"
def weeks_needed(mean, scatter, overlap):
    """Return after how many weeks a mean stands two standard errors above zero."""
    # BEGIN SOLUTION
    if mean <= 0:
        return np.inf
    return np.ceil(overlap * (2 * scatter / mean) ** 2)
    # END SOLUTION


# %% [markdown]
# Now with your own numbers. The band below holds 95 of 100 models that know nothing, week by
# week; the line is your mean. Move `mean` and `scatter` to those of your card. Then look where
# the line leaves the band; and what becomes of that week if you set `overlap` to 4, as of a
# 20-day score, or to 1, as if every week stood alone.


# %%
def band(mean=0.011, scatter=0.019, overlap=12):
    """Draw the band of chance alone, and a mean."""
    low, high = (scatter * bounds[overlap]).to_numpy().T
    inside = np.flatnonzero(high >= mean)
    left = inside[-1] + 2 if len(inside) else 1
    told = f"after {left} weeks" if left < 260 else "not in five years"
    with nl.plots.style():
        _, ax = plt.subplots(figsize=(8, 3.4))
        ax.fill_between(range(1, 261), low, high, alpha=0.3)
        ax.axhline(mean, color=nl.plots.COLORS["ink"])
        ax.set_title(f"A mean of {mean:.3f} leaves the band of luck {told}")
        ax.set(xlabel="weeks of record", ylabel="mean CORR so far", ylim=(-0.05, 0.05))
        ax.set_xticks([4, 13, 26, 52, 104, 156, 208, 260])
    nl.plots.caption(ax, "A band that narrows over five years, and a level line.")
    plt.show()


nl.plots.explore(
    band, mean=(0.0, 0.04, 0.001), scatter=(0.01, 0.03, 0.001), overlap=[1, 4, 12]
)

# %% [markdown]
# The tutorial's mean needs between two and three years (the exact week of the title
# moves with the draw, by some ten weeks). With an overlap of 1 it would seem proven within months: that is the
# error of those who count every week. No record of 60-day scores is that long yet; the scatter
# is that of 20-day ones, the best there is.
#
# And there is a trap in watching itself. The band is for *one* look, at a week that you have
# fixed. You will look every week.
#
# **Predict before you run.** A hundred models that know nothing, watched weekly from week 13
# on. How many stand above two standard errors after one, three and five years? How many have
# stood there at least once? First the scatter is known, which it never is. Then everybody
# takes it from their own scores so far, as you will.

# %%
error = 1 / np.sqrt(so_far[12].index / 12)
own = luck(12).expanding().std()
proven = {"scatter known": so_far[12].gt(2 * error, axis=0)}
proven["own scatter"] = so_far[12] > own.mul(2 * error, axis=0)
rows = {}
for known, above in proven.items():
    for years in (1, 3, 5):
        watched = above.loc[13 : 52 * years]
        seen = {"at the end": watched.iloc[-1], "at least once": watched.any()}
        seen = {(known, when): 100 * models.mean() for when, models in seen.items()}
        rows[years] = rows.get(years, {}) | seen
pd.DataFrame(rows).T.round().astype(int).rename_axis("years, of 100")

# %% [markdown]
# With the scatter known it is at the end as few as two standard errors promise; at some time it is
# about twice as many within a year, and several times as many within five. With their own
# scatter about twice as many stand there after a year, and one in five has stood there at least
# once: a few months of scores that share their days lie close together, and look surer than they
# are. That is your case. So write down today when you will look, and by which rule. (4,000
# models; the standard errors are below one in a hundred. And these are final scores: those of
# open rounds, which you see daily, say less still.)

# %% [markdown]
# ## Day 5. Hand in, look, automate
#
# Download the open round, predict, make the file, hand it in: four lines, and no stake
# anywhere. Before it sends anything, `upload` looks for faults. (On the real tournament it
# refuses while no round is open, which is most of the day: see below.)


# %%
def hand_in():
    """Predict the open round, and hand it in; return the submission's id."""
    nl.data.download(version, "live.parquet", progress=None)
    live = nl.data.load("live", features, source=version)
    raw = pd.Series(my_model.predict(live[features]), live.index)
    return nl.models.submission.upload(nl.models.submission.make(raw), name)


with tournament:
    number = hand_in()
    model_id = me.get_models()[name]
    arrived = me.get_submission_filenames(model_id=model_id)
    open_round, stake = me.get_current_round(), me.stake_get(name)
print("arrived:", any(one["round_num"] == open_round for one in arrived))
print("stake:", stake)

# %% [markdown]
# *Arrived* is what you look at every day, and not the score. Two things go wrong sooner or
# later. In the rehearsal they can be ordered.

# %%
import textwrap


def tried():
    """Return what handing in comes to."""
    try:
        return "taken" if hand_in() else "lost"
    except ValueError as refusal:
        return textwrap.fill(str(refusal), 86, subsequent_indent="    ")


if rehearsal:
    with tournament:
        tournament.misbehave("drop", on="uploads")
        print("the line breaks:", tried())
        for is_open in (False, True):
            tournament.round_open = is_open
            print("open:" if is_open else "closed:", tried())

# %% [markdown]
# A line that breaks: run it again, the last file counts. A round that is closed: from Tuesday
# to Friday it is open for an hour, not before 12:00 and to 13:00 UTC at the least, and over
# the weekend from Saturday to Sunday (August 2026; times vary). (Our `upload` refuses
# then. Numerai itself takes a late file: scored, but not staked, and not in the metamodel.) So
# nobody does this by hand. Two ways:
#
# - **A clock on your computer.** Put the cells above into a script. On Linux and Mac a line
#   of `crontab` runs it daily: `20 12 * * 2-6 python my_week.py` (in UTC). Let it wait for
#   `me.check_round_open()`, as rounds may open late. It needs the keys, as cron does not read
#   your shell's; and your computer has to be on.
# - **A pickle** ({lesson:submission}): Numerai runs your model every round, on one core with 4
#   GB and for at most ten minutes. Whoever has the pickle has the model.


# %%
def predict(live_features):
    """Return this round's predictions, as a pickle must."""
    raw = pd.Series(my_model.predict(live_features[features]), live_features.index)
    return ((raw.rank() - 0.5) / len(raw)).to_frame("prediction")


if rehearsal:  # take the `if` away when you want Numerai to have your model
    path, live = room / "my_model.pkl", nl.data.load("live", source=version)
    nl.models.submission.write_pickle(predict, path)
    rows_predicted = len(nl.models.submission.run_pickle(path, live))
    with tournament:
        nl.models.submission.upload_pickle(path, name)
    print(f"tried on {rows_predicted} rows as Numerai would, and handed in")

# %% [markdown]
# ### Exercise: missed_rounds
#
# After some weeks, ask your log. Write `missed_rounds(rounds, uploads)`: `rounds` is a table
# by number with the columns `opens` and `closes` (moments in UTC, in any order, other columns
# may stand there), `uploads` a Series of moments. Return a list of the numbers of the rounds
# in whose window nothing was uploaded, in any order; both ends of a window are in time. For
#
# ```
#                   opens              closes        uploads
# 1345   2026-09-01 12:00    2026-09-01 13:00    0   2026-09-01 12:25
# 1346   2026-09-02 12:00    2026-09-02 13:00    1   2026-09-02 13:07
# ```
#
# it returns
#
# ```
# [1346]
# ```


# %% exercise="missed_rounds"
def missed_rounds(rounds, uploads):
    """Return the rounds in whose window nothing was uploaded."""
    # BEGIN SOLUTION
    missed = []
    for number, opens, closes in zip(rounds.index, rounds["opens"], rounds["closes"]):
        if not uploads.between(opens, closes).any():
            missed.append(number)
    return missed
    # END SOLUTION


# %% [markdown]
# ## Week 2 and later: what to look at, and what not
#
# Now comes the hard part, which is to wait. After a month there is nothing to see: a round is
# final about three months after it opened, and `nl.staking.history` says so. In the rehearsal
# we skip half a year: 130 daily rounds of a model with the tutorial's CORR, and an MMC whose
# true mean is **zero**. (On the real tournament, come back to this cell then.)
#
# **Predict before you run.** The first 66 of these rounds are final. How many independent ones
# are they worth? And will the interval of MMC hold the zero?
#
# > **Then and now.** In March 2021 a round opened once a week, and its first score came on
# > the Thursday after, the last one within a month. Today a round opens on five days of the
# > week, and since August 2026 it takes three months. What newcomers were told in 2021 has not
# > changed: stake nothing, or very little, for a while.

# %%
if rehearsal:
    days = luck(60, rounds=130, models=2) * [scatter, scatter / 2] + [mean, 0]
    for passed, (corr, mmc) in enumerate(days.to_numpy()):
        scores = {"corr60": corr, "mmc60": mmc, "resolved": passed < 66}
        tournament.publish_scores(name, 1343 + passed, **scores)
with tournament:
    record = nl.staking.history(name, "2026-08", refresh=True)
summary = nl.scoring.summary(record, level=0.9)
summary[["rounds", "effective_rounds", "mean", "mean_low", "mean_high"]].round(3)

# %% [markdown]
# 66 rounds that share sixty days are worth little more than one, and the estimates are too high.
# So both intervals are too sure of themselves ({lesson:scoring}): in this draw that of MMC lies
# above zero, and that of CORR below the true .0107. The scores of unfinished
# rounds, which the website shows daily, all swing together and say less still.
#
# - **Daily:** did the file arrive? Leave today's score alone.
# - **One month:** how many rounds were missed? Leave means and places alone.
# - **Three months:** are the first final rounds of the kind that your card's weeks were? Far
#   below the worst of them, look for a mistake: a gap forgotten, features in another order.
# - **Half a year:** is MMC above or below zero? Even that is one or two rounds' worth.
# - **A year:** the mean of what is paid, with its error, by the rule that you wrote down.
#
# A model's scores stay for good; only a new model begins anew (documentation, August 2026). So
# give an experiment a name of its own.

# %% [markdown]
# ## What would make it worth staking
#
# Nothing in the first months. Later: a rule that stood there before the record did. Here is that
# of {lesson:capstone} for daily rounds of 60 days, as a list of what still speaks against it.
#
# ### Exercise: reasons_to_wait
#
# Write `reasons_to_wait(scores, missed)`: `scores` has a line for each final round and the
# columns `corr` and `mmc`; `missed` is the number of rounds that were missed. Paid is three
# times CORR plus fifteen times MMC. Return a list of those of the following that hold, in any
# order:
#
# - `"short"`: there are fewer than 250 rounds, about a year;
# - `"unproven"`: the mean of what is paid is not above two standard errors (pandas' `.std()`, a
#   record being worth a sixtieth of its rounds; one round proves nothing);
# - `"not needed"`: the mean MMC is not above zero;
# - `"unreliable"`: more than one in twenty of all rounds, scored or missed, were missed.
#
# For three rounds with CORR `[.02, .03, -.01]` and MMC `[.001, .004, -.008]`, and 1 missed:
#
# ```
# ['short', 'unproven', 'not needed', 'unreliable']
# ```


# %% exercise="reasons_to_wait"
def reasons_to_wait(scores, missed):
    """Return which of four reasons not to stake yet a record gives."""
    # BEGIN SOLUTION
    reasons = []
    paid = 3 * scores["corr"] + 15 * scores["mmc"]
    error = paid.std() / np.sqrt(len(scores) / 60)
    if len(scores) < 250:
        reasons.append("short")
    if not paid.mean() > 2 * error:
        reasons.append("unproven")
    if not scores["mmc"].mean() > 0:
        reasons.append("not needed")
    if missed / (len(scores) + missed) > 0.05:
        reasons.append("unreliable")
    return reasons
    # END SOLUTION


# %% [markdown]
# An empty list is no reason to stake. It says that nothing of *this* speaks against it. Then
# come the questions of {lesson:risk}: what can you afford to lose, for three months in which you
# cannot get it out, in a coin with a price of its own? Many good models will never pass, and
# are no worse for it.

# %% [markdown]
# ## Why do it at all?
#
# Not for the money: there may be none, and this course promises nothing. But there are reasons.
#
# - **You learn.** Few problems are as honest: real data, hardly any signal, and all the ways of
#   fooling yourself that you have met here.
# - **You are told the truth.** A score on days that had not happened when you predicted them
#   cannot be argued with, and you cannot have peeked. Hardly any course, job or competition
#   gives that, daily and for as long as you like.
# - **It is free.** Data, scores and the record, without a stake, as long as you like (FAQ,
#   August 2026).
# - **You are not alone.** The others want the metamodel to be good as well.
#
# And if after years your model turns out to know nothing, you have found that out, and it cost
# you no more than your time.

# %% quiz="first_week"

# %% [markdown]
# ## In this notebook you
#
# - took a model from the download to a submission that arrived, and saw how it fails;
# - worked out how long a record must be before it tells skill from luck, and what looking
#   often does;
# - wrote down what to look at and when, and what still speaks against a stake.
#
# Change the one line, and begin: [numer.ai](https://numer.ai), the
# [documentation](https://docs.numer.ai), and the people on the
# [forum](https://forum.numer.ai).
