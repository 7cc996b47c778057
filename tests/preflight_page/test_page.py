import base64
import hashlib
import itertools
import re

import msgspec
import pytest
from labelloop.algorithms.hyperparameters import Chosen
from labelloop.checks import all_checks, boxes, labels, lines
from labelloop.labels.boxes import Box, BoxLabel, ImageSize
from labelloop.labels.classes import ClassListLabel
from labelloop.preflight_report import PreflightReport
from labelloop.report import ClassReport
from labelloop.tasks import Task

from laptop.commands.next_step import NextStep
from laptop.preflight_page import evidence, pixel_shares
from laptop.preflight_page.evidence import Drawn
from laptop.preflight_page.page import Known, page
from laptop.preflight_page.pixel_shares import PixelShares
from laptop.preflight_page.statistics import Statistics
from tests.commands.preflight_reports import Found, dataset, report
from tests.preflight_page.html_pages import Page

BOXES = BoxLabel((ImageSize(640, 480),), (Box(0, 10, 10, 60, 60), Box(1, 300, 300, 5, 90)))
STATISTICS = Statistics.of([(BOXES, {0: "heron", 1: "wren"})] * 3)
DRAWN = Drawn("data:image/jpeg;base64,AAAA", 320, 240, "line 4, 4.jpg: it is wrong", "line 4, 4.jpg")
KNOWN = Known(
    STATISTICS,
    pixel_shares.NONE,
    {"image_shape": Chosen("300", "project.json", "set by the project's owner")},
    {"BOX_EMPTY": [DRAWN]},
    NextStep("Train on it:", "labelloop put birds.manifest"),
)
NOTHING = KNOWN._replace(statistics=Statistics(), hyperparameters={}, drawn={})
FOUND: tuple[Found, ...] = (
    (boxes.BOX_EMPTY, {"line": 4, "pointer": ("birds", "annotations", 0), "value": {"width": 0}}),
    (boxes.BOX_TINY, {"line": 5}),
)
HOSTILE = "<script>alert('x')</script>\"'&amp;"


def read(of: PreflightReport, known: Known = KNOWN) -> Page:
    return Page(page(of, known))


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    found = read(report(*FOUND, of=dataset()))
    assert {"script", "link", "iframe", "object", "form"} & {tag.name for tag in found.tags} == set()
    attributes = [(name, value) for tag in found.tags for name, value in tag.attributes.items()]
    assert [name for name, _ in attributes if name.startswith("on") or name == "style"] == []
    assert {value[:5] for name, value in attributes if name == "src"} == {"data:"}
    assert {value[0] for name, value in attributes if name == "href"} == {"#"}


def test_only_its_own_style_is_allowed() -> None:
    found = read(report(of=dataset()))
    (style,) = found.named("style")
    (policy,) = (tag.attributes["content"] for tag in found.named("meta") if "http-equiv" in tag.attributes)
    digest = base64.b64encode(hashlib.sha256("".join(style.text).encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{digest}'" in policy
    assert "url(" not in "".join(style.text)


def test_what_manifests_say_stays_text() -> None:
    facts = {"message": HOSTILE, "line": 4, "pointer": (HOSTILE,), "value": HOSTILE, "uri": HOSTILE}
    of = dataset(
        label_attribute=HOSTILE,
        label_attribute_rule=HOSTILE,
        classes=(ClassReport(0, HOSTILE, 5, 5, 5), ClassReport(1, "wren", 5, 5, 5)),
        task=Task.IMAGE_CLASSIFICATION_MULTILABEL,
    )
    statistics = Statistics.of([(ClassListLabel((0, 1)), {0: HOSTILE, 1: "wren"})], (HOSTILE, "wren"))
    drawn = {"BOX_EMPTY": [DRAWN._replace(description=HOSTILE, caption=HOSTILE)]}
    hyperparameters = {HOSTILE: Chosen(HOSTILE, "derived", HOSTILE)}
    known = Known(statistics, PixelShares({HOSTILE: 1.0}, HOSTILE), hyperparameters, drawn, NextStep(HOSTILE, HOSTILE))
    found = read(report((boxes.BOX_EMPTY, facts), manifest=HOSTILE, of=of), known)
    assert found.named("script") == []
    shown = "".join(found.tags[0].text)
    assert shown.count(HOSTILE) >= 14
    assert found.named("img")[0].attributes["alt"] == HOSTILE


@pytest.mark.parametrize(
    ("found", "style", "headings"),
    [
        ((), "good", ["The dataset"]),
        (FOUND, "left-out", ["Lines left out", "Worth knowing", "The dataset"]),
        (FOUND[1:], "notice", ["Worth knowing", "The dataset"]),
    ],
)
def test_findings_are_told_from_the_gravest_on(found: tuple[Found, ...], style: str, headings: list[str]) -> None:
    shown = read(report(*found, of=dataset()))
    assert shown.texts("h1") == ["This manifest trains: 100 pictures, 3 lines left out."]
    assert [tag.attributes["class"] for tag in shown.named("header")] == [style]
    assert shown.texts("h2") == headings


def test_a_run_that_would_stop_has_no_dataset() -> None:
    shown = read(report((labels.NO_LABEL_ATTRIBUTE, {})), NOTHING)
    assert shown.texts("h2") == ["Stops the run"]
    assert shown.texts("footer") == ["Train on it: labelloop put birds.manifest"]
    assert shown.named("svg") == []


def test_a_finding_tells_where_what_why_and_the_way_out() -> None:
    shown = read(report(*FOUND, of=dataset()))
    first = shown.texts("article")[0]
    assert first.startswith("A box has no area 1\N{MULTIPLICATION SIGN} BOX_EMPTY SageMaker Not documented;")
    assert (
        'Draw it anew or take it out of annotations. line 4, 4.jpg line 4 it is wrong /birds/annotations/0 {"width":0}'
        in first
    )
    (picture,) = shown.named("img")
    assert picture.attributes["alt"] == "line 4, 4.jpg: it is wrong"


def test_every_finding_is_reached_from_the_overview() -> None:
    shown = read(report(*FOUND, of=dataset()))
    links = [tag.attributes["href"].removeprefix("#") for tag in shown.named("a")]
    ids = [tag.attributes["id"] for tag in shown.tags if "id" in tag.attributes]
    assert links == ["BOX_EMPTY", "BOX_TINY"]
    assert len(ids) == len(set(ids))
    assert set(links) <= set(ids)


def test_places_beyond_a_few_are_folded_and_those_that_are_not_listed_counted() -> None:
    shown = read(report(*[(boxes.BOX_TINY, {"line": n}) for n in range(1, 31)], of=dataset()))
    assert len(shown.named("li")) == 20
    assert shown.texts("summary") == ["15 more"]
    assert "10 more are not listed." in shown.texts("article")[0]


def test_one_finding_that_stands_for_many_places_lists_nothing_more() -> None:
    shown = read(report((lines.CARRIAGE_RETURNS, {"count": 300}), of=dataset()))
    assert "300\N{MULTIPLICATION SIGN}" in shown.texts("article")[0]
    assert shown.named("summary") == []
    assert "not listed" not in shown.texts("article")[0]


def test_classes_have_a_row_each() -> None:
    shown = read(report(of=dataset()))
    rows = [row for row in shown.texts("tr") if "heron" in row or "wren" in row]
    assert rows == [
        "0 heron 1,270 60 15 60 train, 15 validate 60 train, 15 validate",
        "1 wren 60 20 5 20 train, 5 validate 20 train, 5 validate",
    ]


def test_boxes_have_plots_of_sizes_places_and_numbers() -> None:
    shown = read(report(of=dataset()))
    assert shown.texts("h3") == [
        "Classes",
        "Sizes of boxes",
        "Places of boxes",
        "Pictures by number of boxes",
        "Hyperparameters of the training job",
    ]
    caption = shown.texts("figcaption")[0]
    assert "300x300 pixels and predicts from cells of 16: 50.0% of the boxes" in caption
    assert len(shown.named("circle")) == 6


def test_masks_have_shares_of_pixels() -> None:
    of = dataset(task=Task.SEMANTIC_SEGMENTATION)
    known = KNOWN._replace(pixels=PixelShares({"heron": 0.75, "wren": 0.25}, "Pixels were counted."))
    shown = read(report(of=of), known)
    assert [row for row in shown.texts("tr") if "75.0%" in row or "25.0%" in row] != []
    assert "Pixels were counted." in shown.texts("p")


def test_classes_that_stand_together_have_a_table() -> None:
    labelled = [(ClassListLabel((0, 1)), {0: "heron", 1: "wren"}), (ClassListLabel((0,)), {0: "heron"})]
    known = KNOWN._replace(statistics=Statistics.of(labelled, ("heron", "wren")))
    shown = read(report(of=dataset(task=Task.IMAGE_CLASSIFICATION_MULTILABEL)), known)
    assert [row for row in shown.texts("tr") if row in ("heron 50", "wren 100")] == ["heron 50", "wren 100"]


def test_rare_classes_are_folded() -> None:
    many = tuple(ClassReport(n, f"class-{n}", 5, 5, 5) for n in range(50))
    shown = read(report(of=dataset(classes=many)))
    assert shown.texts("summary") == ["20 rarer classes"]
    assert len(shown.named("tbody")[0].text) > 0


def test_headings_have_no_gaps_and_pictures_have_words() -> None:
    shown = read(report(*FOUND, of=dataset()))
    levels = [int(tag.name[1]) for tag in shown.tags if re.fullmatch(r"h\d", tag.name)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(tag.attributes.get("aria-label") or "aria-hidden" in tag.attributes for tag in shown.named("svg"))


def test_the_largest_page_is_bounded() -> None:
    found = [
        (check, {"line": n, "message": "m" * 200, "pointer": ("birds", "annotations", n), "value": "v" * 200})
        for check in all_checks().values()
        for n in range(1, 41)
    ]
    classes = tuple(ClassReport(n, f"a class of some name {n}", 500, 400, 100) for n in range(254))
    labelled = BoxLabel((ImageSize(640, 480),), tuple(Box(0, 7 * n % 600, 11 * n % 400, 20, 30) for n in range(4_000)))
    known = KNOWN._replace(
        statistics=Statistics.of([(labelled, {0: "heron"})]),
        drawn={"BOX_EMPTY": [DRAWN._replace(source="d" * evidence.BYTES)]},
    )
    shown = page(report(*found, of=dataset(classes=classes)), known)
    assert len(shown.encode()) < 2_200_000


def test_the_page_does_not_change_what_it_shows() -> None:
    of = report(*FOUND, of=dataset())
    before = msgspec.json.encode(of)
    assert page(of, KNOWN) == page(of, KNOWN)
    assert msgspec.json.encode(of) == before
