"""One task of the demo: labels in, nobody touches anything, an HTTP answer out; then the answers are scored."""

import os
import shlex
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from labelloop.projects import ProjectFolder
from rich.console import Console

from laptop.commands.answers import read_answer
from laptop.commands.client import PNG, Api, content_type
from laptop.commands.cloud_file import RunningCloud
from laptop.commands.console import CommandError
from laptop.commands.following import Follower
from laptop.commands.inbox import Inbox
from laptop.commands.progress import counted, show_run
from laptop.commands.put import ensure_succeeded
from laptop.commands.runs import Runs
from laptop.commands.stages import RunProgress
from laptop.demo.data import DemoData
from laptop.demo.report import TaskFigures
from laptop.demo.scoring import DeployedModel, Score
from laptop.session import LOOPBACK, Session

CURL_SECONDS = 30

Clock = Callable[[], datetime]


class FinishedRun(NamedTuple):
    """A run that ended with a model; `manifest_put` is monotonic, in seconds."""

    name: str
    progress: RunProgress
    upload_seconds: float
    manifest_put: float
    promoted_seconds: float


class Asked(NamedTuple):
    """All answers, how many were right, when the first of those came (None without one), how long each answer took."""

    answers: tuple[Any, ...]
    right: int
    first_right_seconds: float | None
    seconds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class TaskDemo:
    """A task in a running cloud.

    Args:
        cloud: which one.
        data: what is trained on, and what is kept back.
        console: where progress is shown.
        clock: the time now, with a time zone.
        log: what functions and containers print.
    """

    cloud: RunningCloud
    data: DemoData
    console: Console
    clock: Clock
    log: Path

    def run(self, settings: bytes, drawn: Path) -> TaskFigures:
        """Everything, from the first upload to the scored answers and the picture `drawn`.

        Raises:
            CommandError: the run failed; its failure receipt is the message.
        """
        finished = self._train(settings)
        api, project = Api(self.cloud.api), self.data.project
        model = DeployedModel(api, project, api.classes(project))
        asked = self._ask(model, finished.manifest_put)
        scored = self._score(model, asked)
        drawn.write_bytes(api.ask(project, self.data.held_out[0].path, PNG))
        return TaskFigures(
            task=self.data.task,
            project=project,
            run=finished.name,
            pictures=self.data.pictures,
            epochs=len(finished.progress.epochs),
            upload_seconds=round(finished.upload_seconds, 3),
            stage_seconds={stage: round(s, 3) for stage, s in finished.progress.seconds(self.clock()).items()},
            manifest_to_promoted_seconds=round(finished.promoted_seconds, 3),
            manifest_to_first_answer_seconds=asked.first_right_seconds,
            held_out=len(self.data.held_out),
            right_answers=asked.right,
            metric=scored.metric,
            score=round(scored.value, 4),
            by_class={name: round(value, 4) for name, value in scored.by_class.items()},
            beside={name: round(value, 4) for name, value in scored.beside.items()},
            median_answer_seconds=round(statistics.median(asked.seconds), 4),
            url=api.infer_url(project),
            picture=str(drawn),
            curl=self._curl(api),
        )

    def _train(self, settings: bytes) -> FinishedRun:
        """Put settings (a project.json), pictures and manifest, and touch nothing more until the run has ended."""
        session = Session(self.cloud.url)
        inbox = Inbox(session.s3, ProjectFolder(self.cloud.bucket, self.data.project))
        began = time.monotonic()
        inbox.put_settings(settings)
        with counted(self.console, "pictures uploaded", len(self.data.files)) as uploaded:
            inbox.upload(self.data.files, uploaded)
        manifest_put = time.monotonic()
        manifest = inbox.put_manifest(self.data.manifest)
        runs = Runs(session.stepfunctions, self.cloud.state_machine, self.clock)
        run = runs.wait_for(manifest, inbox.settings())
        self.console.print(f"manifest put, run {run} started")
        follower = Follower(runs, run, session.logs, session.sagemaker)
        progress = show_run(self.console, follower.events(), self.clock)
        hint = f"{self.log} holds all that functions and containers printed."
        ensure_succeeded(progress.ended, session, self.cloud.bucket, hint)
        return FinishedRun(run, progress, manifest_put - began, manifest_put, time.monotonic() - manifest_put)

    def _ask(self, model: DeployedModel, manifest_put: float) -> Asked:
        """Ask about each picture as any client would: is the answer right, and when was the first one?"""
        scoring, answers, right, first_right, seconds = self.data.scoring, [], 0, None, []
        with counted(self.console, "held-out pictures asked about", len(self.data.held_out)) as done:
            for picture in self.data.held_out:
                began = time.monotonic()
                answers.append(scoring.ask(model, picture.path, {}))
                ended = time.monotonic()
                seconds.append(ended - began)
                if scoring.is_right(picture.truth, answers[-1]):
                    right += 1
                    first_right = first_right or round(ended - manifest_put, 3)
                done()
        return Asked(tuple(answers), right, first_right, tuple(seconds))

    def _score(self, model: DeployedModel, asked: Asked) -> Score:
        """Score the answers; where the ordinary ones do not say enough, ask again."""
        scoring, held_out = self.data.scoring, self.data.held_out
        answers: list[Any] = list(asked.answers)
        if scoring.WHOLE:
            answers = [scoring.ask(model, picture.path, scoring.WHOLE) for picture in held_out]
        return scoring.score([picture.truth for picture in held_out], answers)

    def _curl(self, api: Api) -> str | None:
        """A command line that any shell can repeat, having been run once; None where there is no curl.

        Raises:
            CommandError: its answer is not one of the API's.
        """
        picture = self.data.held_out[0].path
        header = f"Content-Type: {content_type(picture)}"
        argv = ["curl", "-sS", "--data-binary", f"@{picture}", "-H", header, api.infer_url(self.data.project)]
        if shutil.which("curl") is None:
            return None
        environment = os.environ | {"NO_PROXY": LOOPBACK, "no_proxy": LOOPBACK}
        done = subprocess.run(argv, capture_output=True, timeout=CURL_SECONDS, check=False, env=environment)
        try:
            read_answer(done.stdout)
        except msgspec.DecodeError as error:
            said = (done.stderr or done.stdout)[:200].decode(errors="replace")
            raise CommandError(f"`{shlex.join(argv)}` did not answer with a prediction: {said}") from error
        return shlex.join(argv)
