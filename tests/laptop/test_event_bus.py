import json
import uuid
from typing import Any

import pytest

from laptop.cloud import Cloud
from laptop.event_bus import shape_input
from tests.laptop.conftest import Collected

EVENT = {
    "version": "0",
    "detail-type": "Object Created",
    "time": "2026-11-20T10:00:00Z",
    "detail": {"object": {"key": 'a "b"/c', "size": 3}, "tags": ["x", "y"]},
}


def put(cloud: Cloud, bucket: str, key: str) -> None:
    cloud.session.s3.put_object(Bucket=bucket, Key=key, Body=b"abc")


def copy(cloud: Cloud, bucket: str, key: str) -> None:
    put(cloud, bucket, "elsewhere/source")
    cloud.session.s3.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": "elsewhere/source"})


def upload_in_parts(cloud: Cloud, bucket: str, key: str) -> None:
    s3 = cloud.session.s3
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=b"abc")
    s3.complete_multipart_upload(
        Bucket=bucket,
        Key=key,
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )


@pytest.mark.parametrize("output", ["BucketName", "PlainName"])
@pytest.mark.parametrize(
    ("write", "reason"), [(put, "PutObject"), (copy, "CopyObject"), (upload_in_parts, "CompleteMultipartUpload")]
)
def test_an_object_created_has_the_event_aws_sends(
    cloud: Cloud, collected: Collected, output: str, write: Any, reason: str
) -> None:
    bucket, key = cloud.outputs[output], f"inbox/{uuid.uuid4()} ä+b.txt"
    write(cloud, bucket, key)
    event = collected.wait_for(lambda event: event["detail"].get("object", {}).get("key") == key)
    head = cloud.session.s3.head_object(Bucket=bucket, Key=key)
    assert event | {"id": "", "time": "", "detail": {}} == {
        "version": "0",
        "id": "",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "123456789012",
        "time": "",
        "region": "us-east-1",
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {},
    }
    assert uuid.UUID(event["id"])
    assert len(event["time"]) == len("2026-11-20T10:00:00Z")
    thing = event["detail"]["object"]
    assert (thing["size"], thing["etag"]) == (3, head["ETag"].strip('"'))
    assert thing.get("version-id") == head.get("VersionId")
    assert ("version-id" in thing) == (output == "BucketName")
    assert int(thing["sequencer"], 16)
    assert event["detail"]["reason"] == reason
    assert event["detail"]["bucket"] == {"name": bucket}


@pytest.mark.parametrize(
    ("settings", "given"),
    [
        ({}, EVENT),
        ({"Input": '{"constant": 1}'}, {"constant": 1}),
        ({"InputPath": "$.detail.object"}, {"key": 'a "b"/c', "size": 3}),
        ({"InputPath": "$.nowhere"}, None),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {
                        "key": "$.detail.object.key",
                        "size": "$.detail.object.size",
                        "tags": "$.detail.tags",
                    },
                    "InputTemplate": '{"key": <key>, "text": "<key> has <size>: <tags>", "size": <size>, "no": <no>}',
                }
            },
            {"key": 'a "b"/c', "text": 'a "b"/c has 3: ["x", "y"]', "size": 3, "no": None},
        ),
        ({"InputTransformer": {"InputTemplate": '{"whole": <aws.events.event.json>}'}}, {"whole": EVENT}),
    ],
)
def test_a_target_shapes_its_input(settings: dict[str, Any], given: Any) -> None:
    assert json.loads(shape_input(settings, EVENT)) == given
