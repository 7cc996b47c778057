"""What the service remembers, and how it says that something is not there or is there already."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

from laptop.account import Json, arn
from laptop.wsgi import ServiceError


def now() -> datetime:
    """The time, with a time zone, in whole milliseconds: events and answers must not differ by rounding."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


class Records:
    """The resources of one kind by name, each as its Describe answer.

    Args:
        kind: in ARNs, e.g. `endpoint-config`.
        noun: in messages, e.g. `endpoint configuration`.
    """

    def __init__(self, kind: str, noun: str) -> None:
        self.kind = kind
        self.noun = noun
        self._lock = threading.RLock()
        self._records: dict[str, Json] = {}

    def arn(self, name: str) -> str:
        """The ARN of the resource of that name."""
        return arn("sagemaker", f"{self.kind}/{name}")

    def add(self, name: str, record: Json, exists: ServiceError | None = None) -> None:
        """Remember a new resource.

        Raises:
            ServiceError: the name is taken.
        """
        with self._lock:
            if name in self._records:
                text = f'Cannot create already existing {self.noun} "{self.arn(name)}".'
                raise exists or ServiceError("ValidationException", text)
            self._records[name] = record

    def update(self, name: str, **changes: object) -> Json:
        """Change a resource; `None` removes a field. Returns a copy of what it is now."""
        with self._lock:
            record = self._records[name]
            record.update({**changes, "LastModifiedTime": now()})
            for key in [key for key, value in changes.items() if value is None]:
                del record[key]
            return dict(record)

    def get(self, name: str) -> Json:
        """A copy of a resource.

        Raises:
            ServiceError: ValidationException; there is none.
        """
        with self._lock:
            if name not in self._records:
                raise ServiceError("ValidationException", f'Could not find {self.noun} "{self.arn(name)}".')
            return dict(self._records[name])

    def remove(self, name: str) -> None:
        """Forget a resource.

        Raises:
            ServiceError: ValidationException; there is none.
        """
        with self._lock:
            self.get(name)
            del self._records[name]

    def __contains__(self, name: str) -> bool:
        return name in self._records

    def __iter__(self) -> Iterator[Json]:
        with self._lock:
            return iter([dict(record) for record in self._records.values()])

    def summaries(self, request: Json, fields: tuple[str, ...], name: str, status: str = "") -> list[Json]:
        """A List answer: newest first, filtered by `NameContains` and `StatusEquals`, at most `MaxResults` (10)."""
        found = [
            {field: record[field] for field in fields if field in record}
            for record in reversed(list(self))
            if request.get("NameContains", "") in record[name]
            and request.get("StatusEquals", record.get(status)) == record.get(status)
        ]
        return found[: request.get("MaxResults", 10)]
