import pytest
from labelloop.answer_size import ANSWER_LIMIT, BoundedFile, Budget
from labelloop.errors import AnswerTooLarge


def test_a_budget_is_spent_to_its_last_byte() -> None:
    budget = Budget("the mask", "Ask for less.", limit=10)
    budget.spend(4)
    budget.spend(6)
    with pytest.raises(AnswerTooLarge) as caught:
        budget.spend(1)
    assert (caught.value.message, caught.value.hint) == (
        "the mask has more than the 10 bytes of an answer.",
        "Ask for less.",
    )


def test_the_limit_is_what_lambda_answers_as_base64() -> None:
    assert ANSWER_LIMIT * 4 / 3 < 6_000_000


def test_a_file_keeps_what_fits_and_takes_nothing_beyond() -> None:
    file = BoundedFile(Budget("the picture", "", limit=6))
    assert file.write(b"abcd") == 4
    with pytest.raises(AnswerTooLarge):
        file.write(b"efg")
    assert file.getvalue() == b"abcd"
