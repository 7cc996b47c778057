"""S3 as a place of whole objects."""

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ClientError
from labelloop.errors import LabelloopError, ObjectNotFound, ObjectNotReadable, ObjectTooLarge
from labelloop.store import ObjectInfo, Objects, ObjectStart, S3Uri, Store

from tests.unit.factories import BUCKET
from tests.unit.stubs import Stubbed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

HERE = S3Uri(BUCKET, "folder/file+1.txt")
NOWHERE = S3Uri(BUCKET, "nothing")
NO_BUCKET = S3Uri("no-such-bucket", "key")


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("s3://bucket/key", S3Uri("bucket", "key")),
        ("s3://bucket/a/b c+d.png", S3Uri("bucket", "a/b c+d.png")),
        ("s3://bucket/0_2020-04-21T13:48:00.091190.png", S3Uri("bucket", "0_2020-04-21T13:48:00.091190.png")),
        ("s3://bucket//key", S3Uri("bucket", "/key")),
    ],
)
def test_an_s3_uri_is_read_and_written_alike(text: str, uri: S3Uri) -> None:
    assert (S3Uri.from_text(text), str(uri)) == (uri, text)


@pytest.mark.parametrize("text", ["", "bucket/key", "s3://", "s3://bucket", "s3://bucket/", "s3:///key", "S3://b/k"])
def test_other_texts_are_no_s3_uri(text: str) -> None:
    with pytest.raises(ValueError, match="is not of the form s3://bucket/key"):
        S3Uri.from_text(text)


def test_find_tells_identity_and_size(s3: "S3Client", store: Store) -> None:
    put = s3.put_object(Bucket=BUCKET, Key=HERE.key, Body=b"four")
    assert store.find(HERE) == ObjectInfo(put["ETag"].strip('"'), put["VersionId"], 4)


def test_an_object_without_versioning_has_no_version(s3: "S3Client", store: Store) -> None:
    s3.create_bucket(Bucket="plain")
    s3.put_object(Bucket="plain", Key="k", Body=b"")
    found = store.find(S3Uri("plain", "k"))
    assert found is not None
    assert (found.version, found.size) == (None, 0)


def test_an_object_from_before_versioning_has_no_version(stubbed_s3: Stubbed) -> None:
    stubbed_s3.answers("head_object", {"ETag": '"e"', "VersionId": "null", "ContentLength": 1})
    assert Store(stubbed_s3.client).find(HERE) == ObjectInfo("e", None, 1)


@pytest.mark.parametrize("uri", [NOWHERE, NO_BUCKET])
def test_find_answers_none_where_nothing_is(store: Store, uri: S3Uri) -> None:
    assert store.find(uri) is None


def test_read_takes_the_newest_version_or_the_one_asked_for(s3: "S3Client", store: Store) -> None:
    old = s3.put_object(Bucket=BUCKET, Key=HERE.key, Body=b"old")
    s3.put_object(Bucket=BUCKET, Key=HERE.key, Body=b"new")
    assert store.read(HERE, limit=3) == b"new"
    assert store.read(HERE, limit=3, version=old["VersionId"]) == b"old"


def test_read_refuses_what_is_larger_than_the_limit(s3: "S3Client", store: Store) -> None:
    s3.put_object(Bucket=BUCKET, Key=HERE.key, Body=b"12345")
    assert store.read(HERE, limit=5) == b"12345"
    with pytest.raises(LabelloopError, match=r"file\+1.txt has 5 bytes; at most 4 are read"):
        store.read(HERE, limit=4)


@pytest.mark.parametrize(
    ("count", "lines"), [(0, []), (1, [b"a"]), (2, [b"a", b""]), (9, [b"a", b"", b"c"])], ids=["0", "1", "2", "9"]
)
def test_first_lines_come_without_their_ends(s3: "S3Client", store: Store, count: int, lines: list[bytes]) -> None:
    s3.put_object(Bucket=BUCKET, Key=HERE.key, Body=b"a\n\nc\n")
    assert store.first_lines(HERE, count) == lines


def test_download_writes_the_version_asked_for(s3: "S3Client", store: Store, tmp_path: Path) -> None:
    old = s3.put_object(Bucket=BUCKET, Key=HERE.key, Body=b"old")
    s3.put_object(Bucket=BUCKET, Key=HERE.key, Body=b"new")
    store.download(HERE, tmp_path / "newest", limit=3)
    store.download(HERE, tmp_path / "asked", limit=3, version=old["VersionId"])
    assert [(tmp_path / name).read_bytes() for name in ("newest", "asked")] == [b"new", b"old"]


def test_what_is_too_large_is_not_downloaded(s3: "S3Client", store: Store, tmp_path: Path) -> None:
    s3.put_object(Bucket=BUCKET, Key=HERE.key, Body=b"1234")
    with pytest.raises(ObjectTooLarge, match="has 4 bytes; at most 3 are read"):
        store.download(HERE, tmp_path / "file", limit=3)
    assert not (tmp_path / "file").exists()


def test_upload_keeps_bytes_and_content_type(s3: "S3Client", store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\x00\xff")
    store.upload(tmp_path / "file", HERE, content_type="application/x-recordio")
    answer = s3.get_object(Bucket=BUCKET, Key=HERE.key)
    assert (answer["Body"].read(), answer["ContentType"]) == (b"\x00\xff", "application/x-recordio")


def test_json_is_written_for_people(s3: "S3Client", store: Store) -> None:
    store.write_json(HERE, {"a": [1, "é"]})
    answer = s3.get_object(Bucket=BUCKET, Key=HERE.key)
    body = answer["Body"].read().decode()
    assert (body, answer["ContentType"]) == ('{\n  "a": [\n    1,\n    "é"\n  ]\n}\n', "application/json")
    assert json.loads(body) == {"a": [1, "é"]}


@pytest.mark.parametrize(("prefix", "any_there"), [("folder/", True), ("fold", True), ("folder/file+2", False)])
def test_has_any_looks_for_a_prefix(s3: "S3Client", store: Store, prefix: str, any_there: bool) -> None:
    s3.put_object(Bucket=BUCKET, Key=HERE.key, Body=b"")
    assert store.has_any(S3Uri(BUCKET, prefix)) is any_there


@pytest.mark.parametrize(
    ("body", "start"),
    [
        (b"", ObjectStart(b"", 0)),
        (b"12", ObjectStart(b"12", 2)),
        (b"123", ObjectStart(b"123", 3)),
        (b"1234567890", ObjectStart(b"123", 10)),
    ],
)
def test_the_start_of_an_object_tells_how_long_the_object_is(
    s3: "S3Client", store: Store, body: bytes, start: ObjectStart
) -> None:
    s3.put_object(Bucket=BUCKET, Key=HERE.key, Body=body)
    objects: Objects = store
    found = objects.read_start(HERE, 3)
    assert found == start
    assert found.is_whole == (len(body) <= 3)


def test_the_start_is_asked_for_and_nothing_else(stubbed_s3: Stubbed) -> None:
    body: Any = io.BytesIO(b"ab")
    stubbed_s3.answers(
        "get_object", {"Body": body, "ContentRange": "bytes 0-1/7"}, Bucket=BUCKET, Key=HERE.key, Range="bytes=0-1"
    )
    assert Store(stubbed_s3.client).read_start(HERE, 2) == ObjectStart(b"ab", 7)


@pytest.mark.parametrize("bucket", ["no-such-bucket", "two words", "{placeholder}"])
def test_a_bucket_that_nobody_has_or_can_have_holds_nothing(store: Store, bucket: str) -> None:
    with pytest.raises(ObjectNotFound, match="does not exist"):
        store.read_start(S3Uri(bucket, "key"), 1)
    assert store.region(bucket) is None


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AccessDenied", 403),
        ("AllAccessDisabled", 403),
        ("InvalidObjectState", 403),
        ("InvalidRequest", 400),  # encrypted with a key that its owner has to send along
        ("KMS.DisabledException", 400),
    ],
)
def test_an_object_that_may_not_be_read_is_told_from_one_that_is_missing(
    stubbed_s3: Stubbed, code: str, status: int
) -> None:
    stubbed_s3.refuses("get_object", code, "so it is", status)
    with pytest.raises(ObjectNotReadable, match=f"^{re.escape(str(HERE))} cannot be read: {code}: so it is$") as caught:
        Store(stubbed_s3.client).read_start(HERE, 1)
    assert caught.value.public == f"S3 refuses it: {code}: so it is"


@pytest.mark.parametrize("code", ["InvalidBucketName", "KeyTooLongError"])
def test_what_no_object_can_be_called_is_not_found(stubbed_s3: Stubbed, code: str) -> None:
    stubbed_s3.refuses("get_object", code)
    with pytest.raises(ObjectNotFound):
        Store(stubbed_s3.client).read_start(HERE, 1)


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_the_region_of_a_bucket(session: boto3.Session, s3: "S3Client", store: Store, region: Any) -> None:
    there = session.client("s3", region_name=region)
    elsewhere: Any = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    there.create_bucket(Bucket="pictures", **elsewhere)
    assert store.region("pictures") == region


# https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html: the header comes with every one of these
@pytest.mark.parametrize(
    ("status", "header"), [(301, "ap-south-2"), (400, "ap-south-2"), (403, "ap-south-2"), (403, None)]
)
def test_a_refusal_tells_the_region_too(session: boto3.Session, status: int, header: str | None) -> None:
    headers = {"x-amz-bucket-region": header} if header else {}
    assert Store(answering(session, status, headers)).region("pictures") == header


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failing_s3_is_no_bucket_without_a_region(session: boto3.Session, status: int) -> None:
    with pytest.raises(ClientError):
        Store(answering(session, status, {})).region("pictures")


def answering(session: boto3.Session, status: int, headers: dict[str, str]) -> "S3Client":
    """A client that hears this, whatever it asks."""
    client: Any = session.client("s3", config=Config(retries={"total_max_attempts": 1}))
    answer = AWSResponse("", status, HTTPHeaders.from_dict(headers), EmptyBody())
    client.meta.events.register("before-send.s3", lambda **_: answer)
    found: S3Client = client
    return found


class EmptyBody(io.BytesIO):
    """As urllib3 gives it to botocore."""

    def stream(self) -> Iterator[bytes]:
        yield b""


READERS: dict[str, Callable[[Store, S3Uri, Path], Any]] = {
    "read": lambda store, uri, _path: store.read(uri, limit=1),
    "read_start": lambda store, uri, _path: store.read_start(uri, 1),
    "first_lines": lambda store, uri, _path: store.first_lines(uri, 1),
    "download": lambda store, uri, path: store.download(uri, path, limit=1),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("uri", [NOWHERE, NO_BUCKET])
def test_readers_name_the_object_that_is_not_there(store: Store, tmp_path: Path, name: str, uri: S3Uri) -> None:
    with pytest.raises(ObjectNotFound, match=f"^{uri} does not exist$"):
        READERS[name](store, uri, tmp_path / "file")


def test_a_version_that_is_not_there_is_not_found(s3: "S3Client", store: Store) -> None:
    s3.put_object(Bucket=BUCKET, Key=HERE.key, Body=b"")
    with pytest.raises(ObjectNotFound):
        store.read(HERE, limit=1, version="00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "InvalidAccessKeyId"])
def test_a_failing_s3_is_no_missing_object(stubbed_s3: Stubbed, code: str) -> None:
    stubbed_s3.refuses("get_object", code, status=403)
    with pytest.raises(ClientError, match=code):
        Store(stubbed_s3.client).read_start(HERE, 1)


@pytest.mark.parametrize(
    ("method", "act"),
    [
        ("head_object", lambda store, path: store.find(HERE)),
        ("get_object", lambda store, path: store.read(HERE, limit=1)),
        ("get_object", lambda store, path: store.first_lines(HERE, 1)),
        ("head_object", lambda store, path: store.download(HERE, path / "new", limit=1)),
        ("put_object", lambda store, path: store.upload(path / "old", HERE, content_type="text/plain")),
    ],
    ids=["find", "read", "first_lines", "download", "upload"],
)
def test_other_refusals_pass_as_they_are(
    stubbed_s3: Stubbed, method: str, act: Callable[[Store, Path], Any], tmp_path: Path
) -> None:
    (tmp_path / "old").write_bytes(b"x")
    stubbed_s3.refuses(method, "AccessDenied", status=403)
    with pytest.raises(ClientError, match="AccessDenied"):
        act(Store(stubbed_s3.client), tmp_path)
