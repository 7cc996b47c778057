"""What a sample says of the whole; SciPy is the oracle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.checks.pictures import (
    PICTURE_CHANNELS,
    PICTURE_DAMAGED,
    PICTURE_MISSING,
    PICTURES_NOT_ALL_DECODED,
    PICTURES_SAMPLED,
    TOO_MANY_UNUSABLE_PICTURES,
)
from labelloop.findings import Findings
from labelloop.picture_checks.inspection import Inspection, Problem
from labelloop.picture_checks.sample import LabelledPicture
from labelloop.picture_checks.shares import Share, check_shares
from scipy.stats import binomtest

PICTURE = LabelledPicture(1, "s3://b/k.jpg", None, False)
GOOD, DECODED = Inspection(PICTURE), Inspection(PICTURE, is_decodable=True)
MISSING = Inspection(PICTURE, (Problem(PICTURE_MISSING, ""),))
GREY = Inspection(PICTURE, (Problem(PICTURE_CHANNELS, ""),))
NO_HEADER = Inspection(PICTURE, (Problem(PICTURE_DAMAGED, ""),))
CUT_SHORT = Inspection(PICTURE, (Problem(PICTURE_DAMAGED, ""),), is_decodable=False)


@given(st.integers(1, 10**6).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_the_interval_is_wilsons(counts: tuple[int, int]) -> None:
    found, looked_at = counts
    wanted = binomtest(found, looked_at).proportion_ci(0.95, "wilson")
    assert Share(found, looked_at).interval() == pytest.approx((wanted.low, wanted.high), abs=1e-9)


@given(st.integers(1, 10**6))
def test_none_and_all_are_exact(looked_at: int) -> None:
    assert (Share(0, looked_at).interval()[0], Share(looked_at, looked_at).interval()[1]) == (0, 1)


def found_in(inspections: list[Inspection], total: int, invalid_share: float = 0.2) -> dict[str, list[str]]:
    findings = Findings()
    check_shares(inspections, total, findings, invalid_share)
    return {result.code: [finding.message for finding in result.findings] for result in findings.results()}


def test_a_sample_says_what_it_means_for_the_whole() -> None:
    message = (
        "500 of 20,000 pictures were looked at, 5 of them found unusable. "
        "For all that means about 200, with 95 % confidence 86 to 464."
    )
    assert found_in([MISSING] * 5 + [GOOD] * 495, 20_000) == {PICTURES_SAMPLED.code: [message]}


def test_decoding_says_it_for_itself() -> None:
    message = (
        "10 of 100 pictures were decoded, 1 of them found damaged. "
        "For all that means about 10, with 95 % confidence 2 to 40."
    )
    assert found_in([CUT_SHORT] + [DECODED] * 9 + [GOOD] * 90, 100) == {PICTURES_NOT_ALL_DECODED.code: [message]}


@pytest.mark.parametrize(
    ("inspections", "total", "codes"),
    [
        ([], 0, set()),
        ([], 10, set()),
        ([DECODED, CUT_SHORT], 2, set()),
        ([GOOD, GREY], 2, set()),
        ([GOOD, MISSING], 2, set()),
        ([DECODED, MISSING, NO_HEADER], 3, set()),
        ([DECODED, GOOD], 2, {PICTURES_NOT_ALL_DECODED.code}),
        ([DECODED], 2, {PICTURES_SAMPLED.code, PICTURES_NOT_ALL_DECODED.code}),
        ([GOOD], 2, {PICTURES_SAMPLED.code}),
    ],
)
def test_where_all_were_looked_at_nothing_is_estimated(
    inspections: list[Inspection], total: int, codes: set[str]
) -> None:
    assert set(found_in(inspections, total)) == codes


@pytest.mark.parametrize(
    ("kind", "unusable"), [(MISSING, True), (NO_HEADER, True), (GREY, False), (GOOD, False), (CUT_SHORT, False)]
)
def test_what_only_decoding_shows_is_not_of_all_that_were_looked_at(kind: Inspection, unusable: bool) -> None:
    message = found_in([kind] * 3, 4)[PICTURES_SAMPLED.code][0]
    assert f", {3 if unusable else 0} of them found unusable." in message


@pytest.mark.parametrize(
    ("bad", "stops"),
    [(20, False), (27, False), (28, True), (100, True)],  # of 100: 27 may still be 20 % of all, by chance
)
@pytest.mark.parametrize(
    ("kind", "act", "fault"), [(MISSING, "looked at", "unusable"), (CUT_SHORT, "decoded", "damaged")]
)
def test_too_large_a_share_stops_the_run(kind: Inspection, act: str, fault: str, bad: int, stops: bool) -> None:
    told = found_in([kind] * bad + [DECODED] * (100 - bad), 1_000).get(TOO_MANY_UNUSABLE_PICTURES.code)
    message = f"Of 100 pictures that were {act} {bad} were found {fault}: {bad}%. At most 20% may be of no use."
    assert told == ([message] if stops else None)


def test_how_large_a_share_may_be_is_settable() -> None:
    assert TOO_MANY_UNUSABLE_PICTURES.code in found_in([MISSING] * 5 + [GOOD] * 95, 1_000, invalid_share=0.01)
    assert TOO_MANY_UNUSABLE_PICTURES.code not in found_in([MISSING] * 100, 1_000, invalid_share=1)
    assert TOO_MANY_UNUSABLE_PICTURES.code not in found_in([DECODED] * 10, 1_000, invalid_share=0)
