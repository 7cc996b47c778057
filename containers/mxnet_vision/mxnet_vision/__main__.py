"""`python -m mxnet_vision train|serve`, as SageMaker starts a container."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path

from mxnet_vision import models, serve
from mxnet_vision.errors import BuiltInFailure, ClientError
from mxnet_vision.job import Job
from mxnet_vision.train import train

_CLIENT_ERROR, _ALGORITHM_ERROR = 2, 1  # exit codes


def run_training(job: Job, algorithm: str) -> int:
    """Train; a failure goes to output/failure and to standard error. The exit code, 0 only when a model was written."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        train(job, models.load(algorithm), stop)
    except ClientError as error:
        return _fail(job, f"ClientError: {error}", _CLIENT_ERROR)
    except BuiltInFailure as failure:
        return _fail(job, f"Algorithm Error: {failure}", _ALGORITHM_ERROR)
    except Exception as error:  # noqa: BLE001 - the job's failure reason, whatever it is
        traceback.print_exc()
        return _fail(job, f"AlgorithmError: {type(error).__name__}: {error}", _ALGORITHM_ERROR)
    return 0


def _fail(job: Job, reason: str, code: int) -> int:
    print(reason, file=sys.stderr, flush=True)  # noqa: T201 - the training log
    job.report_failure(reason)
    return code


def run_serving(model: Path, algorithm: str, environment: Mapping[str, str]) -> int:
    """Serve the artifact until SIGTERM. Listens on this machine only, unless SERVE_HOST says otherwise."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    host, port = environment.get("SERVE_HOST", "127.0.0.1"), int(environment.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    serve.serve(models.load(algorithm).predictor(model), host, port)
    return 0


def main(arguments: list[str], environment: Mapping[str, str]) -> int:
    """Run one of the two commands; 64 is the exit code of a wrong command line."""
    job = Job(Path(environment.get("SAGEMAKER_BASE_DIR", "/opt/ml")))
    algorithm = environment.get("ALGORITHM", "")
    if arguments == ["train"]:
        return run_training(job, algorithm)
    if arguments == ["serve"]:
        return run_serving(job.model, algorithm, environment)
    print("usage: python -m mxnet_vision train|serve", file=sys.stderr)  # noqa: T201 - the command line
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
