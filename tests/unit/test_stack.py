"""What template.yaml tells the functions."""

import msgspec
import pytest
from labelloop.stack import Stack

GIVEN = {
    "AWS_REGION": "eu-west-1",
    "DATA_BUCKET": "data",
    "STATE_MACHINE_ARN": "arn:machine",
    "TRAINING_ROLE_ARN": "arn:role",
    "POLL_SECONDS": "1",
}


def test_every_field_comes_from_its_variable() -> None:
    assert Stack.from_environment(GIVEN | {"OTHER": "x"}) == Stack("eu-west-1", "data", "arn:machine", "arn:role", 1)


def test_what_a_function_is_not_given_is_empty() -> None:
    assert Stack.from_environment({}) == Stack(poll_seconds=30)


def test_the_process_has_an_environment(aws_environment: None) -> None:
    assert Stack.from_environment().region == "us-east-1"


def test_poll_seconds_must_be_a_number() -> None:
    with pytest.raises(msgspec.ValidationError, match="poll_seconds"):
        Stack.from_environment({"POLL_SECONDS": "often"})
