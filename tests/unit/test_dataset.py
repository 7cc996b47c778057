"""From checked manifests to a frozen dataset."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.checks import Check
from labelloop.checks.pictures import PICTURE_MISSING
from labelloop.dataset import CLASSES, TRAIN, VALIDATION, freeze
from labelloop.label_file import LabelFile
from labelloop.merging import InspectedFiles
from labelloop.report import Report
from labelloop.run import present
from labelloop.survey import Split, place_of

from tests.unit.factories import (
    Json,
    adjusted_pair,
    box,
    class_line,
    class_list_line,
    failed_line,
    line,
    mask,
    mask_line,
    picture,
    unlabelled_line,
)
from tests.unit.local_project import LocalProject, Manifest


class Frozen(NamedTuple):
    """A frozen dataset, read back."""

    report: Report
    train: list[Json]
    validation: list[Json]
    classes: list[Json]

    @property
    def lines(self) -> dict[str, Json]:
        """By picture."""
        return {each["source-ref"]: each for each in (*self.train, *self.validation)}

    @property
    def names(self) -> list[str]:
        assert [entry["id"] for entry in self.classes] == list(range(len(self.classes)))
        return [entry["name"] for entry in self.classes]


def frozen(
    folder: Path,
    *manifests: Manifest | LabelFile,
    repaired: Sequence[Mapping[str, str]] = (),
    refused: Mapping[int, Check] | None = None,
    **settings: Any,
) -> Frozen:
    """The dataset of manifests, the last of which is new; `repaired` are masks of each."""
    files = [InspectedFiles(refused or {}, new) for new in repaired or [{}] * len(manifests)]
    done = LocalProject(folder, **settings).put(*manifests, inspect=lambda *_: tuple(files))
    assert not done.stops, done.refusal()
    report = freeze(done, present(done.report), folder).report
    return Frozen(report, *(read(folder / name) for name in (TRAIN, VALIDATION, CLASSES)))


def read(path: Path) -> list[Json]:
    body = path.read_bytes()
    assert body.endswith(b"\n")
    return [json.loads(text) for text in body.splitlines()]


# ---- each task ----


def test_a_dataset_of_boxes(tmp_path: Path) -> None:
    lines = [
        line("a", box(5, left=111.5), 0, verify_shapes="1"),
        line("b", 5),
        line("c", 0, class_map={"0": "class 0", "9": "class 9"}),
        failed_line("d"),
        unlabelled_line("e"),
        unlabelled_line("f"),
        line("g"),
    ]
    found = frozen(tmp_path, ["", *lines, ""], validation_share=0.5)
    assert found.lines[picture("a")] == {
        "source-ref": picture("a"),
        "shapes": lines[0]["shapes"] | {"annotations": [box(1, left=111.5), box(0)]},
        "shapes-metadata": lines[0]["shapes-metadata"] | {"class-map": {"0": "class 0", "1": "class 5"}},
    }
    assert set(found.lines) == {picture(name) for name in "abc"}
    assert found.names == ["class 0", "class 5"]
    assert [entry.objects for entry in found.report.classes] == [2, 2]
    assert (found.report.lines, found.report.max_objects) == (7, 2)
    assert found.report.left_out == {"LABELLING_FAILED": 1, "NOT_LABELLED": 2, "NO_OBJECTS": 1}
    assert re.fullmatch("[0-9a-f]{16}", found.report.dataset)


def test_boxes_are_cut_at_the_edge_of_their_picture(tmp_path: Path) -> None:
    lines = [line("a", box(0, left=-10), box(0, 485, 392, 20, 10)), line("b", 0)]
    found = frozen(tmp_path, lines).lines[picture("a")]
    assert found["shapes"]["annotations"] == [box(0, left=0, width=20), box(0, 485, 392, 15, 8)]


def test_a_dataset_of_masks(tmp_path: Path) -> None:
    """Pixels keep their values, so the values between get classes; another name of the metadata's key is mended."""
    lines = [mask_line("a", 0, 4), mask_line("b", 1, 255), failed_line("c", attribute="streets-ref")]
    lines[0]["streets-metadata"] = lines[0].pop("streets-ref-metadata")
    found = frozen(tmp_path, [*lines, mask_line("d", 255)])
    assert found.lines == {picture("a"): mask_line("a", 0, 4), picture("b"): mask_line("b", 1)}
    assert found.names == ["BACKGROUND", "class 1", "unused 2", "unused 3", "class 4"]
    assert found.report.left_out == {"LABELLING_FAILED": 1, "NO_OBJECTS": 1}


def test_repaired_masks_take_the_place_of_the_others(tmp_path: Path) -> None:
    """Each manifest has its own: one file may be read in two ways by two of them."""
    first = [mask_line(name, 0, 1) for name in range(3)]
    second = [mask_line(name, names={0: "BACKGROUND", 1: "road"}) for name in range(3, 6)]
    repaired = [{mask(0): "s3://b/new.png"}, {mask(0): "s3://b/wrong.png", mask(4): "s3://b/painted.png"}]
    found = frozen(tmp_path, first, second, repaired=repaired)
    assert [found.lines[picture(name)]["streets-ref"] for name in range(6)] == [
        "s3://b/new.png", mask(1), mask(2), mask(3), "s3://b/painted.png", mask(5)
    ]  # fmt: skip
    assert found.names == ["BACKGROUND", "class 1", "road"]
    assert list(found.lines[picture(3)]["streets-ref-metadata"]["internal-color-map"]) == ["0", "2"]


def test_a_dataset_of_classes(tmp_path: Path) -> None:
    found = frozen(tmp_path, [class_line("a", "7"), class_line("b", 3)])
    assert found.lines == {
        picture("a"): class_line("a", 1, class_name="class 7"),
        picture("b"): class_line("b", 0, class_name="class 3"),
    }
    assert found.names == ["class 3", "class 7"]


def test_a_dataset_of_lists_of_classes(tmp_path: Path) -> None:
    repeated = class_list_line("c", 7) | {"tags": "[7, 7]"}
    found = frozen(tmp_path, [class_list_line("a", 7, 3), class_list_line("b"), repeated])
    both, one = {"0": "class 3", "1": "class 7"}, {"1": "class 7"}
    assert found.lines == {
        picture("a"): class_list_line("a", 1, 0, class_map=both, confidence_map={"1": 0.07, "0": 0.03}),
        picture("c"): class_list_line("c", 1, class_map=one, confidence_map={"1": 0.07}),
    }
    assert [entry.objects for entry in found.report.classes] == [1, 2]


# ---- classes ----


def test_classes_are_those_that_are_left_and_those_that_a_job_offers(tmp_path: Path) -> None:
    lines = [line("a", 0, 5), line("b", 5), line("b", 0, class_map={"0": "class 0", "9": "class 9"})]
    assert frozen(tmp_path, lines).names == ["class 0", "class 5"]
    assert frozen(tmp_path, [line("a", 0), line("c", 0), line("b", 5), line("b", 0)]).names == ["class 0"]
    offered = LocalProject(tmp_path).file(lines, categories=["class 0", "eel"])
    assert frozen(tmp_path, offered).names == ["class 0", "eel", "class 5"]


# ---- which lines ----


def test_adjusted_labels_stand_under_one_name_with_the_others(tmp_path: Path) -> None:
    adjusted = line("a", 1, attribute="new") | adjusted_pair("new") | {"new": line("a", 1)["shapes"]}
    adjusted["new-metadata"] |= {"class-map": {"1": "class 1"}}
    found = frozen(tmp_path, [line("a", 0) | adjusted, line("b", 0)]).lines
    assert [entry["class_id"] for entry in found[picture("a")]["new"]["annotations"]] == [1]
    assert [entry["class_id"] for entry in found[picture("b")]["new"]["annotations"]] == [0]
    assert all(list(each) == ["source-ref", "new", "new-metadata"] for each in found.values())


def test_labels_of_several_jobs_stand_under_one_name(tmp_path: Path) -> None:
    first, second = ([line(name, 0, attribute=f"by-{names}") for name in names] for names in ("cd", "ab"))
    found = frozen(tmp_path, first, second)
    assert {tuple(each) for each in found.lines.values()} == {("source-ref", "by-ab", "by-ab-metadata")}
    assert (found.report.label_attribute, len(found.lines)) == ("by-ab", 4)


def test_what_was_left_out_is_not_written(tmp_path: Path) -> None:
    lines = [line("a", 0), line("b", 0), line("a", 1), line("c", 7, class_map={}), line("d", 0, 1)]
    found = frozen(tmp_path, lines, refused={2: PICTURE_MISSING})
    assert set(found.lines) == {picture("a"), picture("d")}
    assert found.lines[picture("a")]["shapes"]["annotations"] == [box(1)]


# ---- sides ----


@pytest.mark.parametrize("share", [1e-9, 0.2, 0.5, 1 - 1e-9])
def test_a_picture_is_on_its_side_and_one_stands_in_for_none(tmp_path: Path, share: float) -> None:
    names = [picture(name) for name in range(1, 12)]
    found = frozen(tmp_path, [line(name, 0) for name in range(1, 12)], validation_share=share)
    validating = [name for name in names if Split(share).validates(name)]
    training = [name for name in names if name not in validating]
    by_place = sorted(names, key=place_of)
    assert [each["source-ref"] for each in found.validation] == (validating or by_place[:1])
    assert [each["source-ref"] for each in found.train] == (training or by_place[-1:])
    assert (found.report.train_samples, found.report.validation_samples) == (len(found.train), len(found.validation))


# ---- ids ----


def test_a_dataset_is_named_by_what_it_holds(tmp_path: Path) -> None:
    lines = [line(name, 0, 5) for name in range(9)]
    dataset = frozen(tmp_path, lines).report.dataset
    assert frozen(tmp_path, ["", *lines]).report.dataset == dataset
    for other in ([*lines, line(9, 0)], lines[::-1], [line(name, 0, 6) for name in range(9)]):
        assert frozen(tmp_path, other).report.dataset != dataset
    assert frozen(tmp_path, lines, validation_share=0.5).report.dataset != dataset


def test_the_order_of_manifests_makes_no_difference(tmp_path: Path) -> None:
    first, second = [line(name, 0) for name in range(9)], [line(name, 1) for name in range(5, 15)]
    one, other = frozen(tmp_path, first, second), frozen(tmp_path, second, first)
    assert one.report.dataset == other.report.dataset
    assert one[1:] == other[1:]


MAKE: dict[str, Callable[..., Json]] = {
    "boxes": line,
    "masks": lambda name, *values: mask_line(name, 0, *values),
    "class": lambda name, class_id, *_: class_line(name, class_id),
    "class list": class_list_line,
}
# Pictures with the class ids of their objects, which have gaps.
LABELLED = st.dictionaries(st.integers(0, 30), st.sets(st.sampled_from([0, 1, 5, 40]), min_size=1), max_size=25)


@pytest.mark.parametrize("kind", MAKE)
@given(labelled=LABELLED.map(lambda labelled: labelled | {98: {0}, 99: {1}}))
def test_a_frozen_dataset_freezes_again_to_the_same(
    tmp_path_factory: pytest.TempPathFactory, kind: str, labelled: dict[int, set[int]]
) -> None:
    """So it can be put into an inbox: on AWS, or elsewhere."""
    folder = tmp_path_factory.getbasetemp()
    first = frozen(folder, [MAKE[kind](name, *class_ids) for name, class_ids in labelled.items()])
    second = frozen(folder, list(first.lines.values()))
    assert second[1:] == first[1:]
    assert second.report.dataset == first.report.dataset


def test_a_report_is_a_document(tmp_path: Path) -> None:
    report = frozen(tmp_path, [line(1, 0), line(2, 0)]).report
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report
