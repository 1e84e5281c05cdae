"""When an era was, and which round it belongs to.

An era is called by the Friday on whose data it rests; its weekend round opens on the
day after, and the rounds from Tuesday to Friday that follow share its week. The first
era is that of 10 January 2003 (numerai_era_data, which dates it by the Saturday; era
1232 was the last one in August 2026). Since October 2022 five rounds open a week, the
first one on Tuesday: rounds 589, 843 and 1343 opened on 7 October 2023, 27 September
2024 and 28 August 2026.
"""

import datetime

import numpy as np
import pandas as pd

from numlearn.eras import position
from numlearn.errors import NumlearnError, instead_of

_FRIDAY = pd.Timestamp("2003-01-10")  # of era 1
_TUESDAY, _ROUND = pd.Timestamp("2022-10-25"), 340
_DAILY_SINCE = 339


def era_to_date(era):
    """Return the Friday of an era of Numerai's files (version 3 and later).

    Parameters
    ----------
    era : str, int, or Series, array or list of these
        Such as "0575", 575 or a panel's column.

    Returns
    -------
    Timestamp, Series on the same index, or DatetimeIndex

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.data.era_to_date("1083")
    Timestamp('2023-10-06 00:00:00')
    """
    return _each(era, lambda x: _FRIDAY + pd.to_timedelta(7 * (_eras(x) - 1), unit="D"))


def date_to_era(date):
    """Return the era of a day: of the latest Friday, and on Friday that of the day.

    Takes a date, in whichever form pandas reads, or many; returns labels such as
    "1083".

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.data.date_to_era("2023-10-06")
    '1083'
    """
    return _each(date, lambda x: _labels((_dates(x) - _FRIDAY).days // 7 + 1))


def round_to_date(number):
    """Return the day on which a round of the daily tournament (from 339) opened.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.data.round_to_date(600)
    Timestamp('2023-10-24 00:00:00')
    """
    return _each(number, _opened)


def round_to_era(number):
    """Return the era on whose week a round rests: that of the Friday before it.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.data.round_to_era(nl.data.era_to_round("1083"))
    '1083'
    """
    day = pd.Timedelta(days=1)
    return _each(number, lambda x: date_to_era(_opened(x) - day))


def era_to_round(era):
    """Return the number of the weekend round of an era, which opened on Saturday.

    Examples
    --------
    >>> import numlearn as nl
    >>> int(nl.data.era_to_round("1083"))
    589
    """

    def weekend(x):
        weeks = (era_to_date(_eras(x)) - _TUESDAY).days // 7
        return _refuse_weekly(_ROUND + 5 * np.asarray(weeks) + 4)

    return _each(era, weekend)


def _opened(x):
    weeks, day = np.divmod(_refuse_weekly(_eras(x)) - _ROUND, 5)
    return _TUESDAY + pd.to_timedelta(7 * weeks + day, unit="D")


def _refuse_weekly(numbers):
    if numbers.min() < _DAILY_SINCE:
        raise NumlearnError(
            f"Round {numbers.min()} is of the time before daily rounds, which began "
            f"with {_DAILY_SINCE} in October 2022: one a week, with other dates."
        )
    return numbers


def _eras(labels):
    """Return whole numbers from 1 on, of eras or rounds."""
    for label in labels[:1]:
        if isinstance(label, datetime.date) or len(str(label)) > 7:
            raise NumlearnError(f"{label!r} is a date, not the number of an era.")
    return position(labels)


def _dates(x):
    failed = f"{list(x)[:1][0]!r} is no date: write it as 2023-10-06."
    with instead_of((ValueError, TypeError), failed):
        return pd.DatetimeIndex(pd.to_datetime(x))


def _labels(numbers):
    if numbers.min() < 1:
        first = f"{_FRIDAY:%Y-%m-%d}"
        raise NumlearnError(f"The first era is of {first}: nothing is older.")
    return [f"{number:04d}" for number in numbers]


def _each(values, function):
    """Apply a function of many values to one or many; a Series keeps its index."""
    if isinstance(values, pd.Series):
        return pd.Series(function(values.array), values.index, name=values.name)
    if isinstance(values, str) or not np.iterable(values):
        return function([values])[0]
    return function(values)
