"""The account every resource of the laptop cloud belongs to, and the types all its services share."""

from typing import Any

ACCOUNT = "123456789012"
REGION = "us-east-1"
ACCESS_KEY = "laptop"
SECRET_KEY = "laptop"  # noqa: S105 - a key of no account: the laptop cloud checks none

type Json = dict[str, Any]


def arn(service: str, resource: str) -> str:
    """The ARN of a resource of the laptop's account and region."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def split_s3_uri(uri: str) -> tuple[str, str]:
    """`s3://bucket/some/key` as bucket and key; the key may be empty."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
