"""From a manifest to a frozen dataset."""

import hashlib
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.dataset import (
    CLASSES,
    TRAIN,
    VALIDATION,
    FrozenDataset,
    freeze,
)
from labelloop.errors import InvalidLabel, ManifestError, NotEnoughSamples, UnreadableManifest
from labelloop.label_attribute import LabelAttribute
from labelloop.labels import Label
from labelloop.labels.boxes import BoxLabel
from labelloop.labels.classes import ClassLabel, ClassListLabel
from labelloop.labels.masks import MaskLabel
from labelloop.report import ClassReport
from labelloop.run import Pinned
from labelloop.samples import LeftOut, Sample, samples
from labelloop.survey import Split
from labelloop.tasks import Task

from tests.unit.factories import (
    Json,
    box,
    class_line,
    class_list_line,
    failed_line,
    line,
    mask_line,
    picture,
    unlabelled_line,
    write_manifest,
)


@dataclass(frozen=True)
class Kind:
    """Labels of one task.

    Args:
        attribute: under which they stand.
        label_type: that reads them.
        make: a line from a picture's name and class ids.
        class_ids: of a line, one for each object.
        names: by class id, as the metadata of a line tell them.
    """

    attribute: LabelAttribute
    label_type: type[Label]
    make: Callable[..., Json]
    class_ids: Callable[[Json], list[int]]
    names: Callable[[Json], dict[str, str]]

    def line(self, name: object, class_ids: Sequence[int]) -> Json:
        return self.make(name, *class_ids) if class_ids else unlabelled_line(name)

    def used(self, lines: Sequence[Json]) -> list[Json]:
        """Those that are trained on."""
        return [each for each in lines if self.attribute.name in each and self.class_ids(each)]

    def pictures(self, lines: Sequence[Json]) -> set[str]:
        return {each["source-ref"] for each in self.used(lines)}


def _attribute(name: str, task: Task) -> LabelAttribute:
    return LabelAttribute(name, task, "the only one")


ATTRIBUTE = _attribute("shapes", Task.OBJECT_DETECTION)
BOXES = Kind(
    ATTRIBUTE,
    BoxLabel,
    line,
    lambda each: [entry["class_id"] for entry in each["shapes"]["annotations"]],
    lambda each: each["shapes-metadata"]["class-map"],
)
MASKS = Kind(
    _attribute("streets-ref", Task.SEMANTIC_SEGMENTATION),
    MaskLabel,
    lambda name, *values: mask_line(name, *dict.fromkeys(values)),
    lambda each: sorted(map(int, each["streets-ref-metadata"]["internal-color-map"])),
    lambda each: {
        key: entry["class-name"] for key, entry in each["streets-ref-metadata"]["internal-color-map"].items()
    },
)
CLASS = Kind(
    _attribute("species", Task.IMAGE_CLASSIFICATION),
    ClassLabel,
    lambda name, class_id, *_: class_line(name, class_id),
    lambda each: [each["species"]],
    lambda each: {str(each["species"]): each["species-metadata"]["class-name"]},
)
CLASS_LIST = Kind(
    _attribute("tags", Task.IMAGE_CLASSIFICATION_MULTILABEL),
    ClassListLabel,
    lambda name, *class_ids: class_list_line(name, *dict.fromkeys(class_ids)),
    lambda each: each["tags"],
    lambda each: each["tags-metadata"]["class-map"],
)
KINDS = [BOXES, MASKS, CLASS, CLASS_LIST]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=["boxes", "masks", "class", "class list"])
SOURCE = Pinned("s3://labelloop-data/projects/shapes/manifests/a.manifest", "e7a9", "v1")

# Pictures with the class ids of their objects; class ids have gaps, pictures repeat.
LABELLED = st.lists(st.tuples(st.integers(0, 30), st.lists(st.sampled_from([0, 1, 5, 40]), max_size=3)), max_size=25)
TRAINABLE = LABELLED.filter(lambda pairs: len({name for name, class_ids in pairs if class_ids}) > 1)
Labelled = list[tuple[int, list[int]]]


def _freeze(
    folder: Path,
    lines: Sequence[Json | str],
    kind: Kind = BOXES,
    *,
    categories: Sequence[str] = (),
    share: float = 0.2,
) -> FrozenDataset:
    manifest = write_manifest(folder / "source.manifest", lines)
    return freeze(
        manifest,
        kind.attribute,
        kind.label_type,
        algorithm=kind.attribute.task.value,
        source=SOURCE,
        categories=categories,
        validation_share=share,
        folder=folder,
    )


def _in_new_folder(
    kind: Kind, lines: Sequence[Json | str], **options: Any
) -> tuple[FrozenDataset, dict[str, list[Json]]]:
    """For properties, which share one tmp_path between their examples."""
    with tempfile.TemporaryDirectory() as folder:
        frozen = _freeze(Path(folder), lines, kind, **options)
        return frozen, {name: _read(Path(folder) / name) for name in (TRAIN, VALIDATION)}


def _read(path: Path) -> list[Json]:
    return [json.loads(each) for each in path.read_bytes().splitlines()]


# ---- lines ----


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (unlabelled_line() | {"source-ref": "https://b/k"}, LeftOut.NO_PICTURE),
        ({"source": "inline", **line(1, 0)} | {"source-ref": None}, LeftOut.NO_PICTURE),
        (failed_line(), LeftOut.FAILED),
        (line(1, 0, metadata={"failure-reason": "ClientError"}), LeftOut.FAILED),
        (unlabelled_line(), LeftOut.UNLABELLED),
        (line(1, 0, attribute="cats"), LeftOut.UNLABELLED),
        ({"source-ref": picture(1), "shapes": line(1, 0)["shapes"]}, LeftOut.UNLABELLED),
        ({"source-ref": picture(1), "shapes-metadata": line(1, 0)["shapes-metadata"]}, LeftOut.UNLABELLED),
        (line(1), LeftOut.NO_OBJECTS),
    ],
)
def test_why_a_line_is_left_out(tmp_path: Path, values: Json, expected: LeftOut) -> None:
    manifest = write_manifest(tmp_path / "m", [values])
    assert list(samples(manifest, ATTRIBUTE, BoxLabel)) == [expected]


def test_a_usable_line_is_a_sample(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path / "m", [line("a", box("5"), box(0))])
    (found,) = samples(manifest, ATTRIBUTE, BoxLabel)
    assert isinstance(found, Sample)
    assert (found.source_ref, found.label.class_ids) == (picture("a"), (5, 0))
    assert found.class_names == {5: "class 5", 0: "class 0"}


@pytest.mark.parametrize(
    ("label", "complaint"),
    [
        ([], "Expected `object`, got `array`."),
        ({"annotations": []}, "Object missing required field `image_size`."),
        ({"image_size": [], "annotations": []}, "Expected `array` of length 1, got 0 - at `$.image_size`."),
        ({"class_id": "dog"}, "Expected `int`, got `str` - at `$.annotations[0].class_id`."),
        ({"class_id": 1.5}, "Expected `int`, got `float` - at `$.annotations[0].class_id`."),
        ({"left": None}, "Expected `int | float`, got `null` - at `$.annotations[0].left`."),
        ({"width": -1}, "class_id, width and height of a box cannot be negative - at `$.annotations[0]`."),
        ({"height": "nan"}, "the sizes of a box must be finite - at `$.annotations[0]`."),
    ],
)
def test_a_label_of_another_form_is_named_with_its_place(tmp_path: Path, label: Any, complaint: str) -> None:
    """A label without image_size and annotations stands for a box with those values."""
    whole = isinstance(label, list) or "annotations" in label
    values = line(1) | {"shapes": label} if whole else line(1, box(0) | label, class_map={})
    manifest = write_manifest(tmp_path / "m", [line(0, 0), values])
    with pytest.raises(UnreadableManifest, match=f"^manifest line 2, 'shapes': {re.escape(complaint)}$"):
        list(samples(manifest, ATTRIBUTE, BoxLabel))


# ---- the whole ----


def test_a_frozen_dataset(tmp_path: Path) -> None:
    lines = [
        line("a", box(5, left=111.5), 0, verify_shapes="1"),
        line("b", 5),
        line("c", 0, class_map={"0": "class 0", "9": "class 9"}),
        failed_line("d"),
        unlabelled_line("e"),
        unlabelled_line("f"),
        line("g"),
    ]
    folder, report = _freeze(tmp_path, ["", *lines, ""], share=0.5)
    train, validation = _read(folder / TRAIN), _read(folder / VALIDATION)

    assert [each for each in train + validation if each["source-ref"] == picture("a")] == [
        {
            "source-ref": picture("a"),
            "shapes": lines[0]["shapes"] | {"annotations": [box(1, left=111.5), box(0)]},
            "shapes-metadata": lines[0]["shapes-metadata"] | {"class-map": {"0": "class 0", "1": "class 5"}},
        }
    ]
    assert _read(folder / CLASSES) == [
        {"id": 0, "name": "class 0"},
        {"id": 1, "name": "class 5"},
        {"id": 2, "name": "class 9"},
    ]
    assert report.classes == (
        ClassReport(0, "class 0", 0, 2),
        ClassReport(1, "class 5", 5, 2),
        ClassReport(2, "class 9", 9, 0),
    )
    assert (report.lines, report.max_objects) == (7, 2)
    assert report.left_out == {"labelling failed": 1, "no objects": 1, "not labelled": 2}
    assert (report.train_samples, report.validation_samples) == (len(train), len(validation))
    assert (report.source, report.task, report.algorithm) == (SOURCE, Task.OBJECT_DETECTION, "object-detection")
    assert (report.label_attribute, report.label_attribute_rule) == ("shapes", "the only one")
    assert report.validation_share == 0.5
    assert re.fullmatch("[0-9a-f]{16}", report.dataset)


def test_a_report_is_a_document(tmp_path: Path) -> None:
    report = _freeze(tmp_path, [line(1, 0), line(2, 0)]).report
    assert msgspec.json.decode(msgspec.json.encode(report), type=type(report)) == report


def test_categories_are_classes_though_no_picture_shows_them(tmp_path: Path) -> None:
    named = {"0": "cat", "2": "dog"}
    lines = [line(1, 0, class_map=named), line(2, 2, class_map=named)]
    report = _freeze(tmp_path, lines, categories=["cat", "cow", "dog", "eel"]).report
    assert [(entry.name, entry.source_id, entry.objects) for entry in report.classes] == [
        ("cat", 0, 1),
        ("cow", 1, 0),
        ("dog", 2, 1),
        ("eel", 3, 0),
    ]


@pytest.mark.parametrize(
    ("lines", "categories", "kind", "message"),
    [
        ([], [], NotEnoughSamples, "0 of 0 lines are usable (none left out);"),
        ([line(1, 0)], [], NotEnoughSamples, "1 of 1 lines are usable (none left out);"),
        ([line(1, 0), line(1, 0)], [], NotEnoughSamples, "2 of 2 lines are usable (none left out);"),
        (
            [line(1, 0), failed_line(2), failed_line(3), unlabelled_line(4), line(5)],
            [],
            NotEnoughSamples,
            (
                "1 of 5 lines are usable (2 labelling failed, 1 no objects, 1 not labelled); "
                "two different pictures are the least: one to train, one to validate."
            ),
        ),
        (
            [line(1, 0, class_map={"0": "cat"}), line(2, 0, class_map={"0": "dog"})],
            [],
            InvalidLabel,
            "manifest line 2 calls class 0 'dog'; elsewhere it is 'cat'.",
        ),
        (
            [line(1, 0, class_map={"0": "dog"})],
            ["cat"],
            InvalidLabel,
            "manifest line 1 calls class 0 'dog'; elsewhere it is 'cat'.",
        ),
        (
            [line(1, 0), line(2, 0, 7, class_map={}), line(3, 7, class_map={})],
            [],
            InvalidLabel,
            "manifest line 2 has an object of class 7, which no class map names; named are [(0, 'class 0')].",
        ),
        (
            [line(1, 0, class_map={"0": "dog"}), line(2, 5, class_map={"5": "dog"})],
            [],
            InvalidLabel,
            "classes 0 and 5 have the same name, 'dog'.",
        ),
        (
            [line(1, 0, class_map={"dog": "dog"})],
            [],
            InvalidLabel,
            "manifest line 1: the class map {'dog': 'dog'} has keys that are no ids.",
        ),
        (["{}", "{"], [], UnreadableManifest, "manifest line 2 is not a JSON object: Input data was truncated;"),
    ],
)
def test_what_cannot_be_trained_on(
    tmp_path: Path, lines: Sequence[Json | str], categories: Sequence[str], kind: type[ManifestError], message: str
) -> None:
    with pytest.raises(kind, match=f"^{re.escape(message)}"):
        _freeze(tmp_path, lines, categories=categories)
    assert not (tmp_path / CLASSES).exists()


# ---- other labels than boxes ----


def test_a_frozen_dataset_of_masks(tmp_path: Path) -> None:
    """Pixels keep their values, so the values between get classes; other names of the metadata's key are mended."""
    lines = [
        mask_line("a", 0, 4),
        mask_line("b", 1, 255),
        failed_line("c", attribute="streets-ref"),
        mask_line("d", 255),
    ]
    lines[0]["streets-metadata"] = lines[0].pop("streets-ref-metadata")
    folder, report = _freeze(tmp_path, lines, MASKS)
    files = _read(folder / TRAIN) + _read(folder / VALIDATION)
    assert {each["source-ref"]: each for each in files} == {
        picture("a"): mask_line("a", 0, 4),
        picture("b"): mask_line("b", 1, 255),
    }
    assert report.classes == (
        ClassReport(0, "BACKGROUND", 0, 1),
        ClassReport(1, "class 1", 1, 1),
        ClassReport(2, "unused 2", 2, 0),
        ClassReport(3, "unused 3", 3, 0),
        ClassReport(4, "class 4", 4, 1),
    )
    assert report.left_out == {"labelling failed": 1, "no objects": 1}


def test_a_frozen_dataset_of_classes(tmp_path: Path) -> None:
    folder, report = _freeze(tmp_path, [class_line("a", "7"), class_line("b", 3)], CLASS)
    files = _read(folder / TRAIN) + _read(folder / VALIDATION)
    assert {each["source-ref"]: each for each in files} == {
        picture("a"): class_line("a", 1, class_name="class 7"),
        picture("b"): class_line("b", 0, class_name="class 3"),
    }
    assert report.classes == (ClassReport(0, "class 3", 3, 1), ClassReport(1, "class 7", 7, 1))


def test_a_frozen_dataset_of_lists_of_classes(tmp_path: Path) -> None:
    repeated = class_list_line("c", 7) | {"tags": "[7, 7]"}
    lines = [class_list_line("a", 7, 3), class_list_line("b"), repeated]
    folder, report = _freeze(tmp_path, lines, CLASS_LIST)
    files = _read(folder / TRAIN) + _read(folder / VALIDATION)
    both, one = {"0": "class 3", "1": "class 7"}, {"1": "class 7"}
    assert {each["source-ref"]: each for each in files} == {
        picture("a"): class_list_line("a", 1, 0, class_map=both, confidence_map={"1": 0.07, "0": 0.03}),
        picture("c"): class_list_line("c", 1, class_map=one, confidence_map={"1": 0.07}),
    }
    assert report.classes == (ClassReport(0, "class 3", 3, 1), ClassReport(1, "class 7", 7, 2))
    assert report.left_out == {"no objects": 1}


@pytest.mark.parametrize(
    ("kind", "lines", "categories", "kind_of_error", "message"),
    [
        (
            MASKS,
            [mask_line(1, names={1: "car"}), mask_line(2, names={1: "road"})],
            [],
            InvalidLabel,
            "manifest line 2 calls class 1 'road'; elsewhere it is 'car'.",
        ),
        (
            MASKS,
            [mask_line(1, names={0: "road"})],
            ["road"],
            InvalidLabel,
            "manifest line 1 calls class 0 'road'; elsewhere it is 'BACKGROUND'.",
        ),
        (
            CLASS,
            [class_line(1, 0, class_name="cat"), class_line(2, "0", class_name="dog")],
            [],
            InvalidLabel,
            "manifest line 2 calls class 0 'dog'; elsewhere it is 'cat'.",
        ),
        (
            CLASS,
            [class_line(1, 0), class_line(2, 4, class_name=None)],
            [],
            InvalidLabel,
            "manifest line 2 has an object of class 4, which no class map names; named are [(0, 'class 0')].",
        ),
        (
            CLASS_LIST,
            [class_list_line(1, 0), class_list_line(2, 4, class_map={})],
            [],
            InvalidLabel,
            "manifest line 2 has an object of class 4, which no class map names; named are [(0, 'class 0')].",
        ),
        (
            CLASS_LIST,
            [class_list_line(1, 0), class_list_line(2)],
            [],
            NotEnoughSamples,
            "1 of 2 lines are usable (1 no objects);",
        ),
    ],
)
def test_what_cannot_be_trained_on_of_other_labels(
    tmp_path: Path,
    kind: Kind,
    lines: Sequence[Json],
    categories: Sequence[str],
    kind_of_error: type[ManifestError],
    message: str,
) -> None:
    with pytest.raises(kind_of_error, match=f"^{re.escape(message)}"):
        _freeze(tmp_path, lines, kind, categories=categories)
    assert not (tmp_path / CLASSES).exists()


@pytest.mark.parametrize(
    ("kind", "first", "names"),
    [
        (MASKS, mask_line(1, 0), ["BACKGROUND", "class 1", "class 2"]),
        (CLASS, class_line(1, 0, class_name="class 1"), ["class 1", "class 2"]),
        (CLASS_LIST, class_list_line(1, 0, class_map={}), ["class 1", "class 2"]),
    ],
)
def test_categories_are_classes_of_other_labels_too(
    tmp_path: Path, kind: Kind, first: Json, names: Sequence[str]
) -> None:
    lines = [first, first | {"source-ref": picture(2)}]
    report = _freeze(tmp_path, lines, kind, categories=["class 1", "class 2"]).report
    assert list(report.class_names) == names
    assert [entry.objects for entry in report.classes] == [2] + [0] * (len(names) - 1)


# ---- properties ----


@every_kind
@given(pairs=TRAINABLE, share=st.floats(0.01, 0.99))
def test_counts_are_those_of_the_lines(kind: Kind, pairs: Labelled, share: float) -> None:
    lines = [kind.line(*pair) for pair in pairs]
    frozen, files = _in_new_folder(kind, lines, share=share)
    used = kind.used(lines)
    objects = Counter(class_id for each in used for class_id in kind.class_ids(each))
    report = frozen.report
    assert (report.lines, sum(report.left_out.values())) == (len(lines), len(lines) - len(used))
    assert report.train_samples + report.validation_samples == len(used)
    assert report.max_objects == max(len(kind.class_ids(each)) for each in used)
    assert Counter({entry.source_id: entry.objects for entry in report.classes}) == objects
    assert [len(files[TRAIN]), len(files[VALIDATION])] == [report.train_samples, report.validation_samples]


@every_kind
@given(pairs=TRAINABLE)
def test_class_ids_are_without_gaps_and_keep_their_names(kind: Kind, pairs: Labelled) -> None:
    """What the built-in algorithms ask for: successive ids from 0."""
    lines = [kind.line(*pair) for pair in pairs]
    frozen, files = _in_new_folder(kind, lines)
    names = {entry.id: entry.name for entry in frozen.report.classes}
    assert list(names) == list(range(len(names)))
    before, after = (
        Counter(
            (each["source-ref"], tuple(kind.names(each)[str(found)] for found in kind.class_ids(each))) for each in some
        )
        for some in (kind.used(lines), files[TRAIN] + files[VALIDATION])
    )
    assert after == before
    for each in files[TRAIN] + files[VALIDATION]:
        assert kind.names(each) == {str(found): names[found] for found in kind.class_ids(each)}


@every_kind
@given(pairs=TRAINABLE, share=st.floats(0.01, 0.99))
def test_every_picture_is_on_one_side_and_neither_side_is_empty(kind: Kind, pairs: Labelled, share: float) -> None:
    lines = [kind.line(*pair) for pair in pairs]
    train, validation = map(kind.pictures, _in_new_folder(kind, lines, share=share)[1].values())
    assert train
    assert validation
    assert not train & validation
    assert train | validation == kind.pictures(lines)


def _extremes(pictures: set[str]) -> set[str]:
    """The pictures that are put on a side lest it be empty: those of the lowest and of the highest hash."""
    by_hash = sorted(pictures, key=lambda uri: hashlib.sha256(uri.encode()).digest())
    return {by_hash[0], by_hash[-1]}


@given(TRAINABLE, LABELLED)
def test_pictures_keep_their_side_when_others_are_added(pairs: Labelled, more: Labelled) -> None:
    lines, others = ([BOXES.line(*pair) for pair in some] for some in (pairs, more))
    before, after = (BOXES.pictures(_in_new_folder(BOXES, some)[1][VALIDATION]) for some in (lines, lines + others))
    pictures = BOXES.pictures(lines)
    assert (before ^ after) & pictures <= _extremes(pictures) | _extremes(BOXES.pictures(lines + others))


@every_kind
@given(pairs=TRAINABLE)
def test_a_frozen_dataset_freezes_again_to_the_same(kind: Kind, pairs: Labelled) -> None:
    """So it can be put into an inbox: on AWS, or elsewhere."""
    first, files = _in_new_folder(kind, [kind.line(*pair) for pair in pairs])
    second, again = _in_new_folder(kind, files[TRAIN] + files[VALIDATION])
    assert again == files
    assert second.report.dataset == first.report.dataset


def test_the_share_is_about_the_share() -> None:
    split = Split(0.2, lowest=0, highest=0)
    validating = sum(split.validates(picture(number)) for number in range(5000))
    assert 900 < validating < 1100
