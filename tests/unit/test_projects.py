"""Names of projects and places of their things."""

import re

import pytest
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st
from labelloop.projects import ProjectFolder, is_project_name, project_of_attribute, project_of_inbox_key

from tests.unit.factories import BUCKET

SHAPES = Loader().load_service_model("sagemaker", "service-2")["shapes"]
# What CreateLabelingJob allows as LabelAttributeName.
ATTRIBUTES = st.from_regex(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,126}", fullmatch=True).filter(lambda name: len(name) <= 127)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("s", True),
        ("shapes-2", True),
        ("a--b", True),
        ("x" * 31, True),
        ("", False),
        ("x" * 32, False),
        ("-a", False),
        ("a-", False),
        ("a_b", False),
        ("a.b", False),
        ("größe", False),
        ("a\n", False),
    ],
)
def test_names_of_projects(name: str, allowed: bool) -> None:
    assert is_project_name(name) is allowed


@given(st.from_regex(r"[a-zA-Z0-9-]{1,31}", fullmatch=True).filter(is_project_name))
def test_sagemaker_takes_the_names_made_of_a_projects(name: str) -> None:
    for shape, made in (("EndpointName", f"labelloop-{name}"), ("TrainingJobName", f"{name}-0123456789ab-1")):
        assert len(made) <= SHAPES[shape]["max"]
        assert re.fullmatch(SHAPES[shape]["pattern"], made)


@pytest.mark.parametrize(
    ("attribute", "project"),
    [
        ("shapes", "shapes"),
        ("city-streets-ref", "city-streets"),
        ("x" * 31 + "-ref", "x" * 31),
        ("x" * 32, "xxxxxxxxxxxxxxxxxxxxxx-c62e4615"),
        ("a-name-that-is-just-ref-too-long-for-us", "a-name-that-is-just-re-447c8023"),
        ("twenty-one-characters-and-more-than-that", "twenty-one-characters-69761240"),
    ],
)
def test_a_label_attribute_names_a_project(attribute: str, project: str) -> None:
    assert project_of_attribute(attribute) == project


@given(ATTRIBUTES)
def test_every_label_attribute_gives_a_projects_name(attribute: str) -> None:
    assert is_project_name(project_of_attribute(attribute))


@pytest.mark.parametrize(
    ("key", "project"),
    [
        ("projects/shapes/manifests/a.manifest", "shapes"),
        ("projects/shapes/manifests/round+1 (2).manifest", "shapes"),
        ("projects/not a name/manifests/a.manifest", "not a name"),
        ("projects/shapes/manifests/deeper/a.manifest", None),
        ("projects/shapes/manifests/.manifest", None),
        ("projects/shapes/manifests/a.jsonl", None),
        ("projects/shapes/datasets/0c/train.manifest", None),
        ("projects//manifests/a.manifest", None),
        ("x/projects/shapes/manifests/a.manifest", None),
    ],
)
def test_an_inbox_key_names_a_project(key: str, project: str | None) -> None:
    assert project_of_inbox_key(key) == project


def test_places_of_a_project() -> None:
    folder = ProjectFolder(BUCKET, "shapes")
    prefix = f"s3://{BUCKET}/projects/shapes"
    assert [
        str(uri)
        for uri in (
            folder.root,
            folder.settings,
            folder.models,
            folder.promoted,
            folder.sources,
            folder.source("1b", "source.json"),
            folder.mask("2c"),
            folder.dataset("0c", "train.manifest"),
            folder.receipt("shapes-0a", "training"),
        )
    ] == [
        f"{prefix}/",
        f"{prefix}/project.json",
        f"{prefix}/models",
        f"{prefix}/promoted.json",
        f"{prefix}/sources/",
        f"{prefix}/sources/1b/source.json",
        f"{prefix}/masks/2c.png",
        f"{prefix}/datasets/0c/train.manifest",
        f"{prefix}/runs/shapes-0a/training.json",
    ]
