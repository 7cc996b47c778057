"""AWS clients that reach one laptop cloud and nothing else, whatever the user's own AWS configuration says."""

import os
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
import botocore.configprovider
import botocore.session
from botocore.config import Config

from laptop.account import ACCESS_KEY, REGION, SECRET_KEY

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

LOOPBACK = "127.0.0.1,localhost"


class Session:
    """boto3 clients for the cloud at `url`: fake credentials, no proxy, nothing read from `~/.aws` or `AWS_*`.

    Args:
        url: where the cloud listens, as in `Cloud.url`.
        read_timeout: seconds a client waits for an answer.
    """

    def __init__(self, url: str, *, read_timeout: float = 120) -> None:
        self.url = url
        self.botocore = isolated_session()
        self._boto3 = boto3.Session(
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name=REGION,
            botocore_session=self.botocore,
        )
        self._config = Config(
            proxies={},
            read_timeout=read_timeout,
            retries={"mode": "standard"},
            max_pool_connections=32,
        )

    def client(self, service: str, config: Config | None = None) -> Any:
        """A client of any service by its boto3 name; `config` overrides this session's."""
        merged = self._config.merge(config) if config else self._config
        return self._boto3.client(service, endpoint_url=self.url, config=merged)  # type: ignore[call-overload]

    @property
    def s3(self) -> "S3Client":
        """An S3 client."""
        client: S3Client = self.client("s3")
        return client

    @property
    def sns(self) -> "SNSClient":
        """An SNS client."""
        client: SNSClient = self.client("sns")
        return client

    @property
    def sqs(self) -> "SQSClient":
        """An SQS client."""
        client: SQSClient = self.client("sqs")
        return client

    @property
    def events(self) -> "EventBridgeClient":
        """An EventBridge client."""
        client: EventBridgeClient = self.client("events")
        return client

    @property
    def logs(self) -> "CloudWatchLogsClient":
        """A CloudWatch Logs client."""
        client: CloudWatchLogsClient = self.client("logs")
        return client

    @property
    def iam(self) -> "IAMClient":
        """An IAM client."""
        client: IAMClient = self.client("iam")
        return client

    @property
    def lambda_(self) -> "LambdaClient":
        """A Lambda client."""
        client: LambdaClient = self.client("lambda")
        return client

    @property
    def stepfunctions(self) -> "SFNClient":
        """A Step Functions client."""
        client: SFNClient = self.client("stepfunctions")
        return client

    @property
    def sagemaker(self) -> "SageMakerClient":
        """A SageMaker client."""
        client: SageMakerClient = self.client("sagemaker")
        return client

    @property
    def sagemaker_runtime(self) -> "SageMakerRuntimeClient":
        """A SageMaker Runtime client."""
        client: SageMakerRuntimeClient = self.client("sagemaker-runtime")
        return client


def session(url: str) -> Session:
    """The session of the laptop cloud that listens at `url`."""
    return Session(url)


def isolated_session() -> botocore.session.Session:
    """A botocore session that reads no environment variable and no file of the user's."""
    isolated = botocore.session.Session()
    store = isolated.get_component("config_store")
    chains = botocore.configprovider.ConfigChainFactory(session=isolated, environ={})
    for name, (_, _, default, convert) in botocore.configprovider.BOTOCORE_DEFAUT_SESSION_VARIABLES.items():
        chain = chains.create_config_chain(instance_name=name, default=default, conversion_func=convert)
        store.set_config_provider(name, chain)
    for name in ("config_file", "credentials_file"):
        store.set_config_variable(name, os.devnull)
    return isolated


@contextmanager
def without_user_aws(environment: MutableMapping[str, str]) -> Iterator[None]:
    """Hide the user's AWS variables and files and the proxy from this process; put back what was there.

    moto and samtranslator ask boto3's default session: an `AWS_PROFILE` of the user's would break them.
    """
    before = dict(environment)
    for name in [name for name in environment if name.startswith("AWS_")]:
        del environment[name]
    environment.update(
        {
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": LOOPBACK,
            "no_proxy": LOOPBACK,
        }
    )
    try:
        yield
    finally:
        environment.clear()
        environment.update(before)
