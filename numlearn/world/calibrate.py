"""Is the synthetic world like the real tournament? Measured, beside public figures.

One world a seed: 520 weekly eras of 3,000 rows. Models learn eras 1 to 240 and are
scored on eras 253 to 520, a gap of twelve eras between them. Real figures are stored
outputs of Numerai's example notebooks (2023 to 2025) and 355 daily rounds of live
scores (843 to 1197, in the public repository BorisVSchmid/numerai-vladthestaker).
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from numlearn.world._measures import measure


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


def calibrate(seeds=SEEDS, jobs=1, progress=None):
    """Measure worlds of several seeds beside the real tournament's figures.

    Parameters
    ----------
    seeds : iterable of int
        One world each; about a minute a seed on one core.
    jobs : int
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
    work = Parallel(n_jobs=jobs, return_as="generator")(
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
