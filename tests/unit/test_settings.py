"""project.json: what is accepted, and what is said of what is not."""

import json
import re
from typing import Any

import pytest
from labelloop.errors import InvalidSettings
from labelloop.settings import Settings


def test_everything_may_be_left_out() -> None:
    assert Settings.from_json(b"{}") == Settings()


def test_everything_may_be_set() -> None:
    everything: dict[str, Any] = {
        "algorithm": "object-detection",
        "label_attribute": "shapes",
        "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:2",
        "hyperparameters": {"epochs": 5, "learning_rate": 0.01, "optimizer": "adam", "early_stopping": True},
        "accumulate": False,
        "invalid_share": 0.5,
        "pictures_checked": 100,
        "validation_share": 0.5,
        "training_instance_type": "ml.p3.2xlarge",
        "training_volume_gb": 1,
        "training_minutes": 1,
        "endpoint_instance_type": "ml.c5d.18xlarge",
        "endpoint_instance_count": 2,
        "endpoint_minutes": 1,
        "poll_seconds": 1,
    }
    settings = Settings.from_json(json.dumps(everything).encode())
    assert {name: getattr(settings, name) for name in everything} == everything
    assert set(everything) == set(Settings.__struct_fields__)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "Input data was truncated."),
        (b"epochs: 5", "JSON is malformed: invalid character (byte 0)."),
        (b"[]", "Expected `object`, got `array`."),
        (b'{"algorithm": "\xff"}', "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte."),
        (b'{"epochs": 5}', "Object contains unknown field `epochs`."),
        (b'{"algorithm": 1}', "Expected `str | null`, got `int` - at `$.algorithm`."),
        (b'{"label_attribute": 1}', "Expected `str | null`, got `int` - at `$.label_attribute`."),
        (b'{"image": ""}', "Expected `str` of length >= 1 - at `$.image`."),
        (b'{"image": "%s"}' % (b"x" * 256), "Expected `str` of length <= 255 - at `$.image`."),
        (b'{"hyperparameters": []}', "Expected `object`, got `array` - at `$.hyperparameters`."),
        (
            b'{"hyperparameters": {"epochs": null}}',
            "Expected `bool | int | float | str`, got `null` - at `$.hyperparameters[...]`.",
        ),
        (b'{"accumulate": 1}', "Expected `bool`, got `int` - at `$.accumulate`."),
        (b'{"invalid_share": -0.1}', "Expected `float` >= 0.0 - at `$.invalid_share`."),
        (b'{"invalid_share": 20}', "Expected `float` <= 1.0 - at `$.invalid_share`."),
        (b'{"pictures_checked": -1}', "Expected `int` >= 0 - at `$.pictures_checked`."),
        (b'{"pictures_checked": 100001}', "Expected `int` <= 100000 - at `$.pictures_checked`."),
        (b'{"validation_share": 0}', "Expected `float` > 0.0 - at `$.validation_share`."),
        (b'{"validation_share": 1}', "Expected `float` < 1.0 - at `$.validation_share`."),
        (b'{"validation_share": "0.2"}', "Expected `float`, got `str` - at `$.validation_share`."),
        (b'{"training_instance_type": "p3.2xlarge"}', "`$.training_instance_type`."),
        (b'{"endpoint_instance_type": "ml.m5"}', "`$.endpoint_instance_type`."),
        (b'{"training_volume_gb": 0}', "Expected `int` >= 1 - at `$.training_volume_gb`."),
        (b'{"training_volume_gb": 16385}', "Expected `int` <= 16384 - at `$.training_volume_gb`."),
        (b'{"training_minutes": 1.5}', "Expected `int`, got `float` - at `$.training_minutes`."),
        (b'{"training_minutes": 40321}', "Expected `int` <= 40320 - at `$.training_minutes`."),
        (b'{"endpoint_instance_count": 0}', "Expected `int` >= 1 - at `$.endpoint_instance_count`."),
        (b'{"endpoint_minutes": 1441}', "Expected `int` <= 1440 - at `$.endpoint_minutes`."),
        (b'{"poll_seconds": 0}', "Expected `int` >= 1 - at `$.poll_seconds`."),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_the_way_out(body: bytes, complaint: str) -> None:
    with pytest.raises(InvalidSettings, match=f"^project.json: .*{re.escape(complaint)}") as refused:
        Settings.from_json(body)
    assert refused.value.hint == f"The settings are: {', '.join(Settings.__struct_fields__)}."
