"""Masks of any classes, for hypothesis; and what a diagnosis comes to."""

from collections.abc import Mapping

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from labelloop.checks import masks as checks
from labelloop.mask_checks.doctor import Diagnosis
from labelloop.palette import Colour

from tests.unit.mask_files import WHITE, Ids, decoded

VALUES = st.integers(0, 3) | st.integers(0, 254)
# Never grey, so that no colour can be taken for a value.
VIVID = st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255)).filter(lambda one: one[0] != one[1])
MAPS = st.dictionaries(VALUES, VIVID, min_size=1, max_size=8).filter(lambda one: len(set(one.values())) == len(one))
WITH_WHITE = MAPS.map(lambda colours: colours | {min(colours): WHITE})


def label_images(colours: Mapping[int, Colour | None], *others: int) -> st.SearchStrategy[Ids]:
    sizes = arrays.array_shapes(min_dims=2, max_dims=2, max_side=8)
    return arrays.arrays(np.uint8, sizes, elements=st.sampled_from([*colours, *others]))


def codes(found: Diagnosis) -> list[str]:
    return [problem.check.code for problem in found.problems if problem.check is not checks.MASK_OF_ONE_CLASS]


def size_of(values: Ids) -> tuple[int, int]:
    return values.shape[1], values.shape[0]


def trained_on(body: bytes, found: Diagnosis) -> Ids:
    """What training reads in the end: the repaired mask, or the mask itself."""
    return decoded(body if found.repaired is None else found.repaired)
