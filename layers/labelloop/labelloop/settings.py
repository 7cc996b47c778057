"""project.json: what a project's owner may decide, checked before anything is spent."""

from typing import Annotated, Self

import msgspec

from labelloop.errors import InvalidSettings

HyperparameterValue = str | int | float | bool
_InstanceType = Annotated[str, msgspec.Meta(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$")]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project's settings; every one has a default.

    `algorithm` and `label_attribute` are found from the manifest where they are None, `image` is the built-in
    algorithm's for the region, `poll_seconds` the stack's. With `accumulate` a manifest adds to those before it;
    `invalid_share` of its lines may be invalid before the run stops; of `pictures_checked` pictures, and masks, the
    files themselves are looked at.
    """

    algorithm: str | None = None
    label_attribute: str | None = None
    image: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | None = None
    hyperparameters: dict[str, HyperparameterValue] = {}
    accumulate: bool = True
    invalid_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.2
    pictures_checked: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 2_000
    validation_share: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.2
    training_instance_type: _InstanceType = "ml.g4dn.xlarge"
    training_volume_gb: Annotated[int, msgspec.Meta(ge=1, le=16384)] = 50
    training_minutes: Annotated[int, msgspec.Meta(ge=1, le=28 * 24 * 60)] = 24 * 60
    endpoint_instance_type: _InstanceType = "ml.m5.large"
    endpoint_instance_count: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    endpoint_minutes: Annotated[int, msgspec.Meta(ge=1, le=24 * 60)] = 45
    poll_seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)] | None = None

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Parse project.json.

        Raises:
            InvalidSettings: not JSON, an unknown name, or a value of the wrong type or out of range.
        """
        try:
            return msgspec.json.decode(body, type=cls)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            known = ", ".join(field.encode_name for field in msgspec.structs.fields(cls))
            raise InvalidSettings(f"project.json: {error}.", hint=f"The settings are: {known}.") from error
