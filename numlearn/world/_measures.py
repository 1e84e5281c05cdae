"""What calibration measures on one world."""

import numpy as np
import pandas as pd

from numlearn.eras import gaussianize
from numlearn.scoring import autocorrelation, corr, exposure, neutralize, summary
from numlearn.world import _targets, linkage
from numlearn.world._example import EXAMPLE, every, fit, fit_line
from numlearn.world.dataset import World

ERAS, ROWS = 520, 3000
GAP = 12  # eras between those learned from and those scored: no target overlaps


def measure(seed, eras=ERAS, rows=ROWS):
    """Measure one world.

    Parameters
    ----------
    seed : int
        The world's seed.
    eras, rows : int
        Its size. Models learn the first 240 of 520 eras (of others, in proportion) and
        are scored on those from the 253rd on.

    Returns
    -------
    dict of str to float
        One value a quantity of ``numlearn.world.calibrate.QUANTITIES``.
    """
    world = World.build(seed=seed, eras=eras, rows=rows, features=42)
    panel = world.panel(range(1, eras + 1), resolved=True)
    number = panel["era"].astype(int).to_numpy()
    features = world.features.names
    last = eras * 6 // 13
    learn = _span(panel, number, 1, last)
    score = _span(panel, number, last + GAP + 1, eras)
    predictions = _predict(learn, score, features)
    score = score[["era", "target", *features]].join(predictions)
    return {
        **_skill(score, features),
        **_single_features(score, world.features),
        **_targets_alike(learn),
        **_links(world),
        **_leak(panel, number, features),
    }


def _span(panel, number, first, last):
    return panel[(number >= first) & (number <= last)]


def _predict(learn, score, features):
    values = score[features].to_numpy()
    return pd.DataFrame(
        {
            "trees": fit(learn, features).predict(values),
            "example": fit(every(4, learn), features, settings=EXAMPLE).predict(values),
            "line": (values - 2.0) @ fit_line(learn, features),
        },
        index=score.index,
    )


def _skill(score, features):
    models = ["trees", "example", "line"]
    shaped = score.groupby("era")["trees"].transform(
        lambda p: gaussianize(p.to_numpy())
    )
    panel = score.assign(shaped=shaped)
    panel["neutral"] = neutralize(panel, ["shaped"], features)["shaped"]
    scores = corr(panel, [*models, "neutral"])
    facts = summary(scores)
    trees, neutral = facts.loc["trees"], facts.loc["neutral"]
    lags = autocorrelation(scores["trees"], lags=(1, 2, 3, 4, 8))
    largest = exposure(panel, ["trees"], features)["trees"].abs().groupby("era").max()
    return {
        "mean": trees["mean"],
        "std": trees["std"],
        "sharpe": trees["sharpe"],
        "drawdown": trees["max_drawdown"],
        "example_mean": facts.loc["example", "mean"],
        "example_sharpe": facts.loc["example", "sharpe"],
        **{f"lag_{k}": v for k, v in lags.items()},
        "line_share": facts.loc["line", "mean"] / trees["mean"],
        "neutral_loss": 1 - neutral["mean"] / trees["mean"],
        "neutral_std": neutral["std"] / trees["std"],
        "sharpe_falls": float(neutral["sharpe"] < trees["sharpe"]),
        "exposure": largest.mean(),
    }


def _single_features(score, features):
    scores = corr(score, features.names)
    rows = score.groupby("era").size().mean()
    recent = score[score["era"] == score["era"].max()]
    alike = recent[features.names].corr().abs().to_numpy()
    same = features.group[:, None] == features.group
    off = ~np.eye(len(alike), dtype=bool)
    return {
        "feature_std": (scores.std(ddof=0) * rows**0.5).mean(),
        "feature_mean": scores.mean().abs().mean(),
        "within": alike[same & off].mean(),
        "between": alike[~same].mean(),
    }


def _targets_alike(learn):
    alike = learn[_targets.NAMES].corr()["target"]
    alike = alike.drop(["target", "target_ada_20"])
    return {
        "aux_20": alike.filter(like="_20").mean(),
        "aux_60": alike.filter(like="_60").mean(),
    }


def _links(world):
    """Try to find the rows of an era in the next one, in four ways."""
    names = world.features.names

    def by_features(earlier, later):
        return linkage.nearest(earlier[names], later[names])

    def by_targets_too(earlier, later):
        return linkage.nearest(*(_evidence(era, names) for era in (earlier, later)))

    guesses = {
        "link_id": linkage.by_id,
        "link_position": linkage.by_position,
        "link_nearest": by_features,
        "link_targets": by_targets_too,
    }
    eras = range(world.config.eras // 2, world.config.eras - 20, 10)
    tries = pd.DataFrame(linkage.attempts(world, era, guesses) for era in eras)
    shares = tries.mean()
    shares["link_position"] *= world.config.rows  # times chance
    return shares.to_dict()


def _evidence(frame, names):
    """Return features, and targets weighed as much as four features each."""
    targets = frame[_targets.NAMES[1:]].fillna(0.5)
    weight = 2 * frame[names].std().mean() / targets.std().mean()
    return frame[names].join(targets * weight)


def _leak(panel, number, features):
    """Tell how much two kinds of validation flatter a model, against purged blocks."""
    size = number.max() // 26  # of a block: eras 61 to 140 of 520, in four
    first = 3 * size + 1
    known = _span(panel, number, first, first + 4 * size - 1)
    place = known["era"].astype(int).to_numpy() - first
    fold = np.random.default_rng(0).permutation(np.arange(4 * size) % 4)
    shuffled = [fold[place] == k for k in range(4)]
    blocks = [place // size == k for k in range(4)]
    purged = [(place >= k * size - 5) & (place < (k + 1) * size + 5) for k in range(4)]
    honest = _folded(known, features, blocks, purged)
    return {
        "leak_shuffled": _folded(known, features, shuffled, shuffled) - honest,
        "leak_unpurged": _folded(known, features, blocks, blocks) - honest,
    }


def _folded(panel, features, tests, kept_out):
    """Return the mean CORR on the test folds of models without what is kept out."""
    scores = []
    for test, out in zip(tests, kept_out):
        model = fit(panel[~out], features)
        predictions = model.predict(panel.loc[test, features].to_numpy())
        tested = panel.loc[test, ["era", "target"]].assign(p=predictions)
        scores.append(corr(tested, ["p"])["p"])
    return float(pd.concat(scores).mean())
