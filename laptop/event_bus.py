"""EventBridge rule targets that moto does not have: state machines and Lambda functions.

moto matches events to rules and can deliver to SQS, so each target of ours becomes a queue to moto. What arrives there
is put right (moto's events differ from AWS's in small ways) and handed on, shaped by the target's Input settings.
"""

import hashlib
import json
import logging
import re
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from jsonpath_ng.ext import parse
from werkzeug.wrappers import Request

from laptop.account import ACCOUNT, Json, arn
from laptop.session import Session

GATHER_SECONDS = 0.05
_log = logging.getLogger(__name__)
_BATCH = 10
_OUR_NOISE = ("Object Tags Added",)  # moto sends it with every put, also of objects without tags

Deliver = Callable[[str, str], None]
"""Starts a target (by ARN) with an input (JSON text)."""


@dataclass(frozen=True, slots=True)
class Target:
    """A rule's target: its ARN, its Input settings, and the queue that stands for it in moto."""

    arn: str
    settings: Mapping[str, Any]
    queue: str


class EventBus:
    """Hands events on, from one thread that sleeps until a request could have caused one.

    Args:
        session: of the cloud.
        deliver: by the service in the target's ARN (`states`, `lambda`).
    """

    def __init__(self, session: Session, deliver: Mapping[str, Deliver]) -> None:
        self._sqs = session.sqs
        self._events = session.events
        self._s3 = session.s3
        self._deliver = deliver
        self._targets: list[Target] = []
        self._copied: set[tuple[str, str]] = set()
        self._versioned: dict[str, bool] = {}
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="event-bus", daemon=True)
        self._thread.start()

    def connect(self, rule: str, targets: list[Json]) -> None:
        """Make these the targets of a rule."""
        for settings in targets:
            digest = hashlib.sha256(f"{rule}/{settings['Id']}".encode()).hexdigest()[:12]
            name = f"rule-target-{digest}"
            url = self._sqs.create_queue(QueueName=name)["QueueUrl"]
            self._events.put_targets(Rule=rule, Targets=[{"Id": settings["Id"], "Arn": arn("sqs", name)}])
            self._targets.append(Target(settings["Arn"], settings, url))

    def after_request(self, service: str, request: Request) -> None:
        """Told by the front of every request moto has answered: these two services cause events."""
        if service in ("s3", "events", "") and request.method in ("PUT", "POST", "DELETE"):
            if "X-Amz-Copy-Source" in request.headers:
                bucket, _, key = unquote(request.path).lstrip("/").partition("/")
                self._copied.add((bucket, key))
            self._wake.set()

    def close(self) -> None:
        """Hand on no more."""
        self._closing.set()
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.wait()
            self._closing.wait(GATHER_SECONDS)  # an upload of a thousand pictures is not a thousand look-ups
            self._wake.clear()
            for target in list(self._targets):
                self._drain(target)

    def _drain(self, target: Target) -> None:
        while messages := self._sqs.receive_message(QueueUrl=target.queue, MaxNumberOfMessages=_BATCH).get("Messages"):
            for message in messages:
                self._sqs.delete_message(QueueUrl=target.queue, ReceiptHandle=message["ReceiptHandle"])
                self._hand_on(target, json.loads(message["Body"]))

    def _hand_on(self, target: Target, raw: Json) -> None:
        if raw.get("detail-type") in _OUR_NOISE:
            return
        try:
            self._deliver[target.arn.split(":")[2]](target.arn, shape_input(target.settings, self._repaired(raw)))
        except Exception:  # noqa: BLE001 - one undeliverable event must not stop the bus
            _log.exception("event %s did not reach %s", raw.get("detail-type"), target.arn)

    def _repaired(self, raw: Json) -> Json:
        event = {key: value for key, value in raw.items() if key != "ingestion-time"}
        event |= {"version": "0", "id": str(uuid.uuid4()), "account": ACCOUNT, "time": _iso(raw["time"])}
        if event["source"] == "aws.s3":
            event["detail"] = self._repaired_s3(event["detail"])
        return event

    def _repaired_s3(self, detail: Json) -> Json:
        thing = dict(detail["object"])
        thing["etag"] = thing.pop("eTag", thing.get("etag"))
        thing["sequencer"] = f"{uuid.uuid4().int >> 64:016X}"
        bucket = detail["bucket"]["name"]
        if not self._is_versioned(bucket):
            thing.pop("version-id", None)
        return detail | {"object": thing, "reason": self._reason(bucket, thing)}

    def _reason(self, bucket: str, thing: Json) -> str:
        if (bucket, thing["key"]) in self._copied:
            self._copied.discard((bucket, thing["key"]))
            return "CopyObject"
        return "CompleteMultipartUpload" if re.fullmatch(r"[0-9a-f]{32}-\d+", thing["etag"] or "") else "PutObject"

    def _is_versioned(self, bucket: str) -> bool:
        if bucket not in self._versioned:
            self._versioned[bucket] = self._s3.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled"
        return self._versioned[bucket]


def shape_input(settings: Mapping[str, Any], event: Json) -> str:
    """What a target is given: its constant Input, a part (InputPath), a text (InputTransformer) or the event.

    Source: Amazon EventBridge User Guide, eb-transform-target-input.
    """
    if "Input" in settings:
        return str(settings["Input"])
    if "InputPath" in settings:
        return json.dumps(_at(settings["InputPath"], event))
    if transformer := settings.get("InputTransformer"):
        values = {name: _at(path, event) for name, path in transformer.get("InputPathsMap", {}).items()}
        return _fill(transformer["InputTemplate"], values, event)
    return json.dumps(event)


def _fill(template: str, values: Json, event: Json) -> str:
    known = values | {"aws.events.event.json": event, "aws.events.event.ingestion-time": event["time"]}

    def one(found: re.Match[str]) -> str:
        value = known.get(found[1])
        inside_string = template[: found.start()].replace('\\"', "").count('"') % 2 == 1
        if not inside_string:
            return json.dumps(value)
        text = value if isinstance(value, str) else json.dumps(value)
        return json.dumps(text)[1:-1]

    return re.sub(r"<([\w.-]+)>", one, template)


def _at(path: str, event: Json) -> Any:
    found = parse(path).find(event)
    return found[0].value if found else None


def _iso(time: Any) -> str:
    if isinstance(time, str):
        return time
    return datetime.fromtimestamp(float(time), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
