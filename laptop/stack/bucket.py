"""AWS::S3::Bucket: CloudFormation's properties as calls of S3's API."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from laptop.account import Json

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Configure = Callable[["S3Client", str, Any], object]


def configure_bucket(s3: "S3Client", bucket: str, properties: Json) -> list[str]:
    """Set what the template says of a bucket; returns the properties that nothing here knows."""
    unknown = []
    for name, value in properties.items():
        if configure := _CONFIGURE.get(name):
            configure(s3, bucket, value)
        elif name != "BucketName":
            unknown.append(name)
    return unknown


def _notifications(s3: "S3Client", bucket: str, value: Json) -> None:
    if str(value.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled", True)).lower() == "true":
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )


def _encryption(s3: "S3Client", bucket: str, value: Json) -> None:
    rules: Any = [
        {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
        }
        for rule in value["ServerSideEncryptionConfiguration"]
    ]
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


def _lifecycle(s3: "S3Client", bucket: str, value: Json) -> None:
    rules: Any = [_lifecycle_rule(rule) for rule in value["Rules"]]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


def _lifecycle_rule(rule: Json) -> Json:
    """CloudFormation flattens what the API nests."""
    made: Json = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "Id" in rule:
        made["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        made["Expiration"] = {"Days": rule["ExpirationInDays"]}
    if "NoncurrentVersionExpirationInDays" in rule:
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
    same = ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration", "Transitions")
    return made | {name: rule[name] for name in same if name in rule}


_CONFIGURE: dict[str, Configure] = {
    "BucketEncryption": _encryption,
    "CorsConfiguration": lambda s3, bucket, value: s3.put_bucket_cors(
        Bucket=bucket, CORSConfiguration={"CORSRules": value["CorsRules"]}
    ),
    "LifecycleConfiguration": _lifecycle,
    "NotificationConfiguration": _notifications,
    "OwnershipControls": lambda s3, bucket, value: s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": value["Rules"]}
    ),
    "PublicAccessBlockConfiguration": lambda s3, bucket, value: s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration=value
    ),
    "Tags": lambda s3, bucket, value: s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": value}),
    "VersioningConfiguration": lambda s3, bucket, value: s3.put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration=value
    ),
}
