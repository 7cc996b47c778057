import io
from typing import Any

import msgspec
import pytest
from labelloop.checks import all_checks
from labelloop.findings import Findings
from labelloop.known_failures import LIMIT
from labelloop.preflight_report import PreflightReport
from labelloop.run import Explanation
from rich.console import Console

from laptop.commands.console import CommandError
from laptop.commands.explain import LastPart, explained, explained_run, last_part
from laptop.commands.explain_shown import SUCCEEDED, show_explained

EMPTY_BATCH = "ClientError: Got empty batch from pipe. Please check if the manifest file contains valid batches"
CHECKS = all_checks()


def report(*codes: str) -> PreflightReport:
    findings = Findings()
    for code in codes:
        findings.add(CHECKS[code], "it is", line=17, pointer=("a",), value=0)
    return PreflightReport("b.manifest", findings.results())


def shown(text: str, *codes: str, manifest: bool = True, terminal: bool = False, of_log: bool = False) -> list[str]:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=80, color_system=None)
    show_explained(explained(text, report(*codes) if manifest else None), console, of_log=of_log)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize(
    ("text", "failures", "checks", "likely"),
    [
        (EMPTY_BATCH, ["empty-batch"], [], ""),
        ("TrainingFailed", ["TrainingFailed"], [], ""),
        (" empty-batch\n", ["empty-batch"], [], ""),
        ("BOX_EMPTY", [], ["BOX_EMPTY"], ""),
        ("box-empty\n", [], ["BOX_EMPTY"], ""),
        ("ERROR_MISSING_SOURCE_REF", [], ["SOURCE_REF_MISSING"], ""),
        ("it ran\nError: unheard of\nit ended", [], [], "Error: unheard of"),
        ("", [], [], ""),
    ],
)
def test_a_text_is_a_message_or_a_name(text: str, failures: list[str], checks: list[str], likely: str) -> None:
    found = explained(text)
    assert [failure.name for failure in found.failures] == failures
    assert [check.code for check in found.checks] == checks
    assert (found.likely_error, found.manifest, found.proof) == (likely, None, ())
    assert found.exit_code == (0 if failures or checks else 1)


@pytest.mark.parametrize(
    ("text", "proving"),
    [
        (EMPTY_BATCH, ["NOT_LABELLED"]),
        ("a loss is not finite", ["BOX_EMPTY"]),
        ("BOX_EMPTY", ["BOX_EMPTY"]),
        ("CapacityError", []),
        ("ManifestRefused", ["MANIFEST_EMPTY", "NOT_LABELLED", "BOX_EMPTY"]),
        ("unheard of", []),
    ],
)
def test_what_proves_it_is_found_in_the_manifest(text: str, proving: list[str]) -> None:
    found = explained(text, report("NOT_LABELLED", "BOX_EMPTY", "MANIFEST_EMPTY"))
    assert found.manifest == "b.manifest"
    assert sorted(result.code for result in found.proof) == sorted(set(proving) | ({"MANIFEST_EMPTY"} & known(text)))


def known(text: str) -> set[str]:
    return {code for failure in explained(text).failures for code in failure.checks}


@pytest.mark.parametrize("receipts", [{}, {"report": msgspec.to_builtins(report("NOT_LABELLED"))}])
def test_a_run_is_explained_by_its_receipts(receipts: dict[str, Any]) -> None:
    failure = Explanation("TrainingFailed", "Training failed", EMPTY_BATCH, "Do.", "All of it.")
    found = explained_run("road-1", {"failure": msgspec.to_builtins(failure)} | receipts)
    assert [entry.name for entry in found.failures] == ["empty-batch"]
    assert [result.code for result in found.proof] == (["NOT_LABELLED"] if receipts else [])


def test_a_run_without_a_failure_has_nothing_to_explain() -> None:
    with pytest.raises(CommandError, match="no failure of run road-1"):
        explained_run("road-1", {"report": {}})


@pytest.mark.parametrize("size", [0, 10, LIMIT, LIMIT + 1, 3 * LIMIT])
def test_of_a_long_log_the_end_is_read(size: int) -> None:
    part = last_part(io.BytesIO(b"a" * size + b"the end \xff"))
    assert part == LastPart(("a" * size + "the end �")[-LIMIT:], 0)


@pytest.mark.parametrize("lines", [1, 1_000, 200_000])
def test_lines_before_the_end_are_counted(lines: int) -> None:
    log = b"as ever\n" * lines + b"Got empty batch from pipe\n"
    part = last_part(io.BytesIO(log))
    assert part.text.count("\n") + part.lines_before == lines + 1
    assert explained(*part[:1], lines_before=part.lines_before).failures[0].line == lines + 1


def test_a_failure_is_shown_with_its_words_its_cause_and_its_way_out() -> None:
    lines = shown("Endpoint request timed out", manifest=False)
    assert lines[0] == "The answer took longer than API Gateway waits  gateway-timeout"
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "  Said",
        "  Why",
        "  Way out",
        "  Later",
        "  Known from",
    ]


def test_the_proof_of_a_failure_follows_it() -> None:
    lines = shown(EMPTY_BATCH, "NOT_LABELLED", "BOX_EMPTY")
    assert lines[-5:] == [
        "",
        "In b.manifest:",
        "  A line has no label, once, line left out  NOT_LABELLED",
        "    line 17, /a 0: it is",
        f"    Way out: {CHECKS['NOT_LABELLED'].fix}",
    ]


def test_that_there_is_no_proof_is_said() -> None:
    nothing, looked_for = shown(EMPTY_BATCH, "BOX_EMPTY")[-2:]
    assert nothing == "Nothing in b.manifest proves it."
    assert looked_for.startswith("  Looked for: ")
    assert "NOT_LABELLED" in looked_for


def test_where_it_would_be_is_said() -> None:
    assert shown(EMPTY_BATCH, manifest=False)[-1] == "With --manifest FILE the lines are shown that prove it."


def test_the_line_of_a_log_is_told() -> None:
    assert shown(f"one\n\n{EMPTY_BATCH}", of_log=True)[1] == f"  Said on line 3: {EMPTY_BATCH}"
    assert shown("TrainingFailed", of_log=True)[1].startswith("  Said on line 1: ")


@pytest.mark.parametrize(
    "text", ['{"TrainingJobStatus": "Completed",', "TrainingJobStatus: Completed", '{"TrainingJobStatus":"Completed"}']
)
def test_of_a_job_that_is_completed_it_is_said(text: str) -> None:
    found = explained(text)
    assert (found.succeeded, found.exit_code, found.likely_error) == (True, 0, "")
    assert shown(text, manifest=False) == [SUCCEEDED]
    assert not explained(f"{text}\n{EMPTY_BATCH}").succeeded


@pytest.mark.parametrize("manifest", [True, False])
def test_nothing_is_said_of_a_proof_that_no_manifest_can_hold(manifest: bool) -> None:
    assert len(shown("CapacityError", manifest=manifest)) == 6


def test_a_check_has_its_level_and_what_sagemaker_would_say() -> None:
    check = CHECKS["BOX_EMPTY"]
    assert shown("BOX_EMPTY", manifest=False) == [
        "A box has no area  BOX_EMPTY",
        "  Level: line left out",
        f"  SageMaker: {check.sagemaker}",
        f"  Way out: {check.fix}",
        "  Rekognition Custom Labels: ERROR_INVALID_BOUNDING_BOX",
    ]


def test_of_an_unknown_text_the_likeliest_line_is_shown() -> None:
    first, likely, following = shown("Error: unheard of")
    assert first == "This is no message that is known here."
    assert likely == "  The likeliest line: Error: unheard of"
    assert following.startswith("  Next: give the whole log, ")
    assert following.endswith("What is wrong with labels `labelloop preflight MANIFEST` finds.")
    assert "--log" not in shown("Error: unheard of", of_log=True)[2]


def test_a_misspelt_code_is_recognised_as_one() -> None:
    assert shown("BOX_OUTSIDE_PICTUR")[2] == "  Did you mean: `labelloop explain BOX_OUTSIDE_PICTURE`"


def test_a_terminal_breaks_lines_and_keeps_them_indented() -> None:
    lines = shown(EMPTY_BATCH, terminal=True)
    assert max(map(len, lines)) <= 80
    assert lines[1].startswith("  Said: ")
    assert lines[2].rstrip() == "  file contains valid batches"
