import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import numlearn as nl
from numlearn.errors import NumlearnError


@pytest.mark.parametrize(
    ("number", "day"),
    [(589, "2023-10-07"), (843, "2024-09-27"), (1343, "2026-08-28")],
)
def test_rounds_opened_when_numerai_says(number, day):
    assert nl.data.round_to_date(number) == pd.Timestamp(day)


@given(st.integers(1, 2000), st.integers(0, 6))
def test_an_era_lasts_from_friday_to_thursday(era, days):
    friday = nl.data.era_to_date(era)
    assert friday.day_name() == "Friday"
    assert nl.data.date_to_era(friday + pd.Timedelta(days=days)) == f"{era:04d}"


@given(st.integers(1040, 2000))
def test_the_rounds_of_an_era(era):
    weekend = nl.data.era_to_round(era)
    opened = [nl.data.round_to_date(weekend + k) for k in range(5)]
    names = ["Saturday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    assert [day.day_name() for day in opened] == names
    assert opened[0] - nl.data.era_to_date(era) == pd.Timedelta(days=1)
    assert [nl.data.round_to_era(weekend + k) for k in range(5)] == [f"{era:04d}"] * 5


def test_many_at_once():
    eras = pd.Series(["0001", "0002", "1083"], ["a", "b", "c"], name="era")
    dates = nl.data.era_to_date(eras)
    assert dates.to_list() == list(
        pd.to_datetime(["2003-01-10", "2003-01-17", "2023-10-06"])
    )
    assert nl.data.date_to_era(dates).equals(eras)
    assert list(nl.data.date_to_era(["2026-08-14", "2026-08-20"])) == ["1232", "1232"]
    assert list(nl.data.era_to_round([1083, 1084])) == [589, 594]
    assert list(nl.data.round_to_era(range(589, 594))) == ["1083"] * 5


def test_what_is_none_is_a_sentence():
    for call, sentence in [
        (lambda: nl.data.era_to_date("2023-10-06"), "is a date"),
        (lambda: nl.data.era_to_date(pd.Timestamp("2023-10-06")), "is a date"),
        (lambda: nl.data.era_to_date("soon"), "soon"),
        (lambda: nl.data.date_to_era("soon"), "'soon' is no date"),
        (lambda: nl.data.date_to_era("1999-01-01"), "first era is of 2003-01-10"),
        (lambda: nl.data.round_to_date(200), "before daily rounds"),
        (lambda: nl.data.era_to_round(900), "before daily rounds"),
    ]:
        with pytest.raises(NumlearnError, match=sentence):
            call()
