from pathlib import Path

import pytest
from labelloop.checks import labels
from labelloop.report import Report

from laptop.commands.next_step import Given, next_step
from tests.commands.preflight_reports import Found, dataset, report

STOPS: Found = (labels.NO_LABEL_ATTRIBUTE, {})
PICTURES, SETTINGS, URL = Path("pictures"), Path("my project.json"), "http://127.0.0.1:4592"


def command(manifest: str, of: Report | None, given: Given) -> str:
    return next_step(report(*([] if of else [STOPS]), manifest=manifest, of=of), given).command


@pytest.mark.parametrize(
    ("manifest", "of", "given", "then"),
    [
        ("birds.manifest", dataset(), Given(), "labelloop put birds.manifest --project birds"),
        ("my birds", dataset(), Given(Path("a b")), "labelloop put 'my birds' --project birds --images 'a b'"),
        ("b.manifest", dataset(label_attribute="masks-ref"), Given(), "labelloop put b.manifest --project masks"),
        ("b.manifest", dataset(label_attribute="my_birds"), Given(), "labelloop put b.manifest --project NAME"),
        (
            "b",
            dataset(),
            Given(PICTURES, SETTINGS),
            "labelloop put b --project birds --images pictures --settings 'my project.json'",
        ),
        ("s3://b/k", dataset(), Given(), "aws s3 cp s3://b/k s3://BUCKET/projects/birds/manifests/"),
        (
            "s3://b/k",
            dataset(),
            Given(settings=SETTINGS),
            (
                "aws s3 cp 'my project.json' s3://BUCKET/projects/birds/project.json && "
                "aws s3 cp s3://b/k s3://BUCKET/projects/birds/manifests/"
            ),
        ),
        ("s3://b/some k", dataset(), Given(in_cloud=True), "labelloop put 'some k' --project birds"),
        ("s3://b/k", dataset(), Given(in_cloud=True, url=URL), f"labelloop put k --project birds --url {URL}"),
    ],
)
def test_what_trains_is_put(manifest: str, of: Report, given: Given, then: str) -> None:
    assert command(manifest, of, given) == then


@pytest.mark.parametrize(
    ("manifest", "given", "options"),
    [
        ("birds.manifest", Given(), ""),
        ("birds.manifest", Given(PICTURES), " --images pictures"),
        ("birds.manifest", Given(settings=SETTINGS), " --settings 'my project.json'"),
        ("birds.manifest", Given(attribute="my birds"), " --attribute 'my birds'"),
        ("s3://b/k", Given(in_cloud=True), " --cloud"),
        ("s3://b/k", Given(in_cloud=True, url=URL), f" --url {URL}"),
    ],
)
def test_what_stops_is_looked_at_again_with_the_same_options(manifest: str, given: Given, options: str) -> None:
    assert command(manifest, None, given) == f"labelloop preflight {manifest}{options}"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            Given(attribute="birds"),
            'Say "label_attribute": "birds" in the project\'s project.json (--settings). Train on it, on this laptop:',
        ),
        (
            Given(attribute="birds", settings=SETTINGS),
            'Say "label_attribute": "birds" in my project.json. Train on it, on this laptop:',
        ),
        (Given(settings=SETTINGS), "Train on it, on this laptop:"),
    ],
)
def test_a_run_is_told_of_the_label_attribute_by_its_settings(given: Given, sentence: str) -> None:
    assert next_step(report(of=dataset()), given).sentence == sentence


def test_an_attribute_that_is_not_there_is_not_asked_for_again() -> None:
    stopped = report((labels.LABEL_ATTRIBUTE_NOT_FOUND, {}))
    assert next_step(stopped, Given(attribute="absent")).command == "labelloop preflight birds.manifest"
