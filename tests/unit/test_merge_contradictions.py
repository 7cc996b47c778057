"""Manifests that repeat and contradict themselves and each other: what is taken is found out slowly, in any order.

Within a manifest the newest line speaks for a picture, of equally new ones the last; between manifests the newest of
these does, and where equally new ones differ, none. A date that cannot be read is older than all others.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.dataset import TRAIN, VALIDATION
from labelloop.run import present

from tests.unit.factories import picture
from tests.unit.test_merge_properties import (
    KINDS,
    NAMES,
    ORDER,
    Files,
    Job,
    Labelled,
    Project,
    lines_of,
    said,
    shown,
    some,
)

# Dates and their order in time; two of them are the same moment, and two are none.
TIMES = {
    "": 0,
    "yesterday": 0,
    "2026-01-01": 1,
    "2026-01-01T10:00:00": 2,
    "2026-01-01T12:00:00+02:00": 2,
    "2026-01-01T11:00:00+00:30": 3,
}
PICTURES = range(4)
LABELLED = st.builds(
    Labelled,
    st.sampled_from(PICTURES),
    st.lists(st.sampled_from(NAMES), max_size=2).map(tuple),
    st.sampled_from([*TIMES]),
)
JOBS = st.lists(
    st.builds(Job, ORDER, st.lists(LABELLED, min_size=1, max_size=5).map(tuple)), min_size=1, max_size=3, unique_by=str
)
LEFT_OUT = {"DUPLICATE_SOURCE_REF", "LABEL_REPLACED", "LABELS_CONFLICT", "NO_OBJECTS"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("project")


def taken(attribute: str, jobs: Sequence[Job]) -> dict[str, Counter[str]]:
    """The class names of each picture's label, where there is one and it has any."""
    found = {picture(name): _of_picture(attribute, jobs, name) for name in PICTURES}
    return {uri: names for uri, names in found.items() if names}


def _of_picture(attribute: str, jobs: Sequence[Job], name: int) -> Counter[str]:
    spoken = []
    for job in jobs:
        own = [one for one in job.labelled if one.name == name]
        if own:
            newest = max(TIMES[one.day] for one in own)
            spoken.append([(job, one) for one in own if TIMES[one.day] == newest][-1])
    newest = max((TIMES[one.day] for _, one in spoken), default=0)
    last = [(job, one) for job, one in spoken if TIMES[one.day] == newest]
    agree = len({said(attribute, one) for _, one in last}) == 1
    return shown(KINDS[attribute](*last[0])) if agree else Counter()


def read(files: Files) -> dict[str, Counter[str]]:
    return {uri: shown(each) for uri, each in (lines_of(files[TRAIN]) | lines_of(files[VALIDATION])).items()}


@pytest.mark.parametrize("attribute", ["shapes", "species", "tags"])
@some
@given(jobs=JOBS)
def test_in_any_order_the_same_labels_are_taken(folder: Path, attribute: str, jobs: list[Job]) -> None:
    expected, made = taken(attribute, jobs), set()
    for order in itertools.permutations(jobs):
        done, files = Project(folder, attribute).put(order)
        made.add(tuple(files.items()))
        if files:
            assert read(files) == expected
            report = present(done.report)
            assert report.left_out.keys() <= LEFT_OUT
            assert report.lines - sum(report.left_out.values()) == len(expected)
            assert {entry.name for entry in report.classes if entry.objects} == set(report.class_names)
        else:
            assert min(len(expected), len(set().union(*expected.values()))) < 2  # too few pictures, or classes
    assert len(made) == 1
