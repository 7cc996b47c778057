import json
from pathlib import Path

import pytest
from mxnet_vision.errors import ClientError
from mxnet_vision.job import Job

from .conftest import CHANNEL, OptMl


@pytest.mark.parametrize(
    ("channels", "complaint"),
    [
        ({"validation": {}}, "Channel 'validation' is required"),
        ({"train": CHANNEL | {"TrainingInputMode": "File"}}, "'train' has TrainingInputMode 'File'"),
        ({"train": CHANNEL | {"RecordWrapperType": "None"}}, "'train' has RecordWrapperType 'None'"),
    ],
)
def test_only_pipes_of_recordio_are_read(opt_ml: OptMl, channels: dict[str, dict[str, str]], complaint: str) -> None:
    opt_ml.prepare(**channels)
    with pytest.raises(ClientError, match=complaint):
        Job(opt_ml.base).check_channels()


def test_the_host_has_a_name_without_a_resource_configuration(opt_ml: OptMl) -> None:
    assert Job(opt_ml.base).host() == "algo-1"
    opt_ml.prepare()
    (opt_ml.base / "input/config/resourceconfig.json").write_text(json.dumps({"current_host": "algo-2"}))
    assert Job(opt_ml.base).host() == "algo-2"


@pytest.mark.parametrize("text", [None, "{", "[]", '{"epochs": 3}'])
def test_hyperparameters_that_cannot_be_read_are_named(tmp_path: Path, text: str | None) -> None:
    (tmp_path / "input/config").mkdir(parents=True)
    if text is not None:
        (tmp_path / "input/config/hyperparameters.json").write_text(text)
    with pytest.raises(ClientError, match=r"hyperparameters\.json"):
        Job(tmp_path).hyperparameters()


def test_a_failure_keeps_its_beginning(tmp_path: Path) -> None:
    Job(tmp_path).report_failure("ClientError: " + "x" * 5000)
    written = (tmp_path / "output/failure").read_text()
    assert written.startswith("ClientError: xxx")
    assert len(written) == 1024
