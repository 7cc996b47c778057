"""How many bytes an HTTP answer may have, counted while it is made: what is too large is never made whole."""

import io
from collections.abc import Buffer

from labelloop.errors import AnswerTooLarge

# Lambda answers at most 6 MB, and API Gateway wants bytes as base64, a third longer.
ANSWER_LIMIT = 4_400_000


class Budget:
    """What is left of the limit.

    Args:
        what: that is being made, for the message.
        hint: a smaller form to ask for.
        limit: in bytes.
    """

    def __init__(self, what: str, hint: str, limit: int = ANSWER_LIMIT) -> None:
        self._what, self._hint, self._limit = what, hint, limit
        self._left = limit

    def spend(self, count: int) -> None:
        """Count bytes that are about to be made.

        Raises:
            AnswerTooLarge: they are more than are left.
        """
        self._left -= count
        if self._left < 0:
            raise AnswerTooLarge(f"{self._what} has more than the {self._limit} bytes of an answer.", hint=self._hint)


class BoundedFile(io.BytesIO):
    """A file in memory that is written within a budget."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self._budget = budget

    def write(self, data: Buffer, /) -> int:
        """Write on.

        Raises:
            AnswerTooLarge: as `Budget.spend`.
        """
        self._budget.spend(memoryview(data).nbytes)
        return super().write(data)
