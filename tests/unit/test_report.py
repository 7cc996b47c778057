"""What a dataset's report tells."""

import msgspec

from tests.unit.factories import report


def test_a_report_is_a_document() -> None:
    assert msgspec.json.decode(msgspec.json.encode(report()), type=type(report())) == report()


def test_a_report_tells_its_class_names_by_id() -> None:
    assert report().class_names == ("circle", "square")
