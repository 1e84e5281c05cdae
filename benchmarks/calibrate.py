"""Is the synthetic world like the real tournament? Measured, beside public figures.

One world a seed: 520 weekly eras of 3,000 rows. Models learn eras 1 to 240 and are
scored on eras 253 to 520, a gap of twelve eras between them. Real figures are stored
outputs of Numerai's example notebooks (2023 to 2025) and 355 daily rounds of live
scores (843 to 1197, in the public repository BorisVSchmid/numerai-vladthestaker).

python benchmarks/calibrate.py [SEEDS]   prints the table of data/README.md
"""

import sys
from typing import NamedTuple

import numpy as np
import pandas as pd

from numlearn._progress import progress_shown
from numlearn.eras import gaussianize
from numlearn.models import LightGBM
from numlearn.scoring import autocorrelation, corr, exposure, neutralize, summary
from numlearn.world import World, _features, linkage
from numlearn.world._example import every, fit_line, fit_trees

ERAS, ROWS = 520, 3000
GAP = 12  # eras between those learned from and those scored: no target overlaps


class Quantity(NamedTuple):
    """A row of the table: what is measured, the real figure, the band asked."""

    name: str
    text: str
    real: str
    low: float = -np.inf
    high: float = np.inf


QUANTITIES = [
    Quantity("mean", "Trees, small set: CORR mean", ".013–.029", 0.018, 0.030),
    Quantity("std", "… CORR standard deviation", ".015–.022"),
    Quantity("sharpe", "… Sharpe (mean / std)", ".7–1.3", 0.7, 1.3),
    Quantity("drawdown", "… largest drawdown", ".03–.34"),
    Quantity("neutral_loss", "… mean lost to neutralising", ".20–.40", 0.2, 0.4),
    Quantity("neutral_std", "… std after neutralising / before", ".79–.93"),
    Quantity("sharpe_falls", "… seeds where it lowers the Sharpe", "8 of 8", 0.8, 1.0),
    Quantity("example_mean", "Numerai's example settings: mean", ".013–.029"),
    Quantity("example_sharpe", "… Sharpe", ".7–1.3"),
    Quantity("line_share", "A line's CORR / trees'", "≈ .8 (2021)", 0.6, 0.9),
    Quantity("lag_1", "Autocorrelation of CORR at 5 days", ".69", 0.54, 0.84),
    Quantity("lag_2", "… at 10 days", ".41", 0.26, 0.56),
    Quantity("lag_3", "… at 15 days", ".18", 0.03, 0.33),
    Quantity("lag_4", "… at 20 days", ".03", -0.12, 0.18),
    Quantity("lag_8", "… at 40 days", ".13"),
    Quantity("feature_std", "Std of a single feature's score × √N", ".45–.7", 0.5, 1.3),
    Quantity("feature_mean", "Mean score of a single feature, absolute", ".0005–.0016"),
    Quantity("exposure", "Trees' largest feature exposure", ".05–.31"),
    Quantity("within", "Features' correlation within a group", "unknown"),
    Quantity("between", "… between groups", "unknown"),
    Quantity("aux_20", "20-day targets' correlation with target", ".66–.80"),
    Quantity("aux_60", "60-day targets' correlation with target", ".36–.46"),
    Quantity("link_position", "Rows linked by position / chance", "≈ 1", 0, 3),
    Quantity("link_id", "… by id", "0", 0, 0),
    Quantity("link_nearest", "… by nearest neighbour, 42 features", "unknown", 0, 0.02),
    Quantity("link_targets", "… by features and six published targets", "unknown"),
    Quantity("leak_shuffled", "Shuffled eras' CORR − purged blocks'", "unknown"),
    Quantity("leak_unpurged", "Unpurged blocks' CORR − purged blocks'", "unknown"),
]  # fmt: skip


SEEDS = range(20, 25)  # never looked at while the world was tuned


def calibrate(seeds=SEEDS, n_jobs=1, progress=None):
    """Measure worlds of several seeds beside the real tournament's figures.

    Parameters
    ----------
    seeds : iterable of int
        One world each; about a minute a seed on one core.
    n_jobs : int
        Processes.
    progress : callable, optional
        Called with the number of seeds done and in all.

    Returns
    -------
    pandas.DataFrame
        One row a quantity: quantity, real, mean, sd, low, high, met (True, False, or
        None where no band was asked) and one column a seed. Bands are judged on the
        mean over seeds.
    """
    from joblib import Parallel, delayed

    seeds = list(seeds)
    work = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(measure)(seed) for seed in seeds
    )
    results = []
    for result in work:
        results.append(result)
        if progress:
            progress(len(results), len(seeds))
    return table(pd.DataFrame(results, index=[f"seed {s}" for s in seeds]))


def table(results):
    """Set results (seeds × quantities) beside the real figures and the bands."""
    rows = []
    for quantity in QUANTITIES:
        values = results[quantity.name]
        mean, asked = values.mean(), np.isfinite([quantity.low, quantity.high]).any()
        rows.append(
            {
                "quantity": quantity.text,
                "real": quantity.real,
                "mean": mean,
                "sd": values.std(),
                "low": quantity.low,
                "high": quantity.high,
                "met": bool(quantity.low <= mean <= quantity.high) if asked else None,
                **values.to_dict(),
            }
        )
    return pd.DataFrame(rows, index=[q.name for q in QUANTITIES])


def to_markdown(frame):
    """Write a calibration table as the datasheet has it."""
    seeds = [c.removeprefix("seed ") for c in frame.columns if c.startswith("seed ")]
    lines = [
        f"| quantity | real | synthetic, seeds {', '.join(seeds)} | band | met |",
        "|---|---|---|---|---|",
    ]
    met = {True: "yes", False: "**no**", None: ""}
    for row in frame.itertuples():
        digits = 4 if abs(row.mean) < 0.1 else 2
        value = f"{row.mean:.{digits}f} ± {row.sd:.{digits}f}"
        band = "" if row.met is None else f"{row.low:g} to {row.high:g}"
        cells = (row.quantity, row.real, value, band, met[row.met])
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


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
        One value a quantity of ``QUANTITIES``.
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
    values, some = score[features], every(4, learn)
    example = LightGBM(n_jobs=1).fit(some[features], some["target"])
    return pd.DataFrame(
        {
            "trees": fit_trees(learn, features).predict(values),
            "example": example.predict(values),
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
    alike = learn[_features.NAMES].corr()["target"]
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
    targets = frame[_features.NAMES[1:]].fillna(0.5)
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
        model = fit_trees(panel[~out], features)
        predictions = model.predict(panel.loc[test, features])
        tested = panel.loc[test, ["era", "target"]].assign(p=predictions)
        scores.append(corr(tested, ["p"])["p"])
    return float(pd.concat(scores).mean())


def main(seeds=5):
    with progress_shown(True, "worlds") as show:
        table = calibrate(range(seeds), n_jobs=2, progress=show)
    print(to_markdown(table))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
