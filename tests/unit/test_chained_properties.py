"""Labels that a second job adjusted and a third verified: the adjusted one wins, what was found bad is left out."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from labelloop.dataset import TRAIN, VALIDATION, freeze
from labelloop.label_file import LabelFile
from labelloop.preflight import preflight
from labelloop.run import Pinned, present
from labelloop.settings import Settings

from tests.unit.factories import Json, failed_line, labelled_line, line, manifest_text, picture, unlabelled_line

DAYS = ("2026-01-01T10:00:00", "2026-01-02T10:00:00.5", "2026-01-03T10:00:00")
BAD = ("bad", "Bad", "INCORRECT", "fail", "failed", "reject", "Rejected", "wrong")
GOOD = ("good", "approved", "", "not bad", "badly")


class Verdict(NamedTuple):
    """What a verification job says, and when."""

    word: str
    day: str


class Story(NamedTuple):
    """What became of a picture: the days on which it was labelled and adjusted, if it was, and verdicts on it."""

    labelled: str | None
    adjusted: str | None
    adjusting_failed: bool
    verdict: Verdict | None


OLD_OR_NEVER = st.none() | st.sampled_from(DAYS)
STORIES = st.lists(
    st.builds(
        Story,
        OLD_OR_NEVER,
        OLD_OR_NEVER,
        st.booleans(),
        st.none() | st.builds(Verdict, st.sampled_from(BAD + GOOD), st.sampled_from(DAYS)),
    ),
    min_size=4,
    max_size=16,
)


def made(name: int, story: Story) -> Json:
    """The line, on which the original's boxes begin at 1 and the adjusted one's at 2."""
    whole = unlabelled_line(name)
    if story.labelled:
        whole |= line(name, box(1), metadata={"creation-date": story.labelled})
    if story.adjusted:
        facts = {"creation-date": story.adjusted, "adjustment-status": "adjusted"}
        whole |= line(name, box(2), attribute="adjusted", metadata=facts)
    elif story.adjusting_failed:
        whole |= failed_line(name, attribute="adjusted")
    if story.verdict:
        facts = {"class-name": story.verdict.word, "creation-date": story.verdict.day}
        whole |= labelled_line(name, "verdict", 1, "label-verification", facts)
    return whole


def box(left: int) -> Json:
    return {"class_id": 0, "left": left, "top": 0, "width": 20, "height": 20}


def expected(story: Story) -> int | None:
    """Where the boxes that are trained on begin."""
    day = story.adjusted or story.labelled
    if day is None or (story.verdict and story.verdict.word in BAD and story.verdict.day >= day):
        return None
    return 2 if story.adjusted else 1


@given(stories=STORIES)
def test_the_adjusted_label_is_trained_on_unless_it_was_found_bad(
    tmp_path_factory: pytest.TempPathFactory, stories: Sequence[Story]
) -> None:
    assume(any(story.labelled for story in stories))
    assume(any(story.adjusted for story in stories))
    folder: Path = tmp_path_factory.getbasetemp()
    path = folder / "chained.manifest"
    path.write_bytes(manifest_text(made(name, story) for name, story in enumerate(stories)))
    done = preflight(LabelFile(path, Pinned("s3://b/m", "")), Settings())
    wanted = {picture(name): left for name, story in enumerate(stories) if (left := expected(story))}
    assert done.stops == (len(wanted) < 2)
    if not done.stops:
        freeze(done, present(done.report), folder)
        lines = [json.loads(text) for name in (TRAIN, VALIDATION) for text in (folder / name).read_bytes().splitlines()]
        assert {each["source-ref"]: each["adjusted"]["annotations"][0]["left"] for each in lines} == wanted
