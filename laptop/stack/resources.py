"""One method per resource type the laptop can make."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from laptop.account import Json, arn
from laptop.aws_lambda.function import Function
from laptop.session import Session
from laptop.stack.bucket import configure_bucket
from laptop.stack.intrinsics import Made


@dataclass(slots=True)
class Api:
    """A REST API to be served: its OpenAPI body, and its stage once that is known."""

    body: Json
    stage: str = "prod"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where resources are made: the cloud's clients, the folder of the template, and the services that are ours."""

    session: Session
    root: Path
    add_function: Callable[[Function], None]
    tell_of_failures: Callable[[str, str], None]  # function name, topic ARN
    connect_rule: Callable[[str, list[Json]], None]


@dataclass(slots=True)
class Resources:
    """Makes resources and remembers what could not be made.

    Args:
        stack: its name.
        around: where they are made.
        skipped: logical id (or `id.Property`) to the type that nothing here makes.
        apis: by id.
    """

    stack: str
    around: Surroundings
    skipped: dict[str, str] = field(default_factory=dict)
    apis: dict[str, Api] = field(default_factory=dict)

    def make(self, logical_id: str, kind: str, properties: Json) -> Made:
        """Make one resource, its properties resolved."""
        maker = _MAKERS.get(kind)
        if maker is None:
            self.skipped[logical_id] = kind
            return self._placeholder(logical_id)
        return maker(self, logical_id, properties)

    def name(self, logical_id: str) -> str:
        """`<stack>-<LogicalId>-<suffix>`, as CloudFormation names; the suffix is the same at every start."""
        return f"{self.stack}-{logical_id}-{_digest(self.stack, logical_id)[:12].upper()}"

    def bucket(self, logical_id: str, properties: Json) -> Made:
        """AWS::S3::Bucket."""
        s3 = self.around.session.s3
        bucket = properties.get("BucketName") or self.name(logical_id).lower()
        s3.create_bucket(Bucket=bucket)
        for unknown in configure_bucket(s3, bucket, properties):
            self.skipped[f"{logical_id}.{unknown}"] = "AWS::S3::Bucket"
        return Made(bucket, {"Arn": f"arn:aws:s3:::{bucket}", "DomainName": f"{bucket}.s3.amazonaws.com"})

    def bucket_policy(self, logical_id: str, properties: Json) -> Made:
        """AWS::S3::BucketPolicy, without the statements that refuse plain HTTP: that is all loopback speaks."""
        policy = properties["PolicyDocument"]
        kept = [statement for statement in policy["Statement"] if not _refuses_plain_http(statement)]
        if kept:
            text = json.dumps(policy | {"Statement": kept})
            self.around.session.s3.put_bucket_policy(Bucket=properties["Bucket"], Policy=text)
        return self._placeholder(logical_id)

    def topic(self, logical_id: str, properties: Json) -> Made:
        """AWS::SNS::Topic, with its subscriptions."""
        sns = self.around.session.sns
        name = properties.get("TopicName") or self.name(logical_id)
        topic = sns.create_topic(Name=name)["TopicArn"]
        for subscription in properties.get("Subscription", []):
            sns.subscribe(TopicArn=topic, **subscription)
        return Made(topic, {"TopicArn": topic, "TopicName": name})

    def subscription(self, logical_id: str, properties: Json) -> Made:
        """AWS::SNS::Subscription."""
        del logical_id
        topic, protocol, endpoint = properties["TopicArn"], properties["Protocol"], properties.get("Endpoint", "")
        made = self.around.session.sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
        return Made(made["SubscriptionArn"], {})

    def topic_policy(self, logical_id: str, properties: Json) -> Made:
        """AWS::SNS::TopicPolicy."""
        sns, policy = self.around.session.sns, json.dumps(properties["PolicyDocument"])
        for topic in properties["Topics"]:
            sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
        return self._placeholder(logical_id)

    def queue(self, logical_id: str, properties: Json) -> Made:
        """AWS::SQS::Queue, with AWS's default attributes."""
        name = properties.get("QueueName") or self.name(logical_id)
        url = self.around.session.sqs.create_queue(QueueName=name)["QueueUrl"]
        return Made(url, {"Arn": arn("sqs", name), "QueueName": name, "QueueUrl": url})

    def log_group(self, logical_id: str, properties: Json) -> Made:
        """AWS::Logs::LogGroup."""
        logs, name = self.around.session.logs, properties.get("LogGroupName") or self.name(logical_id)
        logs.create_log_group(logGroupName=name)
        if days := properties.get("RetentionInDays"):
            logs.put_retention_policy(logGroupName=name, retentionInDays=int(days))
        return Made(name, {"Arn": arn("logs", f"log-group:{name}:*")})

    def role(self, logical_id: str, properties: Json) -> Made:
        """AWS::IAM::Role, with its inline policies; nobody checks them here."""
        iam = self.around.session.iam
        name = properties.get("RoleName") or self.name(logical_id)
        trust = json.dumps(properties["AssumeRolePolicyDocument"])
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Path=properties.get("Path", "/"))["Role"]
        for policy in properties.get("Policies", []):
            document = _policy(policy["PolicyDocument"])
            iam.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document)
        return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})

    def policy(self, logical_id: str, properties: Json) -> Made:
        """AWS::IAM::Policy of roles."""
        document = _policy(properties["PolicyDocument"])
        for role in properties.get("Roles", []):
            self.around.session.iam.put_role_policy(
                RoleName=role, PolicyName=properties["PolicyName"], PolicyDocument=document
            )
        return self._placeholder(logical_id)

    def layer(self, logical_id: str, properties: Json) -> Made:
        """AWS::Lambda::LayerVersion: its reference is the folder of its source."""
        del logical_id
        folder = self.around.root / properties["Content"]["S3Key"]
        return Made(str(folder / "python" if (folder / "python").is_dir() else folder), {})

    def function(self, logical_id: str, properties: Json) -> Made:
        """AWS::Lambda::Function."""
        variables = properties.get("Environment", {}).get("Variables", {})
        function = Function(
            name=properties.get("FunctionName") or self.name(logical_id),
            handler=properties["Handler"],
            code=self.around.root / properties["Code"]["S3Key"],
            layers=tuple(Path(layer) for layer in properties.get("Layers", [])),
            environment={name: _text(value) for name, value in variables.items()},
            timeout=float(properties.get("Timeout", 3)),
            memory=int(properties.get("MemorySize", 128)),
        )
        self.around.add_function(function)
        return Made(function.name, {"Arn": function.arn})

    def event_invoke_config(self, logical_id: str, properties: Json) -> Made:
        """AWS::Lambda::EventInvokeConfig: events that a function fails on are told to a topic."""
        if on_failure := properties.get("DestinationConfig", {}).get("OnFailure"):
            self.around.tell_of_failures(properties["FunctionName"], on_failure["Destination"])
        return self._placeholder(logical_id)

    def state_machine(self, logical_id: str, properties: Json) -> Made:
        """AWS::StepFunctions::StateMachine, its substitutions made."""
        definition = properties["DefinitionString"]
        for name, value in properties.get("DefinitionSubstitutions", {}).items():
            definition = definition.replace(f"${{{name}}}", json.dumps(_text(value))[1:-1])
        machine = self.around.session.stepfunctions.create_state_machine(
            name=properties.get("StateMachineName") or self.name(logical_id),
            definition=definition,
            roleArn=properties["RoleArn"],
        )["stateMachineArn"]
        return Made(machine, {"Arn": machine, "Name": machine.rpartition(":")[2]})

    def rule(self, logical_id: str, properties: Json) -> Made:
        """AWS::Events::Rule; one with a schedule never fires here and is listed as skipped."""
        name = properties.get("Name") or self.name(logical_id)
        if "EventPattern" not in properties:
            self.skipped[logical_id] = "AWS::Events::Rule"
            return Made(name, {"Arn": arn("events", f"rule/{name}")})
        made = self.around.session.events.put_rule(
            Name=name, EventPattern=json.dumps(properties["EventPattern"]), State=properties.get("State", "ENABLED")
        )
        self.around.connect_rule(name, properties.get("Targets", []))
        return Made(name, {"Arn": made["RuleArn"]})

    def rest_api(self, logical_id: str, properties: Json) -> Made:
        """AWS::ApiGateway::RestApi."""
        api_id = _digest(self.stack, logical_id)[:10]
        self.apis[api_id] = Api(properties["Body"])
        return Made(api_id, {"RootResourceId": api_id, "RestApiId": api_id})

    def stage(self, logical_id: str, properties: Json) -> Made:
        """AWS::ApiGateway::Stage."""
        del logical_id
        self.apis[properties["RestApiId"]].stage = properties["StageName"]
        return Made(properties["StageName"], {})

    def nothing(self, logical_id: str, properties: Json) -> Made:
        """What has no counterpart here: permissions are not checked, API deployments are not kept."""
        del properties
        return self._placeholder(logical_id)

    def _placeholder(self, logical_id: str) -> Made:
        attributes: defaultdict[str, str] = defaultdict(lambda: f"{logical_id}-not-on-the-laptop")
        return Made(self.name(logical_id), attributes)


_MAKERS: Mapping[str, Callable[[Resources, str, Json], Made]] = {
    "AWS::ApiGateway::Deployment": Resources.nothing,
    "AWS::ApiGateway::RestApi": Resources.rest_api,
    "AWS::ApiGateway::Stage": Resources.stage,
    "AWS::Events::Rule": Resources.rule,
    "AWS::IAM::Policy": Resources.policy,
    "AWS::IAM::Role": Resources.role,
    "AWS::Lambda::EventInvokeConfig": Resources.event_invoke_config,
    "AWS::Lambda::Function": Resources.function,
    "AWS::Lambda::LayerVersion": Resources.layer,
    "AWS::Lambda::Permission": Resources.nothing,
    "AWS::Logs::LogGroup": Resources.log_group,
    "AWS::S3::Bucket": Resources.bucket,
    "AWS::S3::BucketPolicy": Resources.bucket_policy,
    "AWS::SNS::Subscription": Resources.subscription,
    "AWS::SNS::Topic": Resources.topic,
    "AWS::SNS::TopicPolicy": Resources.topic_policy,
    "AWS::SQS::Queue": Resources.queue,
    "AWS::StepFunctions::StateMachine": Resources.state_machine,
}


def _digest(stack: str, logical_id: str) -> str:
    return hashlib.sha256(f"{stack}/{logical_id}".encode()).hexdigest()


def _policy(document: Json) -> str:
    """SAM's policy templates name no version; IAM then takes the oldest, moto refuses."""
    return json.dumps({"Version": "2012-10-17", **document})


def _text(value: object) -> str:
    """CloudFormation's text of a value: booleans in lower case."""
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _refuses_plain_http(statement: Json) -> bool:
    condition = statement.get("Condition", {}).get("Bool", {})
    return statement["Effect"] == "Deny" and str(condition.get("aws:SecureTransport")).lower() == "false"
