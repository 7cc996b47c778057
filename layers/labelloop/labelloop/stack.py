"""What the stack tells its functions, by environment variables."""

import os
from collections.abc import Mapping
from typing import Self

import msgspec


class Stack(msgspec.Struct, frozen=True):
    """Names that template.yaml gives; empty where a function is not given them."""

    region: str = ""
    data_bucket: str = ""
    state_machine_arn: str = ""
    training_role_arn: str = ""
    poll_seconds: int = 30

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read `AWS_REGION`, `DATA_BUCKET`, `STATE_MACHINE_ARN`, `TRAINING_ROLE_ARN`, `POLL_SECONDS`.

        Raises:
            msgspec.ValidationError: POLL_SECONDS is no number.
        """
        names = {"region": "AWS_REGION"} | {name: name.upper() for name in cls.__struct_fields__ if name != "region"}
        given = {field: environment[name] for field, name in names.items() if name in environment}
        return msgspec.convert(given, cls, strict=False)
