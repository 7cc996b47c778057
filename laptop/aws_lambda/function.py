"""What a Lambda function is, and what an invocation came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from laptop.account import arn


@dataclass(frozen=True, slots=True)
class Function:
    """A deployed function.

    Args:
        name: its name.
        handler: `module.function`.
        code: folder that is /var/task on AWS.
        layers: folders that are /opt/python on AWS.
        environment: the template's variables.
        timeout: seconds.
        memory: MB; told to the function, not enforced.
    """

    name: str
    handler: str
    code: Path
    layers: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 3
    memory: int = 128

    @property
    def arn(self) -> str:
        """The function's ARN, without a qualifier."""
        return arn("lambda", f"function:{self.name}")

    @property
    def log_group(self) -> str:
        """Where its log goes."""
        return f"/aws/lambda/{self.name}"

    def newest_source(self) -> float:
        """When its source was last changed (seconds since the epoch): a worker started before that is out of date."""
        return max(
            (path.stat().st_mtime for folder in (self.code, *self.layers) for path in folder.rglob("*.py")), default=0
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an invocation came to: the handler's JSON, or AWS's for an error where `failed`; and what it printed."""

    payload: bytes
    failed: bool
    log: bytes = b""
