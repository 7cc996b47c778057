"""Keeps every event it gets as an object."""

import json
import os
import uuid

import boto3


def handler(event, _context):
    s3 = boto3.client("s3")
    s3.put_object(Bucket=os.environ["BUCKET"], Key=f"collected/{uuid.uuid4()}", Body=json.dumps(event))
