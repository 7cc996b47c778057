import json
from typing import Any

import pytest

from laptop.cloud import Cloud
from laptop.stack.intrinsics import Made, Resolver
from laptop.stack.stack import Stack

PARAMETERS = {"Colour": "red", "List": "a,b,c"}
TEMPLATE = {
    "Conditions": {
        "IsRed": {"Fn::Equals": [{"Ref": "Colour"}, "red"]},
        "Both": {"Fn::And": [{"Condition": "IsRed"}, {"Fn::Not": [{"Condition": "Never"}]}]},
        "Never": {"Fn::Or": [{"Fn::Equals": ["a", "b"]}]},
    },
    "Mappings": {"Accounts": {"us-east-1": {"detection": "811284229777"}}},
}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("plain", "plain"),
        ({"Ref": "Colour"}, "red"),
        ({"Ref": "Thing"}, "the-thing"),
        ({"Fn::GetAtt": ["Thing", "Arn"]}, "arn:thing"),
        ({"Fn::GetAtt": "Thing.Arn"}, "arn:thing"),
        ({"Fn::Sub": "${AWS::Region}/${Thing}/${Thing.Arn}/${!Literal}"}, "us-east-1/the-thing/arn:thing/${Literal}"),
        ({"Fn::Sub": ["${Own}-${Colour}", {"Own": {"Ref": "Thing"}}]}, "the-thing-red"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Colour"}]]}, "a-red"),
        ({"Fn::Select": [1, {"Fn::Split": [",", {"Ref": "List"}]}]}, "b"),
        ({"Fn::FindInMap": ["Accounts", {"Ref": "AWS::Region"}, "detection"]}, "811284229777"),
        ({"Fn::If": ["Both", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Never", "yes", "no"]}, "no"),
        ([1, {"Fn::If": ["Never", 2, {"Ref": "AWS::NoValue"}]}, 3], [1, 3]),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
        ({"Fn::Base64": {"Ref": "Colour"}}, "cmVk"),
        ({"Fn::ToJsonString": {"a": {"Ref": "Colour"}}}, '{"a": "red"}'),
        ({"Condition": {"Bool": {"x": "y"}}}, {"Condition": {"Bool": {"x": "y"}}}),
    ],
)
def test_intrinsic_functions(raw: Any, value: Any) -> None:
    made = {"Thing": Made("the-thing", {"Arn": "arn:thing"})}
    resolver = Resolver(TEMPLATE, PARAMETERS, "stack", made.__getitem__)
    assert resolver.value(raw) == value


def test_an_unknown_function_is_an_error() -> None:
    with pytest.raises(NotImplementedError, match="Fn::ImportValue"):
        Resolver({}, {}, "stack", dict[str, Made]().__getitem__).value({"Fn::ImportValue": "x"})


class Nothing:
    """Makes resources that are only names."""

    stack = "stack"

    def make(self, logical_id: str, kind: str, properties: Any) -> Made:
        return Made(logical_id, {})


def test_resources_that_need_each_other_are_named() -> None:
    resources = {name: {"Type": "T", "Properties": {"x": {"Ref": other}}} for name, other in [("A", "B"), ("B", "A")]}
    with pytest.raises(RecursionError, match="A -> B -> A"):
        Stack({"Resources": resources}, {}, Nothing()).deploy("http://here")  # type: ignore[arg-type]  # makes names only


def test_a_parameter_the_template_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="has no parameter Color"):
        Stack({"Resources": {}}, {"Color": "red"}, Nothing())  # type: ignore[arg-type]  # makes names only


def test_names_are_those_cloudformation_makes_and_the_same_at_each_start(cloud: Cloud) -> None:
    assert {name: value for name, value in cloud.outputs.items() if name in ("BucketName", "AnswerName")} == {
        "BucketName": "labelloop-bucket-2c7f96bf1986",
        "AnswerName": "labelloop-Answer-E6F1CFC831E4",
    }


def test_the_api_is_at_the_clouds_own_address(cloud: Cloud) -> None:
    assert cloud.outputs["ApiUrl"] == cloud.url


def test_what_was_not_made_is_listed(cloud: Cloud) -> None:
    assert cloud.skipped == {"Alarm": "AWS::CloudWatch::Alarm", "Nightly": "AWS::Events::Rule"}


def test_the_bucket_is_what_the_template_says(cloud: Cloud, bucket: str) -> None:
    s3 = cloud.session.s3
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]  # type: ignore[assignment]
    assert (rule["ID"], rule["Filter"], rule["Expiration"]) == ("old", {"Prefix": "tmp/"}, {"Days": 7})  # type: ignore[typeddict-item]


def test_the_policy_has_all_but_the_demand_for_tls(cloud: Cloud, bucket: str) -> None:
    """moto heeds no condition: the statement would refuse every request."""
    policy = json.loads(cloud.session.s3.get_bucket_policy(Bucket=bucket)["Policy"])
    assert [statement["Action"] for statement in policy["Statement"]] == ["s3:DeleteObject"]


def test_the_log_group_keeps_its_logs_as_long_as_the_template_says(cloud: Cloud) -> None:
    name = f"/aws/lambda/{cloud.outputs['AnswerName']}"
    (group,) = cloud.session.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert group["retentionInDays"] == 14


def test_a_resource_whose_condition_does_not_hold_is_not_made(cloud: Cloud) -> None:
    topics = [topic["TopicArn"] for topic in cloud.session.sns.list_topics()["Topics"]]
    assert topics == [cloud.outputs["TopicArn"]]


def test_roles_have_their_policies(cloud: Cloud) -> None:
    role = next(
        role["RoleName"] for role in cloud.session.iam.list_roles()["Roles"] if "MachineRole" in role["RoleName"]
    )
    assert len(cloud.session.iam.list_role_policies(RoleName=role)["PolicyNames"]) == 2
