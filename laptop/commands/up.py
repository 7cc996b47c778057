"""`labelloop up`: a laptop cloud in the foreground."""

import gc
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from laptop.account import ACCESS_KEY, REGION, SECRET_KEY
from laptop.commands.cloud_file import ROOT, RunningCloud, announced, ensure_none
from laptop.commands.console import CommandError

TEMPLATE = ROOT / "template.yaml"
PARAMETERS = {"PollSeconds": "1"}  # a training job of seconds is looked at each second


def run_cloud(
    *, port: int, cloud_file: Path, parent: int | None, console: Console, echo: Callable[[str], None] | None
) -> None:
    """Run a cloud until Ctrl-C, SIGTERM, or the end of the process `parent`; then leave nothing behind.

    Raises:
        CommandError: another cloud runs, the port is taken, or there is nothing to run containers with.
    """
    from laptop.cloud import Cloud  # takes a moment, which the other commands need not wait

    ensure_none(cloud_file)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        try:
            cloud = Cloud.start(template=TEMPLATE, port=port, parameters=PARAMETERS, echo=echo)
        except FileNotFoundError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used: {error.strerror or error}", "Take a free one: --port 0"
            ) from error
        running = RunningCloud.here(cloud.url, cloud.outputs)
        with cloud, announced(running, cloud_file):
            console.print(describe(running), soft_wrap=True, markup=False)
            while parent in (None, os.getppid()):
                time.sleep(1)
    gc.freeze()  # or Python looks through all that moto leaves, at its end, for cycles that nobody needs freed


def describe(cloud: RunningCloud) -> str:
    """What a person needs to use the cloud by hand."""
    return f"""Laptop cloud ready at {cloud.url}

  data bucket    {cloud.bucket}
  inbox          s3://{cloud.bucket}/projects/PROJECT/manifests/
  HTTP API       POST {cloud.api}/v1/PROJECT/infer

For the AWS CLI and boto3:

  export AWS_ENDPOINT_URL={cloud.url} AWS_DEFAULT_REGION={REGION}
  export AWS_ACCESS_KEY_ID={ACCESS_KEY} AWS_SECRET_ACCESS_KEY={SECRET_KEY}

Ctrl-C ends it, and all that it holds."""
