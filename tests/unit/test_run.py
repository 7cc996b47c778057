"""The document that the states of a run pass on."""

import json
from typing import Any

import msgspec
import pytest
from labelloop.run import Dataset, Failure, Pinned, Poll, RunDocument, present
from labelloop.tasks import Task

from tests.unit.factories import dataset, run_document

PLAN = Poll(30, 60, 5, 74)


def test_a_document_holds_only_what_is_known() -> None:
    assert run_document(poll=PLAN).to_json() == {
        "run": {
            "id": "shapes-0123456789ab",
            "project": "shapes",
            "trigger": "inbox",
            "requested_at": "2026-11-20T12:26:13.000000+00:00",
        },
        "manifest": {
            "object": {
                "uri": "s3://labelloop-data/projects/shapes/manifests/round+1.manifest",
                "etag": "e7a9",
                "version": None,
            },
            "label_attribute": None,
            "categories_uri": None,
        },
        "poll": {"seconds": 30, "fast_polls": 60, "slower_by": 5, "endpoint_polls": 74},
    }


@pytest.mark.parametrize(
    "facts",
    [{}, {"dataset": dataset()}, {"settings": Pinned("s3://b/k", "e", "v")}, {"failure": Failure("E", "c")}],
    ids=["nothing", "dataset", "settings", "failure"],
)
def test_a_document_survives_the_state_machine(facts: dict[str, Any]) -> None:
    document = run_document(**facts)
    assert RunDocument.from_json(json.loads(json.dumps(document.to_json()))) == document


def test_what_the_state_machine_adds_for_itself_is_passed_over() -> None:
    seen = run_document().to_json() | {"observed": {"status": "InProgress"}}
    assert RunDocument.from_json(seen) == run_document()


def test_a_failure_is_read_as_step_functions_writes_it() -> None:
    seen = run_document().to_json() | {"failure": {"Error": "States.Timeout"}}
    assert RunDocument.from_json(seen).failure == Failure("States.Timeout", "")


def test_another_document_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="missing required field `run`"):
        RunDocument.from_json({})


def test_facts_are_added_to_a_copy() -> None:
    before = run_document()
    after = before.with_(poll=PLAN)
    assert (before.poll, after.poll) == (None, PLAN)


def test_a_datasets_files_lie_in_its_folder() -> None:
    place = Dataset("0c", "s3://b/d/0c", Task.OBJECT_DETECTION, "object-detection", "shapes")
    assert place.file("train.manifest") == "s3://b/d/0c/train.manifest"


def test_a_fact_that_should_be_there_is() -> None:
    assert present(dataset()) == dataset()
    with pytest.raises(ValueError, match="lacks a fact that an earlier state adds"):
        present(None)
