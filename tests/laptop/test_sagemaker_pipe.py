import json
from typing import Any

import pytest
from labelloop.recordio import MAGIC_BYTES

from laptop.cloud import Cloud
from tests.laptop.jobs import pipe_channel, put, put_manifest, seen, train, training_request

WHOLE, FIRST, LAST = 0, 1, 3
LINES = 40


def pictures(cloud: Cloud) -> list[dict[str, Any]]:
    """Lines whose pictures are the text of their number."""
    uris = [put(cloud, f"pictures/{number}", str(number)) for number in range(LINES)]
    return [{"source-ref": uri, "label": number, "unread": True} for number, uri in enumerate(uris)]


def payloads(records: list[list[Any]]) -> list[bytes]:
    return [bytes.fromhex(payload) for _, payload in records]


def test_a_line_is_a_record_per_attribute_in_their_order(cloud: Cloud) -> None:
    picture = b"\xff\xd8 a picture"
    label = {"image_size": [{"width": 5}], "annotations": [{"class_id": 0, "left": 1.5}], "text": "größer"}
    lines = [{"source-ref": put(cloud, "pictures/a b+c:ä.jpg", picture), "boxes": label, "word": "0", "none": None}]
    channel = pipe_channel(put_manifest(cloud, lines), "boxes", "source-ref", "word", "none")
    epoch = seen(cloud, train(cloud, training_request(cloud, channel)))["epochs"]["train_0"]
    assert [flag for flag, _ in epoch] == [WHOLE] * 4
    boxes, image, word, nothing = payloads(epoch)
    assert (json.loads(boxes), image, word, nothing) == (label, picture, b'"0"', b"null")


@pytest.mark.parametrize(
    ("label", "payload"),
    [
        (0, b"0"),
        ("0", b'"0"'),
        ([1, 0, 8], b"[1, 0, 8]"),
        ("[0, 2]", b'"[0, 2]"'),
        ([], b"[]"),
    ],
)
def test_a_class_is_the_json_text_of_its_value(cloud: Cloud, label: Any, payload: bytes) -> None:
    """AWS does not say whether a string comes with its quotes; here it does."""
    lines = [{"source-ref": put(cloud, "pictures/a.jpg", b"a picture"), "label": label}]
    channel = pipe_channel(put_manifest(cloud, lines), "source-ref", "label")
    epoch = seen(cloud, train(cloud, training_request(cloud, channel)))["epochs"]["train_0"]
    assert payloads(epoch) == [b"a picture", payload]


def test_a_mask_is_the_bytes_of_its_object(cloud: Cloud) -> None:
    """Its key holds colons and dots, as Ground Truth's do; its metadata are not streamed."""
    mask = b"\x89PNG a mask"
    uri = put(cloud, "out/job/annotations/consolidated-annotation/output/0_2020-04-21T13:48:00.091190.png", mask)
    lines = [{"source-ref": put(cloud, "pictures/a.jpg", b"a picture"), "streets-ref": uri, "streets-ref-metadata": {}}]
    channel = pipe_channel(put_manifest(cloud, lines), "source-ref", "streets-ref")
    epoch = seen(cloud, train(cloud, training_request(cloud, channel)))["epochs"]["train_0"]
    assert payloads(epoch) == [b"a picture", mask]


def test_each_epoch_is_a_pipe_of_its_own_without_end(cloud: Cloud) -> None:
    channel = pipe_channel(put_manifest(cloud, pictures(cloud)), "source-ref")
    epochs = seen(cloud, train(cloud, training_request(cloud, channel, epochs="4")))["epochs"]
    in_order = [str(number).encode() for number in range(LINES)]
    assert [payloads(epochs[f"train_{epoch}"]) for epoch in range(4)] == [in_order] * 4


def test_a_seed_shuffles_lines_anew_for_each_epoch_and_the_same_for_each_job(cloud: Cloud) -> None:
    channel = pipe_channel(put_manifest(cloud, pictures(cloud)), "source-ref", "label", ShuffleConfig={"Seed": 7})
    first, second = (
        seen(cloud, train(cloud, training_request(cloud, channel, epochs="2")))["epochs"] for _ in range(2)
    )
    orders = [payloads(first[f"train_{epoch}"]) for epoch in range(2)]
    assert first == second
    assert orders[0] != orders[1]
    for order in orders:
        assert order[0::2] == order[1::2]  # a picture stays beside its label
        assert sorted(map(int, order[0::2])) == list(range(LINES))


def test_a_payload_with_the_magic_is_written_in_parts(cloud: Cloud) -> None:
    picture = b"abcd" + MAGIC_BYTES + b"efg"
    lines = [{"source-ref": put(cloud, "pictures/magic", picture)}]
    channel = pipe_channel(put_manifest(cloud, lines), "source-ref")
    epoch = seen(cloud, train(cloud, training_request(cloud, channel)))["epochs"]["train_0"]
    assert [(flag, bytes.fromhex(payload)) for flag, payload in epoch] == [(FIRST, b"abcd"), (LAST, b"efg")]


def test_without_a_wrapper_the_attributes_stand_side_by_side(cloud: Cloud) -> None:
    channel = pipe_channel(put_manifest(cloud, pictures(cloud)[:3]), "source-ref", "label", RecordWrapperType="None")
    epoch = seen(cloud, train(cloud, training_request(cloud, channel)))["epochs"]["train_0"]
    assert bytes.fromhex(epoch) == b"001122"


def test_a_reader_may_close_early(cloud: Cloud) -> None:
    lines = [{"source-ref": put(cloud, "pictures/large", b"x" * 3_000_000)}] * 20
    channel = pipe_channel(put_manifest(cloud, lines), "source-ref")
    epochs = seen(cloud, train(cloud, training_request(cloud, channel, epochs="3", early="yes")))["epochs"]
    assert {name: len(content[0]) for name, content in epochs.items()} == dict.fromkeys(
        ["train_0", "train_1", "train_2"], 6_000_000
    )


def test_blank_lines_are_passed_over(cloud: Cloud) -> None:
    manifest = put(cloud, "manifests/blank", '{"label": 1}\r\n\r\n{"label": 2}')
    epoch = seen(cloud, train(cloud, training_request(cloud, pipe_channel(manifest, "label"))))["epochs"]["train_0"]
    assert payloads(epoch) == [b"1", b"2"]


def test_objects_below_a_prefix_can_be_piped(cloud: Cloud) -> None:
    uri = put(cloud, "shards/a.rec", b"first")
    put(cloud, "shards/b.rec", b"second")
    channel = pipe_channel(uri)
    channel["DataSource"]["S3DataSource"] = {"S3DataType": "S3Prefix", "S3Uri": uri.removesuffix("a.rec")}
    epoch = seen(cloud, train(cloud, training_request(cloud, channel)))["epochs"]["train_0"]
    assert payloads(epoch) == [b"first", b"second"]


def test_a_container_that_opens_no_pipe_still_ends(cloud: Cloud) -> None:
    channel = pipe_channel(put_manifest(cloud, [{"label": 1}]), "label")
    assert seen(cloud, train(cloud, training_request(cloud, channel, epochs="0")))["epochs"] == {}


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([{"label": 1}, {"lable": 2}], "ClientError: Line 2 of {manifest} has no attribute 'label'"),
        (["not an object"], "ClientError: Line 1 of {manifest} is no JSON object"),
    ],
)
def test_a_line_that_cannot_be_fed_fails_the_job(cloud: Cloud, lines: list[Any], reason: str) -> None:
    manifest = put_manifest(cloud, lines)
    job = train(cloud, training_request(cloud, pipe_channel(manifest, "label")))
    assert (job["TrainingJobStatus"], job["FailureReason"]) == ("Failed", reason.format(manifest=manifest))


@pytest.mark.parametrize("attribute", ["source-ref", "streets-ref"])
def test_a_picture_or_mask_that_is_not_there_fails_the_job(cloud: Cloud, attribute: str) -> None:
    there, gone = put(cloud, "pictures/there", b"a picture"), f"s3://{cloud.outputs['PlainName']}/gone.png"
    manifest = put_manifest(cloud, [{"source-ref": there, "streets-ref": there, attribute: gone}])
    job = train(cloud, training_request(cloud, pipe_channel(manifest, "source-ref", "streets-ref")))
    where = f"which attribute '{attribute}' in line 1 of {manifest} points to"
    assert job["FailureReason"] == f"ClientError: NoSuchKey: {gone}, {where}"


def test_a_reference_that_is_no_s3_uri_fails_the_job(cloud: Cloud) -> None:
    manifest = put_manifest(cloud, [{"source-ref": "/etc/passwd"}])
    job = train(cloud, training_request(cloud, pipe_channel(manifest, "source-ref")))
    assert f"line 1 of {manifest} is no S3 URI: '/etc/passwd'" in job["FailureReason"]


def test_a_manifest_that_is_not_there_fails_the_job(cloud: Cloud) -> None:
    gone = f"s3://{cloud.outputs['PlainName']}/gone.manifest"
    job = train(cloud, training_request(cloud, pipe_channel(gone, "label")))
    assert job["FailureReason"] == f"ClientError: Data download failed: NoSuchKey: {gone}"
