"""Does what the event asks for."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import boto3
from common import NAME, GiveUp, TryAgain  # type: ignore[import-not-found]  # a layer: on the path in Lambda alone

CALLS = {"count": 0}


def handler(event: Any, context: Any) -> Any:
    CALLS["count"] += 1
    if "httpMethod" in event:
        return over_http(event)
    return DO[event.get("do", "echo")](event, context)


def over_http(event: Any) -> Any:
    project = event["pathParameters"]["project"]
    if project == "broken":
        return {"no": "status"}
    if project == "raise":
        raise GiveUp("no")
    if project == "slow":
        time.sleep(2)
    if event["httpMethod"] == "GET":
        return {"statusCode": 200, "headers": {"X-Seen": "yes"}, "body": json.dumps(event)}
    picture = base64.b64decode(event["body"])
    return {
        "statusCode": 201,
        "multiValueHeaders": {"Content-Type": ["image/png"], "X-Two": ["a", "b"]},
        "body": base64.b64encode(picture[::-1]).decode(),
        "isBase64Encoded": True,
    }


def fail_until(event: Any, _context: Any) -> Any:
    """Fails until it was asked often enough under that name."""
    s3, bucket, key = boto3.client("s3"), os.environ["BUCKET"], f"attempts/{event['name']}"
    tried = s3.list_objects_v2(Bucket=bucket, Prefix=key + "/").get("KeyCount", 0)
    s3.put_object(Bucket=bucket, Key=f"{key}/{tried}")
    if tried < event["failures"]:
        raise TryAgain(f"attempt {tried}")
    return {"attempts": tried + 1}


def give_up(_event: Any, _context: Any) -> Any:
    raise GiveUp("there is no way")


def describe(_event: Any, context: Any) -> Any:
    return {
        "environment": dict(os.environ),
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "remaining": context.get_remaining_time_in_millis(),
        "layer": NAME,
        "calls": CALLS["count"],
        "pid": os.getpid(),
    }


def sleep(event: Any, _context: Any) -> Any:
    time.sleep(event["seconds"])
    return os.getpid()


def spawn(_event: Any, _context: Any) -> Any:
    return subprocess.Popen(["sleep", "300"]).pid


DO: dict[str, Callable[[Any, Any], Any]] = {
    "echo": lambda event, _: event,
    "describe": describe,
    "fail_until": fail_until,
    "give_up": give_up,
    "sleep": sleep,
    "print": lambda event, _: sys.stdout.write(event["text"]),
    "exit": lambda event, _: os._exit(event["code"]),
    "large": lambda event, _: "x" * event["bytes"],
    "spawn": spawn,
}
