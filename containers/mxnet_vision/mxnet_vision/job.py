"""The /opt/ml tree SageMaker gives a training container.

Source: SageMaker developer guide, "How Amazon SageMaker AI Provides Training Information".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mxnet_vision.errors import ClientError

FAILURE_LIMIT = 1024  # characters of output/failure that become the job's FailureReason
CHANNELS = ("train", "validation")


@dataclass(frozen=True, slots=True)
class Job:
    """One training job's files, under `SAGEMAKER_BASE_DIR` (/opt/ml on SageMaker)."""

    base: Path

    @property
    def data(self) -> Path:
        """The folder of the FIFOs `<channel>_<epoch>`."""
        return self.base / "input/data"

    @property
    def model(self) -> Path:
        """The folder that becomes model.tar.gz."""
        return self.base / "model"

    def hyperparameters(self) -> dict[str, str]:
        """Names and values as they were sent: all text.

        Raises:
            ClientError: the file does not hold an object of strings.
        """
        values = self._config("hyperparameters")
        if not all(isinstance(value, str) for value in values.values()):
            raise ClientError("Hyperparameters are strings; hyperparameters.json holds another type.")
        return {name: str(value) for name, value in values.items()}

    def host(self) -> str:
        """The name of this machine in the job, `algo-1` where no resource configuration was given."""
        if not self._config_path("resourceconfig").exists():
            return "algo-1"
        return str(self._config("resourceconfig").get("current_host", "algo-1"))

    def check_channels(self) -> None:
        """See that train and validation are streamed as RecordIO, the only way this container reads data.

        Raises:
            ClientError: a channel is missing, or is not a Pipe of RecordIO.
        """
        channels = self._config("inputdataconfig")
        for name in CHANNELS:
            _check_channel(name, channels.get(name))

    def content_type(self, channel: str) -> str:
        """What the request says about the channel's records; it may carry parameters after a `;`."""
        settings = self._config("inputdataconfig")[channel]
        return str(settings.get("ContentType", "")) if isinstance(settings, Mapping) else ""

    def report_failure(self, reason: str) -> None:
        """Write output/failure, whose beginning DescribeTrainingJob shows as FailureReason."""
        path = self.base / "output/failure"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(reason[:FAILURE_LIMIT], encoding="utf-8")

    def _config_path(self, name: str) -> Path:
        return self.base / "input/config" / f"{name}.json"

    def _config(self, name: str) -> dict[str, object]:
        path = self._config_path(name)
        try:
            values = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise ClientError(f"{path} cannot be read: {error}") from error
        if not isinstance(values, dict):
            raise ClientError(f"{path} does not hold a JSON object.")
        return values


def _check_channel(name: str, settings: object) -> None:
    if not isinstance(settings, Mapping):
        raise ClientError(f"Channel '{name}' is required.")
    for key, wanted in (("TrainingInputMode", "Pipe"), ("RecordWrapperType", "RecordIO")):
        found = settings.get(key)
        if found != wanted:
            raise ClientError(f"Channel '{name}' has {key} '{found}'; this container reads '{wanted}' only.")
