"""What moto's state-machine interpreter needs from outside; a test fails once moto does without."""

import logging
from typing import Any

import botocore.utils
from botocore.config import Config

from laptop.session import Session


class InterpreterClients:
    """Takes boto3's place in moto's `boto_client` module: clients for the state machines' own AWS calls.

    moto keeps the timestamps of answers as datetimes, which DescribeExecution then cannot print (500). AWS gives state
    machines ISO 8601 text.
    """

    def __init__(self, url: str) -> None:
        self._session = Session(url)
        factory = self._session.botocore.get_component("response_parser_factory")
        factory.set_parser_defaults(timestamp_parser=_iso_8601)

    def client(self, *, service_name: str, config: Config, **_: Any) -> Any:
        """A client as moto wants it: no retries of its own, no limit on waiting."""
        return self._session.client(service_name, config)


def mend_interpreter(url: str) -> None:
    """Let moto's state machines call the cloud at `url`, with answers they can print."""
    from moto.stepfunctions.parser.asl.utils import boto_client

    boto_client.boto3 = InterpreterClients(url)
    # every error a state machine catches is an ERROR there; the execution's history tells all of it
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)


def _iso_8601(value: Any) -> str:
    return str(botocore.utils.parse_timestamp(value).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
