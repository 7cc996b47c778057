"""Where the images of the built-in algorithms are, and where they train."""

import contextlib
import re

import pytest
from botocore.loaders import Loader
from labelloop.algorithms.object_detection import ALGORITHM
from labelloop.errors import InvalidSettings


@pytest.mark.parametrize(
    ("region", "uri"),
    [
        ("us-east-1", "811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection:1"),
        ("eu-central-1", "813361260812.dkr.ecr.eu-central-1.amazonaws.com/object-detection:1"),
        ("us-gov-west-1", "226302683700.dkr.ecr.us-gov-west-1.amazonaws.com/object-detection:1"),
        ("cn-north-1", "390948362332.dkr.ecr.cn-north-1.amazonaws.com.cn/object-detection:1"),
        ("us-isob-east-1", "765400339828.dkr.ecr.us-isob-east-1.sc2s.sgov.gov/object-detection:1"),
    ],
)
def test_an_image_has_an_account_per_region(region: str, uri: str) -> None:
    assert ALGORITHM.image(region) == uri


def test_every_registry_has_the_domain_of_its_partition() -> None:
    partitions = Loader().load_data("endpoints")["partitions"]
    suffixes = {region: partition["dnsSuffix"] for partition in partitions for region in partition["regions"]}
    found = {}
    for region in suffixes:
        with contextlib.suppress(InvalidSettings):
            found[region] = ALGORITHM.image(region)
    assert len(found) == 37
    for region, uri in found.items():
        assert re.fullmatch(rf"\d{{12}}\.dkr\.ecr\.{region}\.{re.escape(suffixes[region])}/object-detection:1", uri)


def test_a_region_without_image_is_named_with_the_way_out() -> None:
    with pytest.raises(InvalidSettings) as refused:
        ALGORITHM.image("mars-north-1")
    assert str(refused.value) == (
        'SageMaker has no object-detection image in mars-north-1. Name an own one in project.json: {"image": "…"}.'
    )


@pytest.mark.parametrize("instance_type", ["ml.p2.xlarge", "ml.p3.2xlarge", "ml.g4dn.xlarge", "ml.g5.48xlarge"])
def test_gpu_instances_train(instance_type: str) -> None:
    ALGORITHM.check_instance_type(instance_type)


@pytest.mark.parametrize("instance_type", ["ml.m5.large", "ml.c5.xlarge", "ml.g6.xlarge", "ml.p4d.24xlarge"])
def test_other_instances_are_refused_with_the_way_out(instance_type: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        ALGORITHM.check_instance_type(instance_type)
    assert str(refused.value) == (
        f"project.json: object-detection does not train on {instance_type}. "
        "Take a GPU instance of the families p2, p3, g4dn, g5, as ml.g4dn.xlarge."
    )
