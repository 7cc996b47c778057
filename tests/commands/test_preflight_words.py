import pytest
from labelloop.checks import boxes, classes, labels
from labelloop.preflight_report import PreflightReport

from laptop.commands.preflight_words import exit_code, verdict
from tests.commands.preflight_reports import Found, dataset, report

STOPS: Found = (labels.NO_LABEL_ATTRIBUTE, {})
STOPS_TOO: Found = (classes.TOO_FEW_CLASSES, {})
LEFT_OUT: Found = (boxes.BOX_EMPTY, {"line": 4})
NOTICE: Found = (boxes.BOX_TINY, {"line": 5})


@pytest.mark.parametrize(
    ("found", "code"),
    [((), 0), ((NOTICE,), 0), ((NOTICE, LEFT_OUT), 3), ((STOPS,), 4), ((NOTICE, STOPS, LEFT_OUT), 4)],
)
def test_the_exit_code_is_that_of_the_gravest_level(found: tuple[Found, ...], code: int) -> None:
    assert exit_code(report(*found)) == code


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        (report(of=dataset(left_out={})), "This manifest trains: 100 pictures, no line left out."),
        (report(LEFT_OUT, of=dataset()), "This manifest trains: 100 pictures, 3 lines left out."),
        (report(of=dataset(left_out={"NO_OBJECTS": 1})), "This manifest trains: 100 pictures, 1 line left out."),
        (report(of=dataset(train_samples=2_000)), "This manifest trains: 2,020 pictures, 3 lines left out."),
        (report(STOPS, NOTICE), "This manifest does not train: 1 problem stops the run."),
        (report(STOPS, STOPS_TOO), "This manifest does not train: 2 problems stop the run."),
    ],
)
def test_the_verdict_is_a_sentence(shown: PreflightReport, sentence: str) -> None:
    assert verdict(shown) == sentence
