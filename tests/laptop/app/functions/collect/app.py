"""Keeps every event it gets as an object."""

import json
import os
import uuid
from typing import Any

import boto3


def handler(event: Any, _context: Any) -> None:
    s3 = boto3.client("s3")
    s3.put_object(Bucket=os.environ["BUCKET"], Key=f"collected/{uuid.uuid4()}", Body=json.dumps(event))
