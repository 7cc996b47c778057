"""Points in time as label metadata write them."""

from datetime import UTC, datetime


def moment(text: str) -> str:
    """A creation-date in a form whose order is that of time: ISO 8601 in UTC, as which dates without a zone are taken.

    What is no ISO 8601 counts as no date, and that is before all others: "".

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html, which shows none with a zone.
    """
    try:
        parsed = datetime.fromisoformat(text)
        in_utc = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter of the first and the last day of all, in other zones
        return ""
    return in_utc.isoformat(timespec="microseconds")
