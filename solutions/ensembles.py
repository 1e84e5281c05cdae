# ---
# jupyter:
#   numlearn:
#     question: Which target should I learn?
#     minutes: 39
#     objectives:
#       - train one model a target, and judge all of them by the target that is paid
#       - blend models that speak on different scales, and compare only blends of equal size
#       - choose targets from the past alone, and say what the choice is worth later
#     needs: ["lessons {number:scoring} and {number:models}"]
#     claims: [S9]
# ---

# %% [markdown]
# You are scored on one target. The data come with several. Nobody says what they mean, only
# how many days they look ahead: 20 or 60. Is it a trap, a gift, or a distraction?

# %% worlds=[20, 21, 22, 23, 24]
world = nl.world.World.build(seed=seed, eras=321, features=42)
past = world.panel(range(1, 97, 2))
future = world.panel(range(113, 321), resolved=True)

# %%
targets = [name for name in nl.data.target_names() if name != "target"]
past = nl.data.load("train", targets="all", every=2)
past[targets].corrwith(past["target"]).round(2)

# %% [markdown]
# `target` itself is `target_ada_20` under another name. The others are cousins: the same
# stocks, other days, and other things taken out of the return. Learning a cousin seems
# foolish. Unless it shows you more clearly what you want to know.
#
# > **Then and now.** In 2021 there was one target, which the documents called Nomi. Since
# > then the data have grown to 41 columns of them (version 5.2), with names instead of
# > meanings, and what is paid has moved: Nomi until May 2023, then Cyrus, from January 2026
# > Ender, and since August 2026 Ender over 60 days. Their meaning is as veiled as ever.
#
# ## 1. One model a target
#
# The same model six times, each with another target to learn. All six are judged by what is
# paid, `target`. One precaution: the 60 days of the last training era reach into the
# validation eras. So we leave out the first 16 of those, as Numerai does.
#
# **Predict before you run.** Which of the six will predict `target` best? (Some seconds.)

# %%
future = nl.data.load("validation", targets="all", eras=range(113, 157))
future = future.dropna(subset="target")
settings = {"n_estimators": 60, "learning_rate": 0.1, "n_jobs": 1}
model = nl.models.baseline("example", **settings)
predictions = nl.models.fit_predict(model, past, future, targets)
scores = nl.scoring.corr(future, predictions)

# %%
import numpy as np
import pandas as pd

ahead = scores.sub(scores["target_ada_20"], axis=0)
error = ahead.std() / np.sqrt(nl.scoring.effective_rounds(ahead))
table = {"CORR": scores.mean(), "ahead of ada_20": ahead.mean(), "± error": error}
pd.DataFrame(table).fillna(0).sort_values("CORR", ascending=False).round(4)

# %% [markdown]
# The one that learned the paid target need not stand at the top. But look at the errors
# before you believe it (± is the standard error of a mean over eras, which allows for
# overlap, {lesson:scoring}): over these eras no lead is twice as large as its own error.
#
# How much of that is the target, and how much the dice? The model draws which features each
# tree may use. Roll again: five more models of the *same* target (again some seconds).

# %%
seeds = {"seed 0": predictions["target_ada_20"]}
for seed in range(1, 6):
    again = nl.models.baseline("example", random_state=seed, **settings)
    seeds[f"seed {seed}"] = nl.models.fit_predict(again, past, future)["target"]
seeds = pd.DataFrame(seeds)
scores_seeds = nl.scoring.corr(future, seeds)

# %%
import matplotlib.pyplot as plt
import seaborn as sns

with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.2))
    means = scores.mean().sort_values(ascending=False)
    sns.stripplot(x=means, y=means.index, jitter=False, size=9, ax=ax)
    low, high = scores_seeds.mean().min(), scores_seeds.mean().max()
    band = {"alpha": 0.3, "color": nl.plots.COLORS["users"], "zorder": 0}
    ax.axvspan(low, high, label="six seeds", **band)
    ax.legend(loc="lower right")
    ax.set(xlabel="mean CORR with the target that is paid", ylabel="target learned")
    ax.set_title("Six targets, and six rolls of the dice")
nl.plots.caption(
    ax,
    "Points at the mean CORR of six models, one a target, and a band that shows how far"
    " six models of the paid target, alike but for the seed, lie apart.",
)
plt.show()

# %% [markdown]
# The band is luck: models that differ in nothing but a random seed. A point within it has
# shown nothing, one outside not much: it is one roll, too, in one world. The same code on
# five other worlds, with four years of later eras, run beforehand:

# %% keep="targets_and_seeds"
by_seed = scores_seeds.mean()
by_target = scores.mean().rename(lambda name: name.removeprefix("target_"))
{**by_target, "worst seed": by_seed.min(), "best seed": by_seed.max()}

# %% stored="targets_and_seeds"
nl.data.stored("targets_and_seeds").T.round(4)

# %% [markdown]
# One cousin is ahead of the paid target's worst seed in every world, though in only two of
# the five ahead of its luckiest seed: `ada_60`, with the same things taken out and three
# times the days. The likely reason is that these worlds pay, besides what fades in weeks,
# for traits that last for years, and sixty days show more of what lasts. Where all gain
# fades in days, sixty days would blur it. So this is a finding about worlds of this kind.
# Yours has to be measured.

# %% [markdown]
# ## 2. One scale for all
#
# Instead of choosing, one can let several models answer together, as an **ensemble**, and
# **blend** what they say. But listen to how loudly each of them speaks.

# %%
predictions.std().round(4)

# %% [markdown]
# A model that finds little keeps its numbers close to the middle. In a plain mean it would
# be drowned, whatever it knows. So give each model's predictions the same shape first, era
# by era: rank, then normal. Numerai does the same before it blends.
#
# **Predict before you run.** We multiply one model's predictions by a hundred. How alike are
# the blend and that one model then, by plain mean and by rank?

# %%
louder = predictions.assign(target_clara_60=100 * predictions["target_clara_60"])
loud = louder["target_clara_60"]
by_mean = louder.mean(axis=1).corr(loud)
by_rank = nl.models.blend(future, louder).corr(loud)
print(f"correlation of the blend with the loud model: plain mean {by_mean:.2f}")
print(f"                                              by rank    {by_rank:.2f}")

# %% [markdown]
# The plain mean has five members too many: it *is* the loud one. By rank it was .90 before,
# too, by construction: a hundred times as much is the same order.
#
# ### Exercise: rank_gauss
#
# Write `rank_gauss(predictions, era)`: two Series on one index go in, the predictions of a
# model and the era of each row; a Series on that index comes out. Within each era, rank what
# is there, `(rank - 0.5) / n` (equal ones share their mean rank), and give it a normal shape
# (with `scipy`; `nl.eras.gaussianize` would be the answer); a missing prediction becomes 0,
# which says nothing. For one era with the predictions
# `[3, 1, NaN, 2]`, rounded here:
#
# ```
# [0.967, -0.967, 0.0, 0.0]
# ```


# %% exercise="rank_gauss"
def rank_gauss(predictions, era):
    """Give predictions a normal shape within each era."""
    # BEGIN SOLUTION
    from scipy.stats import norm

    by_era = predictions.groupby(era)
    rank = (by_era.rank() - 0.5) / by_era.transform("count")
    return pd.Series(norm.ppf(rank), predictions.index).fillna(0.0)
    # END SOLUTION


# %% [markdown]
# ## 3. Blends of equal size
#
# Here is the blend of all six targets beside the model of the paid one. Each of the six now
# rolls dice of its own: if all drew the same features for their trees, they would be more
# alike than they need to be. (Six models again, and some seconds.)

# %%
own_seed = {}
for seed, name in enumerate(targets):
    again = nl.models.baseline("example", random_state=seed, **settings)
    own_seed[name] = nl.models.fit_predict(again, past, future, [name])[name]
own_seed = pd.DataFrame(own_seed)
blends = {"one model": predictions["target_ada_20"]}
blends["six targets"] = nl.models.blend(future, own_seed)
blends["six of ada_20"] = nl.models.blend(future, seeds)
scores_blends = nl.scoring.corr(future, pd.DataFrame(blends))
summary = nl.scoring.summary(scores_blends[["one model", "six targets"]])
summary[["mean", "std", "sharpe"]].round(4)

# %% [markdown]
# That is how ensembles of targets are usually advertised: six against one. It is not a fair
# fight. *Any* six models average out some of the noise of one. The fair rival is a blend of
# the same size: six models of the one target, with the same six seeds. And since a single
# model may have been lucky, the gain is counted from the mean score of those six.
#
# **Predict before you run.** How much of the gain will the six seeds have, too?

# %%
rival = scores_seeds.mean(axis=1)
gain = scores_blends[["six targets", "six of ada_20"]].sub(rival, axis=0)
gain["targets minus seeds"] = gain["six targets"] - gain["six of ada_20"]
error = gain.std() / np.sqrt(nl.scoring.effective_rounds(gain))
pd.DataFrame({"gain": gain.mean(), "± error": error}).round(4)

# %% [markdown]
# Most of the gain was averaging; between the two blends of six we cannot tell here. But
# today's tournament pays for a target that looks 60 days ahead. So let two judges judge: one
# pays for `target_ada_20`, the other for `target_ada_60`. And let a third blend of six take
# part, six seeds of `target_ada_60`. (They judge the same eras, those of which both
# know the outcome.)
#
# **Predict before you run.** Who wins before which judge?

# %%
longer, by_judge = {}, {}
for seed in range(6):
    one = nl.models.baseline("example", random_state=seed, **settings)
    longer[seed] = nl.models.fit_predict(one, past, future, ["target_ada_60"]).squeeze()
blends["six of ada_60"] = nl.models.blend(future, pd.DataFrame(longer))
settled = future["era"].isin(future.dropna(subset="target_ada_60")["era"])
for paid in ("target_ada_20", "target_ada_60"):
    judged = nl.scoring.corr(future[settled], pd.DataFrame(blends)[settled], paid)
    alone = nl.scoring.corr(future[settled], seeds[settled], paid)
    judged["one model"] = alone.mean(axis=1)
    by_judge[f"{paid} is paid"] = judged.mean()
pd.DataFrame(by_judge).round(4)

# %% [markdown]
# ("One model" is the mean score of the six of `target_ada_20`.) And in five other worlds, each with
# four years of later eras: how far is each from six models of `target_ada_20`? Over worlds, ±
# is the standard deviation divided by the square root of their number.

# %% keep="two_judges"
pd.DataFrame(by_judge)

# %% stored="two_judges"
judges, rows = nl.data.stored("two_judges"), {}
for name in ["one model", "six targets", "six of ada_60"]:
    lead = judges[name] - judges["six of ada_20"]
    mean, error = (lead.agg(how).map("{:.4f}".format) for how in ("mean", "sem"))
    ahead = (lead > 0).sum().map(f", ahead in {{}} of {len(lead)}".format)
    rows[name] = mean + " ± " + error + ahead
pd.DataFrame(rows).T

# %% [markdown]
# Averaging is the surest gain: one model alone is behind the six of its own kind in every
# world and before both judges. Six targets are about level with six seeds of one: most of
# what an ensemble of targets is praised for is the averaging. But it matters *which* target
# is learned six times. Where 60 days are paid, the 60-day one beats the 20-day one in every
# world; and even where 20 days are paid, in most. The law is to compare like with like.
#
# ### Exercise: blend
#
# Write `blend(panel, names)`: a table with an `era` column and the list of the names of
# prediction columns (without gaps) go in; a Series on the table's index comes out. Within
# each era give each column a normal shape (`nl.eras.gaussianize`), take the mean of the
# columns, and rank that mean (`nl.eras.average_rank`), so that the result can be submitted.
# For one era with the columns `[1, 2, 3]` and `[10, 0, 20]`, rounded here:
#
# ```
# [0.333, 0.333, 0.833]
# ```


# %% exercise="blend"
def blend(panel, names):
    """Blend predictions into one between 0 and 1."""
    # BEGIN SOLUTION
    shaped = panel.groupby("era")[names].transform(nl.eras.gaussianize)
    mean = shaped.mean(axis=1)
    return mean.groupby(panel["era"]).transform(nl.eras.average_rank)
    # END SOLUTION


# %% [markdown]
# ## 4. Choose without peeking
#
# With six targets there are fifteen pairs, and one of them was the best. Anybody can name it
# afterwards. Stand in the middle instead, on the day of era 0138. Which scores are known?
# A 20-day target starts two days after its era and ends 22 days after it, more than four
# weeks; so those of era 0133 and before (of a 60-day one, 0125 and before). Choose by
# them, and be judged by what comes after 0138.

# %%
from itertools import combinations

pairs = {
    f"{a[7:]} + {b[7:]}": nl.models.blend(future, own_seed[[a, b]])
    for a, b in combinations(targets, 2)
}
scores_pairs = nl.scoring.corr(future, pd.DataFrame(pairs))
known = scores_pairs[scores_pairs.index <= "0133"].mean()
later = scores_pairs[scores_pairs.index > "0138"].mean()

# %% [markdown]
# Eras differ, and a kind one lifts all pairs. So count a pair's **lead**: its mean CORR minus
# that of the average pair in the same eras.
#
# **Predict before you run.** Of the lead of the best pair so far, how much will be left later?

# %%
leads = pd.DataFrame(
    {"on the day": known - known.mean(), "later": later - later.mean()}
)
chosen, lucky = leads.idxmax()
place = int((later > later[chosen]).sum()) + 1
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.6))
    ax.plot(leads.columns, leads.T, "o-", color=nl.plots.COLORS["rule"])
    for pair, what in {chosen: "best so far", lucky: "best later"}.items():
        ax.plot(leads.columns, leads.loc[pair], "o-", label=f"{what}: {pair}")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    ax.set(xlabel="before era 0138, and after it", ylabel="lead over the average pair")
    ax.set_title(f"Best on the day, and number {place} of {len(later)} later")
nl.plots.caption(
    ax,
    "Fifteen pairs of targets as lines from their lead on the day of choice to their lead"
    " later. The one that is best on the day ends in the crowd; another one ends on top.",
)
plt.show()

# %% [markdown]
# On this day the choice was worth nothing: the pair ended below the average one. But some
# twenty eras on either side say little. In the five worlds we could stand on fifteen such days, three in
# each, with a year before the day and a year after it. Here is the pair that was chosen on
# each of them:

# %% keep="days_of_choice"
two_seeds = [nl.models.blend(future, seeds[list(p)]) for p in combinations(seeds, 2)]
rivals = nl.scoring.corr(future, pd.concat(two_seeds, axis=1, keys=range(15)))
era, days = scores_pairs.index.astype(int), {}
for number, day in enumerate((170, 219, 268), 1):
    so_far, year = (era > day - 57) & (era <= day - 5), (era > day) & (era <= day + 52)
    known, later = scores_pairs[so_far].mean(), scores_pairs[year].mean()
    chosen, rival = known.idxmax(), rivals[so_far].mean().idxmax()
    lead = {"when chosen": known.max() - known.mean()}
    lead |= {"later": later[chosen] - later.mean()}
    lead |= {"two seeds": rivals.loc[year, rival].mean() - later.mean()}
    lead |= {"place": int((later > later[chosen]).sum()) + 1}
    days[number] = lead
pd.DataFrame(days)

# %% stored="days_of_choice"
days = nl.data.stored("days_of_choice").stack(level=1, future_stack=True)
steps = days[["when chosen", "later"]]
kept = steps["later"].mean() / steps["when chosen"].mean()
with nl.plots.style():
    figure, ax = plt.subplots(figsize=(8, 3.6))
    ax.plot(steps.columns, steps.T, "o-", color=nl.plots.COLORS["rule"])
    ax.plot(steps.columns, steps.mean(), "o-", linewidth=4, label="mean of all days")
    ax.legend()
    ax.set(xlabel="the day, and the year after", ylabel="lead over the average pair")
    ax.set_title(f"Of the lead on the day, {kept:.0%} was left a year later")
nl.plots.caption(
    ax,
    "Fifteen thin lines, a day of choice each, from the chosen pair's lead on the day to"
    " its lead in the year after: some rise, more fall, and two end below zero. The"
    " thick line of their mean falls by a quarter.",
)
plt.show()

# %%
print(f"best of fifteen later on {(days['place'] == 1).sum()} of {len(days)} days")
print(f"mean place {days['place'].mean():.1f}, by lot it would be 8")
ahead = (days["later"] - days["two seeds"]).groupby("world").mean()
print(f"ahead of the chosen two seeds in {(ahead > 0).sum()} of {len(ahead)} worlds,")
print(f"by {ahead.mean():.4f} ± {ahead.sem():.4f}")

# %% [markdown]
# So the past is worth something: more than our single day suggests, and less than it
# promises, because a part of each lead was luck and stayed behind. The last two lines compare
# like with like: two models against two, and both pairs chosen by the same past.
#
# **Which target, then?** Learn what is paid, several times, and average. What is paid looks
# 60 days ahead since August 2026, and in these worlds `ada_60` was mostly the better
# teacher of 20 days. Beside it learn a cousin that has kept its lead on your own data, over
# years and against as many models of the paid one. No name will tell you which.

# %% [markdown]
# > **In the real tournament** Numerai's example notebook does just this, with 2,000 trees on
# > v5.2 and every fourth of the eras 0579 to 1191. Judged by `ender_20`, the model of
# > `ender_20` itself had a mean CORR of .0124, those of `victor_20` and `teager2b_20` .0122
# > and .0126, and the pair of Ender and Teager .0128, with a standard deviation of .015 an
# > era over 154 eras: a standard error of .0012 each. All four come from the same eras, so
# > nothing there was chosen without peeking.
#
# ### Exercise: choose_targets
#
# Write `choose_targets(scores, size, today)`: era scores (eras × targets) on a 20-day target,
# how many to choose, and the era of today, such as `"0138"`. Return the list of the `size`
# columns with the highest mean, best first, among the scores that are known today: those of
# eras whose number is lower than today's by five or more. (Eras may be missing, scores are not.)
# For
#
# ```
#          a     b     c     d
# 0001  0.05  0.01  0.02  0.00
# 0002 -0.02 -0.01  0.02  0.05
# 0003  0.06 -0.01  0.00  0.01
# 0004  0.00  0.00  0.20  0.00
# 0009  0.00  0.20  0.50  0.00
# ```
#
# with the size 2 and today `"0008"`:
#
# ```
# ['a', 'd']
# ```


# %% exercise="choose_targets"
def choose_targets(scores, size, today):
    """Choose targets by the scores that are known today."""
    # BEGIN SOLUTION
    known = scores[scores.index.astype(int) + 5 <= int(today)]
    best_first = known.mean().sort_values(ascending=False)
    return list(best_first.index[:size])
    # END SOLUTION


# %% quiz="ensembles"

# %% [markdown]
# ## In this notebook you
#
# - trained one model a target and judged all of them by the one that is paid;
# - blended models on different scales, and compared blends of equal size only;
# - chose targets by what was known on the day, and saw what the choice was worth later.
#
# The library's names are `nl.models.fit_predict` and `nl.models.blend`. Numerai describes
# how it makes its own ensembles in its [documentation](https://docs.numer.ai).
