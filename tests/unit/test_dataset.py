"""From a manifest to a frozen dataset."""

import hashlib
import json
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
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
from labelloop.labels.boxes import BoxLabel
from labelloop.manifest import LabelAttribute
from labelloop.report import ClassReport
from labelloop.run import Pinned
from labelloop.samples import LeftOut, Sample, samples
from labelloop.survey import Split
from labelloop.tasks import Task

from tests.unit.factories import Json, box, failed_line, line, picture, unlabelled_line, write_manifest

ATTRIBUTE = LabelAttribute("shapes", Task.OBJECT_DETECTION, "the only one")
SOURCE = Pinned("s3://labelloop-data/projects/shapes/manifests/a.manifest", "e7a9", "v1")

# Pictures with the class ids of their boxes; class ids have gaps, pictures repeat.
LABELLED = st.lists(st.tuples(st.integers(0, 30), st.lists(st.sampled_from([0, 1, 5, 40]), max_size=3)), max_size=25)
LINES = LABELLED.map(lambda pairs: [line(name, *class_ids) for name, class_ids in pairs])
TRAINABLE = LINES.filter(lambda lines: len(_pictures(lines)) > 1)


def _class_ids(each: Json) -> list[int]:
    return [entry["class_id"] for entry in each["shapes"]["annotations"]]


def _pictures(lines: Sequence[Json]) -> set[str]:
    return {each["source-ref"] for each in lines if _class_ids(each)}


def _freeze(
    folder: Path, lines: Sequence[Json | str], *, categories: Sequence[str] = (), share: float = 0.2
) -> FrozenDataset:
    manifest = write_manifest(folder / "source.manifest", lines)
    return freeze(
        manifest,
        ATTRIBUTE,
        BoxLabel,
        algorithm="object-detection",
        source=SOURCE,
        categories=categories,
        validation_share=share,
        folder=folder,
    )


def _in_new_folder(lines: Sequence[Json | str], **options: Any) -> tuple[FrozenDataset, dict[str, list[Json]]]:
    """For properties, which share one tmp_path between their examples."""
    with tempfile.TemporaryDirectory() as folder:
        frozen = _freeze(Path(folder), lines, **options)
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


# ---- properties ----


@given(TRAINABLE, st.floats(0.01, 0.99))
def test_counts_are_those_of_the_lines(lines: list[Json], share: float) -> None:
    frozen, files = _in_new_folder(lines, share=share)
    used = [each for each in lines if _class_ids(each)]
    objects = Counter(class_id for each in used for class_id in _class_ids(each))
    report = frozen.report
    assert (report.lines, sum(report.left_out.values())) == (len(lines), len(lines) - len(used))
    assert report.train_samples + report.validation_samples == len(used)
    assert report.max_objects == max(len(_class_ids(each)) for each in used)
    assert {entry.source_id: entry.objects for entry in report.classes} == objects
    assert [len(files[TRAIN]), len(files[VALIDATION])] == [report.train_samples, report.validation_samples]


@given(TRAINABLE)
def test_class_ids_are_without_gaps_and_keep_their_names(lines: list[Json]) -> None:
    """What the built-in algorithms ask for: successive ids from 0."""
    frozen, files = _in_new_folder(lines)
    names = {entry.id: entry.name for entry in frozen.report.classes}
    assert list(names) == list(range(len(names)))
    before, after = (
        Counter(
            (each["source-ref"], tuple(each["shapes-metadata"]["class-map"][str(found)] for found in _class_ids(each)))
            for each in some
        )
        for some in ([each for each in lines if _class_ids(each)], files[TRAIN] + files[VALIDATION])
    )
    assert after == before
    for each in files[TRAIN] + files[VALIDATION]:
        assert each["shapes-metadata"]["class-map"] == {str(found): names[found] for found in _class_ids(each)}


@given(TRAINABLE, st.floats(0.01, 0.99))
def test_every_picture_is_on_one_side_and_neither_side_is_empty(lines: list[Json], share: float) -> None:
    train, validation = map(_pictures, _in_new_folder(lines, share=share)[1].values())
    assert train
    assert validation
    assert not train & validation
    assert train | validation == _pictures(lines)


def _extremes(lines: list[Json]) -> set[str]:
    """The pictures that are put on a side lest it be empty: those of the lowest and of the highest hash."""
    by_hash = sorted(_pictures(lines), key=lambda uri: hashlib.sha256(uri.encode()).digest())
    return {by_hash[0], by_hash[-1]}


@given(TRAINABLE, LINES)
def test_pictures_keep_their_side_when_others_are_added(lines: list[Json], more: list[Json]) -> None:
    before, after = (_pictures(_in_new_folder(some)[1][VALIDATION]) for some in (lines, lines + more))
    assert (before ^ after) & _pictures(lines) <= _extremes(lines) | _extremes(lines + more)


@given(TRAINABLE)
def test_a_frozen_dataset_freezes_again_to_the_same(lines: list[Json]) -> None:
    """So it can be put into an inbox: on AWS, or elsewhere."""
    first, files = _in_new_folder(lines)
    second, again = _in_new_folder(files[TRAIN] + files[VALIDATION])
    assert again == files
    assert second.report.dataset == first.report.dataset


def test_the_share_is_about_the_share() -> None:
    split = Split(0.2, lowest=0, highest=0)
    validating = sum(split.validates(picture(number)) for number in range(5000))
    assert 900 < validating < 1100
