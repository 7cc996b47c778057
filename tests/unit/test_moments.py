"""Dates of label metadata, in an order that is that of time; `datetime` is the oracle."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.moments import moment

ZONES = st.integers(-24 * 60 + 1, 24 * 60 - 1).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# A day from both ends of all time, so that every zone's clock can show them.
TIMES = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29))


@pytest.mark.parametrize(
    ("text", "in_utc"),
    [
        ("2018-10-18T22:18:13.527256", "2018-10-18T22:18:13.527256+00:00"),
        ("2018-10-18T22:18:13", "2018-10-18T22:18:13.000000+00:00"),
        ("2018-10-18T22:18:13.5", "2018-10-18T22:18:13.500000+00:00"),
        ("2018-10-18 22:18", "2018-10-18T22:18:00.000000+00:00"),
        ("2018-10-18", "2018-10-18T00:00:00.000000+00:00"),
        ("2018-10-18T22:18:13Z", "2018-10-18T22:18:13.000000+00:00"),
        ("2018-10-18T22:18:13+00:00", "2018-10-18T22:18:13.000000+00:00"),
        ("2018-10-18T22:18:13+02:00", "2018-10-18T20:18:13.000000+00:00"),
        ("2018-10-18T22:18:13.527256-05:30", "2018-10-19T03:48:13.527256+00:00"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00.000000+00:00"),
    ],
)
def test_a_date_is_written_in_utc(text: str, in_utc: str) -> None:
    assert moment(text) == in_utc


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "18.10.2018",
        "10/18/2018",
        "Thu Oct 18 2018",
        "2018-13-01",
        "2018-10-32",
        "1539901093",
        "2018-10-18T22:18:61",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
    ],
)
def test_what_is_no_date_is_before_all_others(text: str) -> None:
    assert moment(text) == "" < moment("0001-01-01")


@given(TIMES, ZONES, TIMES, ZONES)
def test_the_order_is_that_of_time(one: datetime, here: timezone, other: datetime, there: timezone) -> None:
    mine, others = one.replace(tzinfo=here), other.replace(tzinfo=there)
    assert (moment(mine.isoformat()) < moment(others.isoformat())) == (mine < others)
    assert (moment(mine.isoformat()) == moment(others.isoformat())) == (mine == others)


@given(TIMES, ZONES)
def test_one_moment_has_one_form(time: datetime, zone: timezone) -> None:
    elsewhere = time.replace(tzinfo=UTC).astimezone(zone)
    assert moment(time.isoformat()) == moment(elsewhere.isoformat()) == moment(moment(time.isoformat()))


@given(st.text())
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = moment(text)
    assert found == "" or datetime.fromisoformat(found).tzinfo is UTC
