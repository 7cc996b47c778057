"""What is looked at of several manifests, what is remembered, and which masks are painted anew."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from labelloop.checks import masks, pictures
from labelloop.errors import LabelloopError
from labelloop.findings import Finding, Findings
from labelloop.inspection import PAINTED_AT_MOST, Inspector, mask_writer
from labelloop.label_file import LabelFile
from labelloop.labels import Classes
from labelloop.merging import InspectedFiles, Source, merged_classes
from labelloop.preflight import read_source
from labelloop.projects import ProjectFolder
from labelloop.run import Pinned
from labelloop.settings import Settings
from labelloop.store import S3Uri, Store
from PIL import Image

from tests.unit.factories import BUCKET, REGION, Json, box, line, mask, mask_line, picture, write_manifest
from tests.unit.mask_files import AREAS, decoded, grey
from tests.unit.picture_files import encoded, landscape
from tests.unit.shelf import Shelf

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

JPEG = encoded(landscape(0, 500, 400), "JPEG")
OF_MASK = encoded(landscape(0, 60, 40), "JPEG")
VALUES = AREAS % 2  # 0 and 1
RIGHT = grey(VALUES)
THREE_CHANNELS = encoded(Image.fromarray(VALUES).convert("RGB"))
CARS, ROADS = {0: "BACKGROUND", 1: "car"}, {0: "BACKGROUND", 1: "road"}
REMEMBERED = InspectedFiles({2: pictures.PICTURE_EMPTY}, {mask(1): "s3://data/remembered.png"})
SETTINGS = Settings()
UNSEEN = Settings(pictures_checked=0)


class Bucket(Shelf):
    """Remembers which buckets were asked for, and where they are."""

    def __init__(self, objects: Mapping[str, bytes | LabelloopError], **regions: str) -> None:
        super().__init__(objects)
        self.regions, self.asked = regions, Counter[str]()

    def region(self, bucket: str) -> str | None:
        self.asked[bucket] += 1
        return self.regions.get(bucket)

    def write(self, body: bytes) -> str:
        uri = f"s3://data/{len(self.objects)}.png"
        self.objects[uri] = body
        return uri

    @property
    def read_uris(self) -> set[str]:
        return {uri for uri, _ in self.reads}


def source(folder: Path, lines: Sequence[Json], inspected: InspectedFiles | None = None) -> Source:
    path = write_manifest(folder / f"{len(list(folder.iterdir()))}.manifest", lines)
    file = LabelFile(path, Pinned(f"s3://b/{path.name}", ""))
    return read_source(file, Settings(), Findings())._replace(inspected=inspected)


def boxes(*names: int) -> list[Json]:
    return [line(name, box(0)) for name in names]


def streets(*numbers: int, names: Mapping[int, str] = CARS) -> list[Json]:
    return [mask_line(number, names=names) for number in numbers]


def inspect(
    sources: Sequence[Source], objects: Bucket, settings: Settings = SETTINGS, classes: Sequence[Classes] | None = None
) -> tuple[list[InspectedFiles], dict[str, tuple[Finding, ...]]]:
    """What is known of each source's files, and what is told, by code."""
    findings = Findings()
    found = Inspector(objects, REGION, settings, objects.write)(
        sources, classes or merged_classes(sources, settled=False), findings
    )
    return list(found), {result.code: result.findings for result in findings.results()}


# ------------------------------------------------------------------------------------------------ new and remembered


def test_the_new_manifest_is_looked_at_and_those_before_are_remembered(tmp_path: Path) -> None:
    sources = [source(tmp_path, boxes(1, 2), REMEMBERED), source(tmp_path, boxes(3, 4))]
    objects = Bucket({picture(3): JPEG})
    found, told = inspect(sources, objects)
    assert found == [REMEMBERED, InspectedFiles({2: pictures.PICTURE_MISSING}, {})]
    assert objects.read_uris == {picture(3), picture(4)}
    assert [(finding.line, finding.uri) for finding in told["PICTURE_MISSING"]] == [(2, picture(4))]


def test_what_was_found_of_the_new_manifest_before_does_not_count(tmp_path: Path) -> None:
    assert inspect([source(tmp_path, boxes(1), REMEMBERED)], Bucket({picture(1): JPEG})) == ([InspectedFiles()], {})


def test_a_manifest_of_which_nothing_is_remembered_is_looked_at_in_silence(tmp_path: Path) -> None:
    sources = [source(tmp_path, boxes(1, 2)), source(tmp_path, boxes(3))]
    found, told = inspect(sources, Bucket({picture(2): JPEG, picture(3): JPEG}))
    assert (found, told) == ([InspectedFiles({1: pictures.PICTURE_MISSING}), InspectedFiles()], {})


def test_boxes_are_remembered_though_classes_get_other_ids(tmp_path: Path) -> None:
    """Their ids stand in the manifest, so no file changes."""
    dogs = line(3, box(0), class_map={"0": "a dog"})
    sources = [source(tmp_path, boxes(1), REMEMBERED), source(tmp_path, [dogs])]
    classes = merged_classes(sources, settled=False)
    assert not classes[0].are_kept
    assert inspect(sources, Bucket({picture(3): JPEG}), classes=classes)[0] == [REMEMBERED, InspectedFiles()]


@pytest.mark.parametrize("lines", [boxes(1), streets(1)], ids=["boxes", "masks"])
def test_nothing_is_read_where_nothing_is_to_be_looked_at(tmp_path: Path, lines: list[Json]) -> None:
    objects = Bucket({})
    assert inspect([source(tmp_path, lines)], objects, UNSEEN) == ([InspectedFiles()], {})
    assert (objects.reads, objects.asked) == ([], {})


def test_as_many_are_looked_at_as_the_settings_say(tmp_path: Path) -> None:
    objects = Bucket({mask(n): RIGHT for n in range(1, 9)})
    found, told = inspect([source(tmp_path, streets(*range(1, 9)))], objects, Settings(pictures_checked=3))
    assert len(found[0].refused) == 3
    assert len(objects.read_uris & {mask(n) for n in range(1, 9)}) == 3
    assert {"PICTURES_SAMPLED", "MASKS_SAMPLED"} <= set(told)


@pytest.mark.parametrize(("share", "stops"), [(0.2, True), (1.0, False)])
def test_how_many_may_be_of_no_use_is_a_setting(tmp_path: Path, share: float, stops: bool) -> None:
    settings = Settings(pictures_checked=10, invalid_share=share)
    told = inspect([source(tmp_path, streets(*range(1, 21)))], Bucket({}), settings)[1]
    assert {"TOO_MANY_UNUSABLE_PICTURES", "TOO_MANY_WRONG_MASKS"}.isdisjoint(told) != stops


def test_a_line_is_left_out_for_its_picture_or_its_mask(tmp_path: Path) -> None:
    objects = Bucket({picture(1): OF_MASK, mask(2): RIGHT, picture(3): OF_MASK, mask(3): RIGHT})
    found, told = inspect([source(tmp_path, streets(1, 2, 3))], objects)
    assert found == [InspectedFiles({1: masks.MASK_MISSING, 2: pictures.PICTURE_MISSING})]
    assert set(told) == {"MASK_MISSING", "PICTURE_MISSING"}


# ------------------------------------------------------------------------------------------------------------- masks


def of_masks(*bodies: bytes) -> Bucket:
    """The pictures and masks of 1, 2, 3…"""
    numbered = dict(enumerate(bodies, 1))
    return Bucket({picture(n): OF_MASK for n in numbered} | {mask(n): body for n, body in numbered.items()})


def test_repaired_masks_are_remembered_while_classes_keep_their_values(tmp_path: Path) -> None:
    sources = [source(tmp_path, streets(1, 2), REMEMBERED), source(tmp_path, streets(3))]
    objects = of_masks(b"", b"", THREE_CHANNELS)
    found, told = inspect(sources, objects)
    assert found[0] == REMEMBERED
    assert np.array_equal(decoded(objects.objects[found[1].repaired[mask(3)]]), VALUES)  # type: ignore[arg-type]
    assert (objects.read_uris, set(told)) == ({picture(3), mask(3)}, {"MASK_NOT_SINGLE_CHANNEL"})


@pytest.mark.parametrize("settings", [SETTINGS, UNSEEN], ids=["looked at", "not looked at"])
@pytest.mark.parametrize("inspected", [REMEMBERED, None], ids=["remembered", "not remembered"])
def test_masks_are_painted_from_the_originals_where_classes_get_other_values(
    tmp_path: Path, inspected: InspectedFiles | None, settings: Settings
) -> None:
    sources = [source(tmp_path, streets(2), inspected), source(tmp_path, streets(1, names=ROADS))]
    classes = merged_classes(sources, settled=False)
    assert [of_one.are_kept for of_one in classes] == [True, False]
    swapped = classes[::-1]  # so that those of the earlier one change
    objects = of_masks(RIGHT, THREE_CHANNELS)
    found, _ = inspect(sources, objects, settings, swapped)
    assert found[0].refused == {}
    assert np.array_equal(decoded(objects.objects[found[0].repaired[mask(2)]]), VALUES * 2)  # type: ignore[arg-type]


def test_the_new_manifest_s_masks_are_painted_too(tmp_path: Path) -> None:
    sources = [source(tmp_path, streets(2), REMEMBERED), source(tmp_path, streets(1, names=ROADS))]
    objects = of_masks(RIGHT)
    (earlier, new), told = inspect(sources, objects)
    assert (earlier, told) == (REMEMBERED, {})
    assert np.array_equal(decoded(objects.objects[new.repaired[mask(1)]]), VALUES * 2)  # type: ignore[arg-type]


def test_nothing_is_painted_with_more_classes_than_pixels_have_values(tmp_path: Path) -> None:
    classes = [Classes({0: 0, 1: 255}, ["BACKGROUND", *map(str, range(1, 256))])]
    assert inspect([source(tmp_path, streets(1))], of_masks(RIGHT), classes=classes) == ([InspectedFiles()], {})


@pytest.mark.parametrize(("count", "fits"), [(PAINTED_AT_MOST, True), (PAINTED_AT_MOST + 1, False)])
def test_only_so_many_masks_can_be_painted_in_a_run(tmp_path: Path, count: int, fits: bool) -> None:
    numbers = range(1, count + 1)
    kept, changed = ({0: 0, 1: 1}, {0: 0, 1: 2})
    sources = [source(tmp_path, streets(*part)) for part in (numbers[:9], numbers[:5], numbers[5:])]
    classes = [Classes(new_ids, ["BACKGROUND", "car", "road"]) for new_ids in (kept, changed, changed)]
    objects = Bucket({})
    found, told = inspect(sources, objects, UNSEEN, classes)
    if fits:
        assert sum(len(files.refused) for files in found) == len(objects.reads) == count
    else:
        assert (found, objects.reads) == ([InspectedFiles()] * 3, [])
        assert told == {"TOO_MANY_MASKS_TO_PAINT": (Finding("There are 8,001; at most 8,000 are painted in a run."),)}


def test_boxes_of_any_number_get_other_ids(tmp_path: Path) -> None:
    lines = source(tmp_path, boxes(*range(PAINTED_AT_MOST + 1)))
    assert inspect([lines], Bucket({}), UNSEEN, [Classes({0: 1}, ["other", "class 0"])]) == ([InspectedFiles()], {})


def test_a_mask_is_written_once_under_its_content(s3: "S3Client", store: Store) -> None:
    write = mask_writer(store, ProjectFolder(BUCKET, "streets"))
    uris = [write(body) for body in (RIGHT, THREE_CHANNELS, RIGHT)]
    assert uris[0] == uris[2] != uris[1]
    assert [store.read(S3Uri.from_text(uri), limit=9_999) for uri in uris[:2]] == [RIGHT, THREE_CHANNELS]
    assert len(s3.list_object_versions(Bucket=BUCKET, Prefix="projects/streets/masks/")["Versions"]) == 2


# ----------------------------------------------------------------------------------------------------------- regions


def test_the_buckets_of_all_manifests_are_asked_for_once(tmp_path: Path) -> None:
    elsewhere = streets(2)[0] | {"source-ref": "s3://archive/2.jpg", "streets-ref": "s3://drawn/2.png"}
    sources = [source(tmp_path, [elsewhere], REMEMBERED), source(tmp_path, streets(1))]
    objects = Bucket(of_masks(RIGHT).objects, pictures=REGION, masks="eu-west-1", drawn="eu-west-2")
    found, told = inspect(sources, objects)
    assert found == [REMEMBERED, InspectedFiles()]
    assert objects.asked == {"pictures": 1, "masks": 1, "archive": 1, "drawn": 1}
    assert {code: [finding.uri for finding in findings] for code, findings in told.items()} == {
        "PICTURES_IN_OTHER_REGION": ["s3://drawn/", "s3://masks/"]
    }


def test_boxes_are_in_no_bucket_of_their_own(tmp_path: Path) -> None:
    objects = Bucket({picture(1): JPEG})
    assert inspect([source(tmp_path, boxes(1))], objects) == ([InspectedFiles()], {})
    assert objects.asked == {"pictures": 1}
