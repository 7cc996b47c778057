"""Does what the event asks for."""

import base64
import os
import time

import boto3
from common import NAME, GiveUp, TryAgain

CALLS = {"count": 0}


def handler(event, context):
    CALLS["count"] += 1
    if "httpMethod" in event:
        return over_http(event)
    return DO[event.get("do", "echo")](event, context)


def over_http(event):
    if event["pathParameters"]["project"] == "broken":
        return {"no": "status"}
    if event["pathParameters"]["project"] == "raise":
        raise GiveUp("no")
    if event["pathParameters"]["project"] == "slow":
        time.sleep(2)
    if event["httpMethod"] == "GET":
        import json

        return {"statusCode": 200, "headers": {"X-Seen": "yes"}, "body": json.dumps(event)}
    picture = base64.b64decode(event["body"])
    return {
        "statusCode": 201,
        "multiValueHeaders": {"Content-Type": ["image/png"], "X-Two": ["a", "b"]},
        "body": base64.b64encode(picture[::-1]).decode(),
        "isBase64Encoded": True,
    }


def fail_until(event, _context):
    """Fails until the object named in the event was asked for often enough."""
    s3, bucket, key = boto3.client("s3"), os.environ["BUCKET"], f"attempts/{event['name']}"
    tried = s3.list_objects_v2(Bucket=bucket, Prefix=key + "/").get("KeyCount", 0)
    s3.put_object(Bucket=bucket, Key=f"{key}/{tried}")
    if tried < event["failures"]:
        raise TryAgain(f"attempt {tried}")
    return {"attempts": tried + 1}


def give_up(_event, _context):
    raise GiveUp("there is no way")


def describe(_event, context):
    return {
        "environment": dict(os.environ),
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "remaining": context.get_remaining_time_in_millis(),
        "layer": NAME,
        "calls": CALLS["count"],
        "pid": os.getpid(),
    }


def spawn(_event, _context):
    import subprocess

    return subprocess.Popen(["sleep", "300"]).pid


DO = {
    "echo": lambda event, _: event,
    "describe": describe,
    "fail_until": fail_until,
    "give_up": give_up,
    "sleep": lambda event, _: time.sleep(event["seconds"]) or os.getpid(),
    "print": lambda event, _: print(event["text"]),
    "exit": lambda event, _: os._exit(event["code"]),
    "large": lambda event, _: "x" * event["bytes"],
    "spawn": spawn,
}
