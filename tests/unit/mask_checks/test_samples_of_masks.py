"""What some masks say of all; SciPy is the oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.mask_checks import MaskVerdict
from scipy.stats import binomtest

from tests.unit.mask_files import AREAS, as_ground_truth
from tests.unit.mask_store import COLOURED, RIGHT, STRAY, Memory, check, labelled, mask_uri, stored

EMPTY = as_ground_truth(np.zeros_like(AREAS))


@given(st.permutations(range(1, 13)))
def test_a_sample_depends_on_the_masks_alone(order: list[int]) -> None:
    objects = stored(*[STRAY] * 12)
    verdict, found = check(map(labelled, order), objects, limit=5)
    assert found["MASKS_SAMPLED"].findings[0].message.startswith("5 of 12 masks were examined, 5 of them were wrong.")
    assert verdict == check(map(labelled, range(1, 13)), objects, limit=5)[0]
    assert len(verdict.refused) == 5


def of_sample(wrong: int, looked_at: int, total: int, kind: bytes, invalid_share: float = 0.2) -> dict[str, str]:
    """What is said of a sample in which so many masks are of a kind, by code."""
    chosen = [line for line in range(1, total + 1) if line in in_sample(looked_at, total)]
    bad = {mask_uri(line): kind for line in chosen[:wrong]}
    objects = Memory(stored(*[RIGHT] * total) | bad)
    results = check(map(labelled, range(1, total + 1)), objects, limit=looked_at, invalid_share=invalid_share)[1]
    return {code: result.findings[0].message for code, result in results.items() if code.endswith(("SAMPLED", "MASKS"))}


def in_sample(looked_at: int, total: int) -> set[int]:
    """Which lines are looked at: those whose masks are missed where none is there."""
    refused = check(map(labelled, range(1, total + 1)), Memory({}), limit=looked_at)[0].refused
    assert len(refused) == looked_at
    return set(refused)


@pytest.mark.parametrize("kind", [STRAY, COLOURED, b"GIF89a"], ids=["refused", "repaired", "no picture"])
@pytest.mark.parametrize(("wrong", "stops"), [(0, False), (4, False), (9, True), (10, True)])
def test_a_sample_says_what_it_means_for_all(kind: bytes, wrong: int, stops: bool) -> None:
    """Those that were not examined are not repaired either, so all that is wrong counts."""
    found = of_sample(wrong, 10, 1_000, kind)
    low, high = binomtest(wrong, 10).proportion_ci(0.95, "wilson")
    told = f"10 of 1,000 masks were examined, {wrong} of them were wrong"
    meaning = f"For all that means {1_000 * low:,.0f} to {1_000 * high:,.0f}, with 95 % confidence."
    too_many = {"TOO_MANY_WRONG_MASKS": f"{told}; at most 20% may be, if the others are unseen."} if stops else {}
    assert found == {"MASKS_SAMPLED": f"{told}. {meaning}"} | too_many


@pytest.mark.parametrize(
    ("wrong", "invalid_share", "stops"), [(1, 0.0, True), (0, 0.0, False), (9, 0.9, False), (10, 1.0, False)]
)
def test_how_large_a_share_may_be_is_settable(wrong: int, invalid_share: float, stops: bool) -> None:
    found = of_sample(wrong, 10, 40, COLOURED, invalid_share=invalid_share)
    assert ("TOO_MANY_WRONG_MASKS" in found) == stops


def test_a_mask_that_is_worth_a_remark_is_not_wrong() -> None:
    results = check(map(labelled, range(1, 9)), stored(*[EMPTY] * 8), limit=4)[1]
    assert results["MASK_OF_ONE_CLASS"].count == 4
    assert ", 0 of them were wrong." in results["MASKS_SAMPLED"].findings[0].message


@pytest.mark.parametrize("limit", [3, 4])
def test_nothing_is_said_of_a_sample_of_all(limit: int) -> None:
    assert check(map(labelled, (1, 2, 3)), stored(*[RIGHT] * 3), limit=limit)[1] == {}
    assert set(check(map(labelled, (1, 2, 3)), stored(*[STRAY] * 3), limit=limit)[1]) == {
        "MASK_VALUE_NOT_IN_COLOUR_MAP"
    }


def test_where_none_is_examined_nothing_is_estimated() -> None:
    assert check(map(labelled, (1, 2)), Memory({}), limit=0) == (MaskVerdict({}, {}), {})


def test_masks_of_new_values_are_all_examined() -> None:
    objects = stored(*[RIGHT] * 6)
    verdict, found = check([labelled(line, new_values={3: 4}) for line in range(1, 7)], objects, limit=1)
    assert set(verdict.repaired) == set(map(mask_uri, range(1, 7)))
    assert found == {}


def test_masks_of_new_values_do_not_count_against_the_limit() -> None:
    objects = stored(*[RIGHT] * 4, *[STRAY] * 2)
    masks = [labelled(line, new_values={3: 4} if line < 5 else None) for line in range(1, 7)]
    verdict, found = check(masks, objects, limit=1)
    assert set(verdict.repaired) == set(map(mask_uri, range(1, 5)))
    assert len(verdict.refused) == 1
    assert found["MASKS_SAMPLED"].findings[0].message.startswith("5 of 6 masks were examined")


def test_no_masks_are_all_right() -> None:
    assert check([], Memory({})) == (MaskVerdict({}, {}), {})
