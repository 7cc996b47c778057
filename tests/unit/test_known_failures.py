import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop import errors
from labelloop.algorithms import image_classification, object_detection, semantic_segmentation
from labelloop.checks import all_checks
from labelloop.errors import DeploymentError, LabelloopError
from labelloop.known_failures import LIMIT, KnownMessage, Rank, all_messages, likely_error, of_error, recognise
from labelloop.settings import Settings

MESSAGES = {message.name: message for message in all_messages()}
EXAMPLES = [(message.name, example) for message in all_messages() for example in message.examples]
EMPTY_BATCH = MESSAGES["empty-batch"].examples[0]
# What leaves the Lambdas of the state machine under its own name, or is named by the state machine itself.
RUN_ERRORS = {kind.__name__ for kind in DeploymentError.__subclasses__()} | {
    "ServiceUnavailable",
    "AwsRefused",
    "ObjectNotFound",
    "ObjectTooLarge",
    "ManifestRefused",
    "InvalidSettings",
    "TrainingFailed",
    "ModelUnavailable",
    "ModelTimedOut",
}
HYPERPARAMETERS = {
    entry.name
    for module in (object_detection, semantic_segmentation, image_classification)
    for entry in module.HYPERPARAMETERS
}
SETTINGS = set(Settings.__struct_fields__) | HYPERPARAMETERS
every_message = pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES.keys())
NOT_SETTINGS = {"confidence_mask"}  # a parameter of the HTTP API


def names(text: str) -> list[str]:
    return [failure.name for failure in recognise(text)]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_a_message_is_recognised_as_its_sources_have_it(name: str, example: str) -> None:
    assert names(example)[0] == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Error for Training job road-1: Failed. Reason: " + EMPTY_BATCH, ["empty-batch"]),
        (EMPTY_BATCH.upper(), ["empty-batch"]),
        (EMPTY_BATCH.replace(" ", "\n    "), ["empty-batch"]),
        ('{"FailureReason": "ClientError: Got empty batch from\\u0020pipe."}', ["empty-batch"]),
        ("\x1b[34mClientError: Got empty\x1b[0m batch from pipe", ["empty-batch"]),
        ("#033[34mGot empty batch from pipe.#033[0m", ["empty-batch"]),
        (
            r'{"Cause": "{\"errorMessage\": \"CreateTrainingJob: \\\"ml.p3.2xlarge\\\"\\nThrottlingException\"}"}',
            ["throttled"],
        ),
        ("Invalid parameter value \u2018label_width\u2019. Please ensure", ["label-width"]),
        (r'{"errorType": "InvalidSettings", "stackTrace": []}', ["InvalidSettings"]),
        ("Algorithm Error: Internal Server Error\n(Input Error) Unable to parse record", ["record-not-parsed"]),
        (f"{EMPTY_BATCH}\n{EMPTY_BATCH}", ["empty-batch"]),
        ("cudaMalloc failed: out of memory\nAlgorithmError\npos_cls_weights", ["gpu-memory", "weighted-loss"]),
        (
            "train smooth_l1 <loss>=(nan)\nPlatform Error: SageMaker pipe channel timed out.",
            ["pipe-timeout", "loss-not-a-number"],
        ),
        ("smooth_l1=nan\nPlatform Error", ["loss-not-a-number", "platform-error"]),
        ("All is well.", []),
        ("", []),
    ],
)
def test_what_is_in_a_text_is_told_causes_first(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_numbers_and_names_of_the_message_are_told() -> None:
    skipped, quota = MESSAGES["samples-skipped"].examples[0], MESSAGES["quota"].examples[0]
    assert recognise(skipped)[0].cause.startswith("1932 batches were expected, 616 came.")
    assert recognise(quota)[0].cause.startswith("The quota ml.p3.2xlarge for training job usage is 0;")


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("first\nClientError: Got empty batch from pipe. So\nlast", "ClientError: Got empty batch from pipe. So"),
        ("Got empty\nbatch from pipe", "Got empty batch from pipe"),
        ("\x1b]0;evil\x07Got empty batch from pipe\x9b2J", "]0;evilGot empty batch from pipe2J"),
        ("a" * 1000 + " Got empty batch from pipe " + "b" * 1000, None),
        ("Got empty batch from pipe " + "b" * 1000, None),
    ],
)
def test_the_line_of_the_message_is_quoted(text: str, quote: str | None) -> None:
    shown = recognise(text)[0].quote
    assert "Got empty batch from pipe" in shown
    assert shown == quote or len(shown.strip("…")) == 300


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (EMPTY_BATCH, 1),
        (f"one\n\n\x1b[0m\nfour\r\n{EMPTY_BATCH}\nsix", 5),
        (f"one\r10 %\r20 %\n{EMPTY_BATCH}", 2),
        ("one\n" + EMPTY_BATCH.replace(" ", "\n"), 3),
        (f'one\n{{"a": "b\\n\\nc\\n{EMPTY_BATCH}"}}', 2),
    ],
)
def test_the_line_of_the_message_is_numbered_as_in_the_text(text: str, line: int) -> None:
    assert recognise(text)[0].line == line


def test_what_is_looked_up_by_name_is_on_no_line() -> None:
    found = of_error("TrainingFailed")
    assert found is not None
    assert found.line is None


@given(st.text(), st.text(), st.sampled_from(EXAMPLES))
def test_a_message_is_recognised_whatever_stands_around_it(before: str, after: str, chosen: tuple[str, str]) -> None:
    name, example = chosen
    found = names(f"{before}\n{example}\n{after}")
    assert name in found or MESSAGES[name].rank is Rank.GENERAL
    assert len(found) == len(set(found))


def test_only_the_beginning_of_a_text_is_read() -> None:
    assert names("a" * (LIMIT - len(EMPTY_BATCH)) + EMPTY_BATCH) == ["empty-batch"]
    assert names("a" * LIMIT + EMPTY_BATCH) == []


@pytest.mark.parametrize("piece", ["\n", "\\", "Value '", "Line 1 of s3", "é"])
def test_a_hostile_text_is_read_to_its_end(piece: str) -> None:
    hostile = (piece * LIMIT)[: LIMIT - len(EMPTY_BATCH) - 1]
    assert "empty-batch" in names(f"{hostile}\n{EMPTY_BATCH}")
    assert len(likely_error(hostile)) <= 300


@every_message
def test_the_search_for_a_message_is_linear(message: KnownMessage) -> None:
    """Without repetition of unknown length there is nothing to try again and again."""
    assert re.findall(r"(?<!\\)[*+]|\{\d*,\}", message.regex.pattern) == []


@every_message
def test_the_texts_of_a_message_are_sentences(message: KnownMessage) -> None:
    assert message.title.isascii()
    assert len(message.title) <= 70
    assert not message.title[0].islower() or message.title.startswith("use_")  # a hyperparameter's name
    assert message.title[-1] not in ".!"
    assert message.cause[-1] in ".)"
    assert message.fix[-1] in ".)"
    assert len(message.sources) > 0


@every_message
def test_what_a_text_fills_in_is_in_the_patterns(message: KnownMessage) -> None:
    groups = set(message.regex.groupindex)
    assert groups == {name for name in groups if f"{{{name}}}" in message.cause + message.fix}
    filled = re.findall(r"\{(\w+)\}", message.cause + message.fix)
    assert set(filled) - {"project"} <= groups


@every_message
def test_the_checks_that_prove_a_message_exist(message: KnownMessage) -> None:
    assert set(message.checks) - set(all_checks()) == set()
    assert len(set(message.checks)) == len(message.checks)


@every_message
def test_the_settings_that_a_fix_names_exist(message: KnownMessage) -> None:
    named = re.findall(r"(?<![/\w`-])[a-z]+(?:_[a-z]+)+(?![\w:/]|\.\w)", message.fix)
    assert set(named) - SETTINGS - NOT_SETTINGS == set()


@every_message
def test_our_own_words_are_not_taken_for_a_message(message: KnownMessage) -> None:
    """So that a notification can be given to be explained: only what it quotes is recognised."""
    assert names(f"{message.title}. {message.cause} {message.fix}") == []


def test_names_are_unique() -> None:
    assert len(MESSAGES) == len(all_messages())


@pytest.mark.parametrize("code", sorted(all_checks()))
def test_a_check_that_quotes_a_message_is_one_of_those_that_prove_it(code: str) -> None:
    for failure in recognise(all_checks()[code].sagemaker):
        assert code in failure.checks


@pytest.mark.parametrize("name", sorted(RUN_ERRORS))
def test_every_error_that_a_run_ends_with_is_known_by_its_name(name: str) -> None:
    assert issubclass(getattr(errors, name), LabelloopError)
    known = of_error(name)
    assert known is not None
    assert known.quote == ""
    assert names(f"Error: {name}, Cause: unknown") == [name]


def test_messages_named_as_errors_are_errors() -> None:
    for message in all_messages():
        assert message.name.islower() == bool(message.patterns)
        assert message.patterns or issubclass(getattr(errors, message.name), LabelloopError)


def test_an_error_nobody_thought_of_is_not_known() -> None:
    assert of_error("Sandbox.Timedout") is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "Traceback (most recent call last):\n  File 'x'\nValueError: nothing\ndone",
            "ValueError: nothing",
        ),
        ("[INFO] a\n[ERROR] it broke\n[INFO] failed over", "[ERROR] it broke"),
        ("begun\nthe disk could not be mounted\nended", "the disk could not be mounted"),
        ("begun\nended\n", "ended"),
        ("\n \n", ""),
        (f"RuntimeError: {'a' * 1000}", f"RuntimeError: {'a' * 286}"),
    ],
)
def test_the_line_that_looks_most_like_an_error_is_shown_of_an_unknown_text(text: str, line: str) -> None:
    assert likely_error(text) == line
