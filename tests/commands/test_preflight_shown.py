import io
from typing import Any

import pytest
from labelloop.algorithms.hyperparameters import Chosen
from labelloop.checks import boxes, classes, labels, lines
from labelloop.preflight_report import PreflightReport
from labelloop.report import ClassReport
from labelloop.tasks import Task
from rich.console import Console

from laptop.commands.next_step import NextStep
from laptop.commands.preflight_shown import show_report
from tests.commands.preflight_reports import dataset, report

NEXT = NextStep("Train on it:", "labelloop put birds.manifest")
PLACE: dict[str, Any] = {
    "message": "it is 0x40 pixels", "line": 17, "pointer": ("birds", "annotations", 3), "value": {"width": 0}
}  # fmt: skip


def shown(of: PreflightReport, width: int = 80, **hyperparameters: Chosen) -> str:
    file = io.StringIO()
    show_report(of, hyperparameters, NEXT, Console(file=file, width=width, highlight=False))
    return file.getvalue()


def test_a_check_tells_its_places_and_the_way_out() -> None:
    text = shown(report((boxes.BOX_EMPTY, PLACE), of=dataset()))
    assert [line.rstrip() for line in text.splitlines()[:8]] == [
        "This manifest trains: 100 pictures, 3 lines left out.",
        "",
        "Lines left out",
        "  A box has no area, once  BOX_EMPTY",
        '    line 17, /birds/annotations/3 {"width":0}: it is 0x40 pixels',
        "    SageMaker: Not documented; the detector learns a place that is not in the",
        "               picture, or skips the sample.",
        "    Way out:   Draw it anew or take it out of annotations.",
    ]


def test_levels_come_from_the_gravest_on() -> None:
    found = [(boxes.BOX_TINY, {"line": 1}), (labels.NO_LABEL_ATTRIBUTE, {}), (boxes.BOX_EMPTY, {"line": 2})]
    text = shown(report(*found))
    places = [text.index(heading) for heading in ("Stops the run", "Lines left out", "Worth knowing")]
    assert places == sorted(places)


def test_many_places_are_counted() -> None:
    text = shown(report(*[(boxes.BOX_EMPTY, PLACE | {"line": n, "count": 1_000}) for n in range(1, 10)]))
    assert text.count("it is 0x40 pixels") == 3
    assert "and 8,997 more" in text
    assert text.count("Draw it anew") == 1


def test_what_is_true_of_the_whole_manifest_has_no_line() -> None:
    text = shown(report((lines.CARRIAGE_RETURNS, {"message": "lines end so", "count": 300})))
    assert "    lines end so" in text
    assert "line None" not in text


def test_a_dataset_tells_its_classes_and_what_follows_from_it() -> None:
    derived, default = Chosen("2", "derived", "…"), Chosen("30", "default", "…")
    text = shown(report(of=dataset()), num_classes=derived, epochs=default)
    assert "object-detection, attribute birds: the only one" in text
    assert "80 train, 20 validate" in text
    assert "num_classes 2" in text
    assert "epochs" not in text
    heron, wren = (line for line in text.splitlines() if line.split()[:1] in (["heron"], ["wren"]))
    assert heron.split() == ["heron", "1,270", "60", "15", "█" * 19 + "░" * 5]
    assert wren.split() == ["wren", "60", "20", "5", "█" * 6 + "░" * 2]


def test_objects_are_counted_where_they_are_boxes() -> None:
    text = shown(report(of=dataset(task=Task.IMAGE_CLASSIFICATION)))
    assert "boxes" not in text
    assert "1,270" not in text


def test_rare_classes_are_counted() -> None:
    many = tuple(ClassReport(n, f"class-{n}", 100 - n, 100 - n, 5) for n in range(40))
    text = shown(report(of=dataset(classes=many)))
    assert text.count("class-") == 12
    assert "and 28 classes more" in text


@pytest.mark.parametrize("width", [60, 80, 200])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    text = shown(report((boxes.BOX_EMPTY, PLACE), (classes.CLASS_IMBALANCE, {}), of=dataset()), width=width)
    assert max(map(len, text.splitlines())) <= width


def test_what_looks_like_markup_is_shown_as_it_is() -> None:
    names = (ClassReport(0, "[red]heron[/]", 5, 5, 5),)
    text = shown(report((boxes.BOX_EMPTY, {"message": "[bold]it[/bold]", "value": "[x]"}), of=dataset(classes=names)))
    assert "[bold]it[/bold]" in text
    assert '"[x]"' in text
    assert "[red]heron[/]" in text


def test_it_ends_with_the_command_to_run_next() -> None:
    assert shown(report(of=dataset())).splitlines()[-2:] == ["", "Train on it: labelloop put birds.manifest"]
