"""Exercises: what a panel holds, and whether a stock can be followed."""

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from numlearn import data
from numlearn.exercises import Exercise, Mistake, Question, difference
from numlearn.world import linkage

CODES_OF_2021 = [0.0, 0.25, 0.5, 0.75, 1.0]
SHARES = [0.05, 0.2, 0.5, 0.2, 0.05]
ROUND_ABOUT = [1, 2, 3, 4, 0]


def _ids(number):
    return pd.Index([f"n{k:015x}" for k in number], name="id")


def _features(rng, rows, columns=3):
    letters = rng.permutation(list("abcdefghijklmnopqrstuvwxyz"))[:columns]
    names = [f"feature_{letter}" for letter in letters]
    values = rng.integers(0, 5, (rows, columns), dtype=np.int8)
    return pd.DataFrame(values, _ids(rng.permutation(rows)), names)


def _rows(eras, **columns):
    """Return a tiny panel, as a text prints it."""
    index = pd.Index([f"n{k}" for k in range(1, len(eras) + 1)])
    return pd.DataFrame({"era": eras, **columns}, index)


def _panel(rng, first, eras):
    """Draw a panel of unequal eras, rows shuffled, the live era without a target."""
    sizes = rng.permutation([20, 27, 31, 38, 44, 25])[:eras]
    panel = _features(rng, sizes.sum())
    labels = [f"{era:04d}" for era in range(first, first + eras - 1)] + ["X"]
    panel.insert(0, "era", np.repeat(labels, sizes))
    panel["target"] = rng.choice(CODES_OF_2021, len(panel), p=SHARES)
    panel["target"] = panel["target"].mask(panel["era"] == "X")
    panel["target_later"] = panel["target"].mask(rng.random(len(panel)) < 0.2)
    panel["feature_missing"] = np.int8(2)
    return panel.iloc[rng.permutation(len(panel))]


def panels(seed):
    """Return panels of some eras, one with nothing but the live era."""
    rng = np.random.default_rng([seed, 1])
    return [(_panel(rng, *each),) for each in ((1, 5), (int(rng.integers(97, 900)), 6))]


def live_and_panels(seed):
    """Return the live era alone, and panels."""
    rng = np.random.default_rng([seed, 1, 1])
    return [(_panel(rng, 1, 1),), *panels(seed)]


def a_panel_and_columns(seed):
    """Return a panel with two features, with its targets, and with one column."""
    (first,), (second,) = panels(seed)
    feature = first.columns[1]
    pairs = [[feature, "feature_missing"], ["target", "target_later"], ["target_later"]]
    return [(first, columns) for columns in pairs] + [(second, [second.columns[2]])]


def features_and_codes(seed):
    """Return features with the codes of 2021, and with codes that are bins too."""
    rng = np.random.default_rng([seed, 2])
    cases = [(_features(rng, 30), codes) for codes in (CODES_OF_2021, ROUND_ABOUT)]
    few = _features(rng, 12, 2).replace({0: 3, 1: 3})  # bins that are not there
    return [*cases, (few, rng.normal(size=5).round(2).tolist())]


def two_eras(seed):
    """Return eras in which every earlier row has one nearest later row."""
    sizes = ((50, 30, 20), (25, 40, 24), (12, 1, 14))
    return [_pair(np.random.default_rng([seed, 3, *size]), *size) for size in sizes]


def _pair(rng, rows, most, columns):
    later = _features(rng, rows, columns)
    order = rng.integers(rows, size=2 * most + 20)
    there = later.to_numpy()[order]
    moved = rng.random(there.shape) < 0.6
    values = np.where(moved, rng.integers(0, 5, there.shape), there).astype(np.int8)
    ids = _ids(1000 + rng.permutation(len(order)))
    earlier = pd.DataFrame(values, ids, later.columns)
    twice = np.sort(_distances(earlier, later))[:, :2]
    return earlier[twice[:, 0] < twice[:, 1]].head(most), later


def _two_tiny_eras():
    """Return the eras that the text prints."""
    names = ["feature_a", "feature_b", "feature_c"]
    earlier = pd.DataFrame([[0, 4, 2], [3, 3, 1]], ["n1", "n2"], names, np.int8)
    there = [[4, 2, 1], [1, 4, 2], [4, 0, 4]]
    return earlier, pd.DataFrame(there, ["n7", "n8", "n9"], names, np.int8)


def _distances(earlier, later, size=np.square):
    a, b = earlier.to_numpy(int), later.to_numpy(int)
    return size(a[:, None] - b[None]).sum(axis=2)


def _link(earlier, later, distances):
    return pd.Series(later.index[distances.argmin(axis=1)], earlier.index)


def _each_once(earlier, later):
    """Link one row after the other to the nearest later row that is still free."""
    free, places = list(range(len(later))), []
    for distances in _distances(earlier, later):
        if not free:  # more rows than there are later ones
            free = list(range(len(later)))
        places.append(min(free, key=distances.__getitem__))
        free.remove(places[-1])
    return pd.Series(later.index[places], earlier.index)


def _matched(earlier, later):
    """Match one to one, so that all distances together are least."""
    rows, places = linear_sum_assignment(_distances(earlier, later))
    return pd.Series(later.index[places], earlier.index[rows])


def _like(earlier, later):
    rows = len(earlier)
    return np.corrcoef(earlier.to_numpy(), later.to_numpy())[:rows, rows:]


def _overflowing(earlier, later):
    a, b = earlier.to_numpy(), later.to_numpy()
    return (b * b).sum(axis=1) - 2 * (a @ b.T)


def _one_after_the_other(features, codes):
    features = features.astype(type(codes[0]))
    for old, new in enumerate(codes):
        features = features.mask(features == old, new)
    return features


def _nan_for_zero(shares):
    return shares.where(shares > 0)


def _shares(got, expected):
    """Judge shares of bins, and say so where what is missing was taken for a bin."""
    if isinstance(got, pd.DataFrame) and got.index.hasnans:
        return (
            "You counted missing values as a bin, one of the rows. Leave them out:"
            " `value_counts` does, unless told otherwise."
        )
    return difference(got, expected, ordered=True)


def _all_five(panel, columns):
    return data.bin_shares(panel, columns).reindex(range(5), fill_value=0.0)


def _most_frequent_first(panel, columns):
    order = panel[columns[0]].value_counts().index
    shares = data.bin_shares(panel, columns)
    return shares.loc[[*order, *shares.index.drop(order)]]


EXERCISES = (
    Exercise(
        name="era_sizes",
        points=1,
        hints=(
            "Rows that share an era belong together: which method of a DataFrame makes"
            " groups of rows?",
            "`panel.groupby('era')` makes the groups; `.size()` counts their rows.",
        ),
        cases=live_and_panels,
        example=lambda: (
            _rows(["0002", "0001", "0002"], target=[0.5, float("nan"), 0.5]),
        ),
        key=data.era_sizes,
        ordered=True,
        mistakes=(
            Mistake(
                lambda panel: panel["era"].value_counts(),
                "The counts are right, but their order is not. Eras are weeks: put them"
                " in order, whatever their size and wherever their rows stand.",
            ),
            Mistake(
                lambda panel: data.era_sizes(panel)[panel["era"].unique()],
                "The counts are right, but the eras stand in the order of the rows."
                " Eras are weeks: put them in order.",
            ),
            Mistake(
                lambda panel: panel.groupby("era")["target"].count(),
                "`count` leaves out rows whose value is missing. Every row is a stock,"
                " whether its target is known or not: use `size`.",
            ),
            Mistake(
                lambda panel: panel["era"].nunique(),
                "That is how many eras there are. Asked is how many rows each has.",
            ),
            Mistake(
                lambda panel: panel.dropna().groupby("era").size(),
                "You dropped the rows with a missing value first. Every row is a stock,"
                " whether its target is known or not.",
            ),
            Mistake(
                lambda panel: panel.groupby("era").count(),
                "These are counts of every column. Asked is one number an era: the rows"
                " of each group, `size`.",
            ),
            Mistake(
                lambda panel: data.era_sizes(panel) / len(panel),
                "These are shares of all rows; asked are the numbers of rows.",
            ),
        ),
    ),
    Exercise(
        name="bin_shares",
        points=2,
        hints=(
            "One column first: `panel[name].value_counts(normalize=True)` gives the"
            " share of the rows in each bin. What does it do with missing values?",
            "Do that for each column and make one DataFrame of them; then look at the"
            " order of its rows, and at a bin that a column does not have.",
            "`pd.DataFrame({name: panel[name].value_counts(normalize=True) for name in"
            " columns})`, followed by `.sort_index()` and `.fillna(0)`.",
        ),
        cases=a_panel_and_columns,
        example=lambda: (
            _rows(["0001"] * 4, feature_a=[0, 4, 4, 1], feature_b=[2, 2, 2, 2]),
            ["feature_a", "feature_b"],
        ),
        key=data.bin_shares,
        judge=_shares,
        ordered=True,
        mistakes=(
            Mistake(
                lambda panel, columns: (
                    panel[columns].apply(pd.Series.value_counts).fillna(0).sort_index()
                ),
                "These are numbers of rows. A share is a part of one:"
                " `value_counts(normalize=True)`.",
            ),
            Mistake(
                lambda panel, columns: 100 * data.bin_shares(panel, columns),
                "These are per cent. Let each column sum to 1.",
            ),
            Mistake(
                lambda panel, columns: _nan_for_zero(data.bin_shares(panel, columns)),
                "A bin that a column does not have gets the share 0, not NaN.",
            ),
            Mistake(
                lambda panel, columns: data.bin_shares(
                    panel.dropna(subset=columns), columns
                ),
                "You left a row out of all columns where one of them is missing. Count"
                " each column by itself.",
            ),
            Mistake(
                lambda panel, columns: data.bin_shares(panel, columns).loc[
                    lambda shares: shares[columns[0]] > 0
                ],
                "You listed the bins of the first column alone. A row is there for each"
                " bin that any of the columns has.",
            ),
            *(
                Mistake(
                    lambda panel, columns, value=value: data.bin_shares(
                        panel.fillna(dict.fromkeys(columns, value)), columns
                    ),
                    "You filled what is missing, and counted it. Missing values do not"
                    " count.",
                )
                for value in (0, 0.5, 2)
            ),
            Mistake(
                _all_five,
                "You listed the bins 0 to 4 yourself. Take those that the columns have;"
                " a target's are other numbers.",
            ),
            Mistake(
                lambda panel, columns: data.bin_shares(panel, columns).mul(
                    panel[columns].notna().mean()
                ),
                "One column does not sum to 1: you divided by all rows, also those"
                " without a value. Divide by the rows that have one.",
            ),
            Mistake(
                _most_frequent_first,
                "`value_counts` puts the fullest bin first. Sort the rows by bin.",
            ),
            Mistake(
                lambda panel, columns: data.bin_shares(panel, columns).T,
                "Rows and columns changed places: bins are the rows.",
            ),
        ),
    ),
    Exercise(
        name="recode",
        points=2,
        hints=(
            "Bin k becomes `codes[k]`, so the bins are positions in the list of codes."
            " numpy can look up many positions at once.",
            "`np.array(codes)[features]` looks all of them up and gives an array; make"
            " a DataFrame of it, with the index and the columns of `features`.",
        ),
        cases=features_and_codes,
        example=lambda: (
            pd.DataFrame({"feature_a": np.array([0, 4, 2], np.int8)}),
            [0, 0.25, 0.5, 0.75, 1],
        ),
        key=data.recode,
        mistakes=(
            Mistake(
                lambda features, codes: features / 4,
                "Dividing by 4 gives the codes of 2021, whatever `codes` says: look the"
                " bins up in `codes`.",
            ),
            Mistake(
                _one_after_the_other,
                "You replaced one bin after the other, so that a code put in early was"
                " taken for a bin later. Replace all of them at once.",
            ),
            Mistake(
                lambda features, codes: data.recode(features, codes).astype(np.int8),
                "The codes were cut down to whole numbers: an int8 column cannot hold"
                " 0.25. Make a new table instead of writing into the old one.",
            ),
            Mistake(
                lambda features, codes: data.recode(features, codes[::-1]),
                "That is back to front: bin 0 gets the first code, not the last.",
            ),
            Mistake(
                lambda features, codes: data.recode(features, sorted(codes)),
                "You sorted the codes. Bin k becomes `codes[k]`, in whatever order they"
                " come.",
            ),
            Mistake(
                lambda features, codes: (
                    codes[0] + features * (codes[-1] - codes[0]) / 4
                ),
                "You used the first and the last code, as if the others lay evenly"
                " between. Look each bin up in `codes`.",
            ),
            Mistake(
                lambda features, codes: pd.DataFrame(np.array(codes)[features]),
                "The numbers are right, but index and columns are lost: hand both to"
                " `pd.DataFrame`.",
            ),
            Mistake(
                lambda features, codes: features.apply(
                    lambda x: pd.Series(np.array(codes)[pd.factorize(x, sort=True)[0]])
                ).set_axis(features.index),
                "You numbered the bins that a column happens to have. Bin k becomes"
                " `codes[k]`, whichever bins there are.",
            ),
        ),
    ),
    Exercise(
        name="link_attempt",
        points=3,
        hints=(
            "With 30 and 50 rows you need 30 × 50 distances. `to_numpy()` gives arrays;"
            " `a[:, None] - b[None]` subtracts every row of one from every row of the"
            " other.",
            "Square, sum over the last axis: distances, earlier × later. Then"
            " `argmin(axis=1)` tells in which place of `later` each row's smallest is.",
            "A place is not an id yet: `later.index[places]` is. Its Series has"
            " `earlier.index`.",
        ),
        cases=two_eras,
        example=_two_tiny_eras,
        key=linkage.nearest,
        mistakes=(
            Mistake(
                lambda a, b: pd.Series(_distances(a, b).argmin(axis=1), a.index),
                "These are places in `later`; asked are the ids that stand there:"
                " `later.index[places]`.",
            ),
            Mistake(
                lambda a, b: pd.Series(b.index[: len(a)], a.index),
                "That is the row in the same place. Rows are shuffled every era.",
            ),
            Mistake(
                lambda a, b: _link(a, b, -_distances(a, b)),
                "That is the row which is least alike: the largest distance, not the"
                " smallest.",
            ),
            Mistake(
                lambda a, b: _link(b, a, _distances(b, a)),
                "You went from the later era to the earlier one. Guess one later id for"
                " each earlier row.",
            ),
            Mistake(
                lambda a, b: _link(a, b, _distances(a, b, np.abs)),
                "You summed absolute differences: a fair measure too, but asked is the"
                " sum of their squares.",
            ),
            Mistake(
                lambda a, b: _link(a, b, _distances(a, b, lambda d: d) ** 2),
                "You compared sums or means of whole rows, in which ups and downs"
                " cancel. Square each difference, then sum.",
            ),
            Mistake(
                lambda a, b: _link(a, b, _overflowing(a, b)),
                "The numbers overflowed: an int8 ends at 127, and a sum of products"
                " does not. Convert to float or int before you multiply.",
            ),
            Mistake(
                lambda a, b: _link(a, b, _distances(a, b).astype(np.int8)),
                "The sums overflowed: an int8 ends at 127. Sum in a larger type.",
            ),
            Mistake(
                _matched,
                "You gave each later row away only once. Asked is the nearest one for"
                " every earlier row; two may have the same.",
            ),
            Mistake(
                _each_once,
                "You gave each later row away only once. Asked is the nearest one for"
                " every earlier row; two may have the same.",
            ),
            Mistake(
                lambda a, b: _link(a, b, -_like(a, b)),
                "You took the highest correlation. Asked is the least sum of squared"
                " differences.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "In some early eras a feature is 2 in every row. What happened?",
        {
            "All stocks were average in it": "No. Bins are cut within an era, a fifth"
            " of the rows each: all rows in one bin cannot be a measurement.",
            "It did not exist yet": "Right: a missing feature is filled with the middle"
            " bin. It may tell eras apart, and never one stock from another.",
            "The file is damaged": "No. This is how Numerai hands over a feature that"
            " begins later than the data do.",
        },
        "b",
    ),
    Question(
        "Your friend models prices of 30 companies with great success and wants to use"
        " that model in the Tournament. Does it work there?",
        {
            "It works, once the companies are found in the rows": "There is nothing to"
            " find them by: no name, no ticker, no price, and a new id in every row.",
            "It works, features are features": "The model wants prices of known"
            " companies. These columns are something else, and nobody says what.",
            "Not in the Tournament; perhaps in Signals": "Right: Signals takes rankings"
            " made from your own data ({lesson:signals}), though of many more stocks"
            " than 30.",
        },
        "c",
    ),
    Question(
        "In this world the most similar row is the right stock far more often than a"
        " blind guess. What follows for Numerai's real data?",
        {
            "Rows can be followed there as well": "That does not follow. How much a"
            " stock's features remember was chosen by the makers of this world.",
            "Rows cannot be followed there": "That does not follow either. That ids"
            " carry nothing does not mean that features carry nothing.",
            "Nothing, until it is measured there": "Right. The method carries over, the"
            " figure does not.",
        },
        "c",
    ),
)
