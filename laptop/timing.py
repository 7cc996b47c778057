"""How long things may take; AWS's own limits unless told otherwise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Limits in seconds; tests pass shorter ones.

    Args:
        ping_within: a new endpoint must answer `/ping` within.
        invocation: a container may take for one InvokeEndpoint.
        stop_grace: between SIGTERM and SIGKILL of a training job.
        integration: API Gateway waits for a function.
        async_retries: waits before an asynchronous invocation that failed is tried again.
    """

    ping_within: float = 240
    invocation: float = 60
    stop_grace: float = 120
    integration: float = 29
    async_retries: tuple[float, ...] = (60, 120)
