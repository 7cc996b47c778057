"""What a person does with Labelloop, in words: put pictures and a manifest, wait, read, ask."""

import io
import itertools
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import urllib3
from PIL import Image

from laptop.cloud import Cloud
from tests.unit import factories

PATIENCE_SECONDS = 60
Json = dict[str, Any]


@dataclass
class Ended:
    """A run at its end."""

    status: str
    error: str
    cause: str
    receipts: dict[str, Json]
    states: list[str]


@dataclass
class Loop:
    """One user of one cloud."""

    cloud: Cloud
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False))

    def __post_init__(self) -> None:
        self.bucket = self.cloud.outputs["BucketName"]
        self.s3, self.states = self.cloud.session.s3, self.cloud.session.stepfunctions
        self.sagemaker = self.cloud.session.sagemaker

    # ---- giving -------------------------------------------------------------------------------
    def put(self, key: str, body: bytes | str) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def put_pictures(self, project: str, count: int = 10) -> list[str]:
        """Small pictures under the project's folder; their URIs."""
        keys = [f"projects/{project}/pictures/{number}.jpg" for number in range(count)]
        for key in keys:
            self.put(key, picture())
        return [f"s3://{self.bucket}/{key}" for key in keys]

    def put_settings(self, project: str, **settings: Any) -> None:
        self.put(f"projects/{project}/project.json", json.dumps(settings))

    def put_manifest(self, project: str, lines: Iterable[Json | str], name: str = "labels") -> None:
        text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        self.put(f"projects/{project}/manifests/{name}.manifest", text)

    def put_labels(self, project: str, count: int = 10, name: str = "labels") -> None:
        """Pictures and a good manifest of them: the whole of what starts a run."""
        self.put_manifest(project, [box_line(uri) for uri in self.put_pictures(project, count)], name)

    def put_masks(self, project: str, count: int = 10, values: Iterable[int] = (0, 2)) -> list[Json]:
        """Pictures with masks whose columns have these values in turn, and their lines."""
        uris = self.put_pictures(project, count)
        lines = [mask_line(uri, uri.replace("/pictures/", "/masks/").replace(".jpg", ".png"), *values) for uri in uris]
        for line in lines:
            self.put(line["streets-ref"].removeprefix(f"s3://{self.bucket}/"), mask(*values))
        return lines

    # ---- waiting ------------------------------------------------------------------------------
    def runs(self, project: str) -> list[str]:
        """ARNs of the project's executions."""
        pages = self.states.list_executions(stateMachineArn=self.cloud.outputs["StateMachineArn"], maxResults=1000)
        named = [run for run in pages["executions"] if run["name"].rpartition("-")[0] == project]
        return [run["executionArn"] for run in named]

    def wait(self, project: str, runs: int = 1) -> Ended:
        """The project's newest run, once that many have ended."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            ended = [run for run in map(self._described, self.runs(project)) if run["status"] != "RUNNING"]
            if len(ended) >= runs:
                return self.ended(max(ended, key=lambda run: run["startDate"])["executionArn"], project)
            time.sleep(0.1)
        raise TimeoutError(f"{project}: {[self._described(run)['status'] for run in self.runs(project)]}")

    def ended(self, arn: str, project: str) -> Ended:
        """An execution, once it has ended."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (run := self._described(arn))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                raise TimeoutError(arn)
            time.sleep(0.1)
        history = self.states.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        entered = [
            event["stateEnteredEventDetails"]["name"] for event in history if "stateEnteredEventDetails" in event
        ]
        receipts = self.receipts(project, run["name"])
        return Ended(run["status"], run.get("error", ""), run.get("cause", ""), receipts, entered)

    def _described(self, arn: str) -> Any:
        return self.states.describe_execution(executionArn=arn)

    # ---- reading ------------------------------------------------------------------------------
    def receipts(self, project: str, run: str) -> dict[str, Json]:
        prefix = f"projects/{project}/runs/{run}/"
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        return {item["Key"].removeprefix(prefix).removesuffix(".json"): self.json(item["Key"]) for item in listed}

    def json(self, key: str) -> Any:
        return json.loads(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def text(self, uri: str) -> str:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()

    # ---- asking -------------------------------------------------------------------------------
    def ask(self, project: str, body: bytes, query: str = "", **headers: str) -> tuple[int, Any]:
        """Status and parsed JSON (or bytes) of POST /v1/{project}/infer."""
        sent = {"Content-Type": "image/jpeg"} | {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.cloud.outputs['ApiUrl']}/v1/{project}/infer{query}"
        answer = self.http.request("POST", url, body=body, headers=sent)
        is_json = answer.headers["Content-Type"] == "application/json"
        return answer.status, json.loads(answer.data) if is_json else answer.data


def picture(width: int = 64, height: int = 48, file_format: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, file_format)
    return out.getvalue()


def mask(*values: int, width: int = 64, height: int = 48) -> bytes:
    row = bytes(value for value, _ in zip(itertools.cycle(values), range(width), strict=False))
    image, out = Image.frombytes("P", (width, height), row * height), io.BytesIO()
    image.putpalette(bytes(range(256)) * 3)  # without one, Pillow keeps a bit of each pixel
    image.save(out, "PNG")
    return out.getvalue()


def mask_line(uri: str, mask_uri: str, *values: int) -> Json:
    return factories.mask_line(1, *values) | {"source-ref": uri, "streets-ref": mask_uri}


def class_line(uri: str, class_id: int | str, **metadata: Any) -> Json:
    return factories.class_line(1, class_id, **metadata) | {"source-ref": uri}


def class_list_line(uri: str, *class_ids: int, **metadata: Any) -> Json:
    return factories.class_list_line(1, *class_ids, **metadata) | {"source-ref": uri}


def box_line(uri: str, attribute: str = "boxes", class_map: dict[str, str] | None = None) -> Json:
    """A line with one box of class 3 and one of class 7, as a Ground Truth job writes it."""
    class_map = class_map or {"3": "cat", "7": "dog"}
    boxes = [{"class_id": int(key), "left": 3, "top": 4, "width": 20, "height": 10} for key in class_map]
    return {
        "source-ref": uri,
        attribute: {"image_size": [{"width": 64, "height": 48, "depth": 3}], "annotations": boxes},
        f"{attribute}-metadata": {
            "objects": [{"confidence": 0.0} for _ in boxes],
            "class-map": class_map,
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": "2026-11-20T10:00:00.123456",
            "job-name": "labeling-job/boxes",
        },
    }
