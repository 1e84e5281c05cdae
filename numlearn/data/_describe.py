"""Tell a person what a panel holds."""

import pandas as pd

_MISSING = 2


def describe(panel):
    """Describe a panel in a short table.

    Parameters
    ----------
    panel : pandas.DataFrame
        As from :func:`numlearn.data.load`.

    Returns
    -------
    pandas.DataFrame
        One row a fact, the column "what it holds" in words: rows, eras, rows an
        era, features and how many of them are missing, each target with its
        missing share, other columns, memory.
    """
    facts = {
        "rows": f"{len(panel):,}" + _unique_ids(panel),
        "eras": _eras(panel["era"]),
        "rows an era": _rows_an_era(panel["era"]),
        "features": _features(panel),
    }
    targets = [name for name in panel.columns if name.startswith("target")]
    facts |= {name: _target(panel[name]) for name in targets}
    others = panel.columns.drop([*targets, *_feature_columns(panel), "era"])
    facts["other columns"] = ", ".join(others) or "none"
    facts["memory"] = f"{panel.memory_usage(deep=True).sum() / 2**20:,.1f} MiB"
    table = pd.DataFrame({"what it holds": pd.Series(facts)})
    return table.rename_axis("fact")


def _feature_columns(panel):
    return [name for name in panel.columns if name.startswith("feature_")]


def _unique_ids(panel):
    if panel.index.name != "id":
        return ", without ids"
    return ", each with its own id" if panel.index.is_unique else ", ids repeat"


def _eras(era):
    labels = sorted(era.unique())
    if len(labels) == 1:
        return f"1: {labels[0]}"
    return f"{len(labels)}, from {labels[0]} to {labels[-1]}"


def _rows_an_era(era):
    rows = era.value_counts()
    return f"{rows.mean():,.0f} on average, {rows.min():,} to {rows.max():,}"


def _features(panel):
    """Count features, and the (feature, era) pairs where all stocks have a 2."""
    names = _feature_columns(panel)
    if not names:
        return "none"
    values = panel[names].to_numpy()
    eras = list(panel.groupby("era").indices.values())
    missing = sum((values[rows] == _MISSING).all(axis=0).sum() for rows in eras)
    share = missing / (len(names) * len(eras))
    types = ", ".join(sorted({str(kind) for kind in panel[names].dtypes}))
    return f"{len(names)} of type {types}; {share:.1%} missing (a whole era at 2)"


def _target(target):
    missing = target.isna().mean()
    if missing == 1:
        return "not known yet"
    return f"{target.nunique()} values, {missing:.1%} missing"
