"""Points in time, in an order that is that of time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.moments import moment


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2018-10-18T22:18:13.527256", "2018-10-18T22:18:13.527256+00:00"),
        ("2018-10-18T22:18:13", "2018-10-18T22:18:13.000000+00:00"),
        ("2018-10-18T22:18:13Z", "2018-10-18T22:18:13.000000+00:00"),
        ("2018-10-18T22:18:13+02:00", "2018-10-18T20:18:13.000000+00:00"),
        ("2018-10-18 22:18", "2018-10-18T22:18:00.000000+00:00"),
        ("2018-10-18", "2018-10-18T00:00:00.000000+00:00"),
        ("", ""),
        ("yesterday", ""),
        ("18.10.2018", ""),
        ("2018-10-32", ""),
        ("1539901093", ""),
        ("0001-01-01T00:00:00+05:00", ""),
        ("9999-12-31T23:59:59-05:00", ""),
    ],
)
def test_dates_as_labels_have_them(text: str, found: str) -> None:
    assert moment(text) == found


ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
SPAN = (datetime(2, 1, 1), datetime(9998, 1, 1))
DATES = st.datetimes(*SPAN) | st.datetimes(*SPAN, timezones=ZONES)


@given(DATES, DATES)
def test_texts_are_in_the_order_of_time(one: datetime, other: datetime) -> None:
    """Without a zone a date is of UTC."""
    first, second = (date if date.tzinfo else date.replace(tzinfo=UTC) for date in (one, other))
    found = (moment(one.isoformat()), moment(other.isoformat()))
    assert (found[0] < found[1], found[0] == found[1]) == (first < second, first == second)
