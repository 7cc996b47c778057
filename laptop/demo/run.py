"""The demo: labels in, nobody touches anything, an HTTP answer out; then the answers are scored."""

import os
import shlex
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
from labelloop.projects import ProjectFolder
from rich.console import Console

from laptop.commands import recipes
from laptop.commands.client import Answer, Api, content_type
from laptop.commands.cloud_file import RunningCloud
from laptop.commands.console import CommandError, output, pretty_json
from laptop.commands.following import Follower
from laptop.commands.inbox import Inbox
from laptop.commands.progress import counted, show_run
from laptop.commands.put import ensure_succeeded, now
from laptop.commands.runs import Runs
from laptop.commands.stages import RunProgress
from laptop.demo import report as demo_report
from laptop.demo.child_cloud import MeasuredCloud, child_cloud
from laptop.demo.data import DemoData, draw_shapes, hold_out
from laptop.demo.scoring import DetectedBox, Score, is_right, score
from laptop.session import LOOPBACK, Session

WHOLE_CURVE = {"confidence": "0.01", "max_detections": "100"}  # an average precision needs unsure detections too
CURL_SECONDS = 30
LOG = "cloud.log"

Clock = Callable[[], datetime]


class FinishedRun(NamedTuple):
    """A run that ended with a model; `manifest_put` is monotonic, in seconds."""

    name: str
    progress: RunProgress
    upload_seconds: float
    manifest_put: float
    promoted_seconds: float


class Asked(NamedTuple):
    """How many answers were right, when the first of them came (None without one), how long each took."""

    right: int
    first_right_seconds: float | None
    seconds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Demo:
    """One demo in a running cloud.

    Args:
        measured: the cloud.
        data: what is trained on, and what is kept back.
        console: where progress is shown.
        clock: the time now, with a time zone.
    """

    measured: MeasuredCloud
    data: DemoData
    console: Console
    clock: Clock

    def run(self, *, seed: int, epochs: int, folder: Path) -> demo_report.Figures:
        """Everything, from the first upload to the scored answers.

        Raises:
            CommandError: the run failed; its failure receipt is the message.
        """
        finished = self._train(epochs, folder / LOG)
        api, project = Api(self.measured.cloud.api), self.data.project
        asked = self._ask(api, finished.manifest_put)
        scored = self._score(api)
        drawn = folder / "answer.png"
        drawn.write_bytes(api.ask(project, self.data.held_out[0].path, "image/png"))
        return demo_report.Figures(
            project=project,
            run=finished.name,
            seed=seed,
            cloud_start_seconds=round(self.measured.start_seconds, 3),
            cloud_start_megabytes=round(self.measured.megabytes, 1),
            upload_seconds=round(finished.upload_seconds, 3),
            stage_seconds={stage: round(s, 3) for stage, s in finished.progress.seconds(self.clock()).items()},
            manifest_to_promoted_seconds=round(finished.promoted_seconds, 3),
            manifest_to_first_answer_seconds=asked.first_right_seconds,
            pictures=len(self.data.files),
            epochs=len(finished.progress.epochs),
            held_out=len(self.data.held_out),
            right_answers=asked.right,
            map50=round(scored.mean, 4),
            average_precision={name: round(value, 4) for name, value in scored.by_class.items()},
            median_answer_seconds=round(statistics.median(asked.seconds), 4),
            url=api.infer_url(project),
            picture=str(drawn),
            curl=self._curl(api),
            versions=demo_report.versions(),
        )

    def _train(self, epochs: int, log: Path) -> FinishedRun:
        """Put settings, pictures and manifest, and touch nothing more until the run has ended."""
        cloud = self.measured.cloud
        session = Session(cloud.url)
        inbox = Inbox(session.s3, ProjectFolder(cloud.bucket, self.data.project))
        began = time.monotonic()
        inbox.put_settings(pretty_json(recipes.from_scratch(epochs)).encode())
        with counted(self.console, "pictures uploaded", len(self.data.files)) as uploaded:
            inbox.upload(self.data.files, uploaded)
        manifest_put = time.monotonic()
        manifest = inbox.put_manifest(self.data.manifest)
        runs = Runs(session.stepfunctions, cloud.state_machine, self.clock)
        run = runs.wait_for(manifest, inbox.settings())
        self.console.print(f"manifest put, run {run} started")
        follower = Follower(runs, run, session.logs, session.sagemaker)
        progress = show_run(self.console, follower.events(), self.clock)
        ensure_succeeded(
            progress.ended, session, cloud.bucket, f"{log} holds all that functions and containers printed."
        )
        return FinishedRun(run, progress, manifest_put - began, manifest_put, time.monotonic() - manifest_put)

    def _ask(self, api: Api, manifest_put: float) -> Asked:
        """Ask about each picture as any client would: is the answer right, and when was the first one?"""
        right, first_right, seconds = 0, None, []
        with counted(self.console, "held-out pictures asked about", len(self.data.held_out)) as done:
            for picture in self.data.held_out:
                began = time.monotonic()
                answer = api.infer(self.data.project, picture.path)
                ended = time.monotonic()
                seconds.append(ended - began)
                if is_right(picture.truth, _boxes(answer)):
                    right += 1
                    first_right = first_right or round(ended - manifest_put, 3)
                done()
        return Asked(right, first_right, tuple(seconds))

    def _score(self, api: Api) -> Score:
        """Ask again, for unsure detections too, and score the answers."""
        held_out = self.data.held_out
        answers = [api.infer(self.data.project, picture.path, WHOLE_CURVE) for picture in held_out]
        return score([picture.truth for picture in held_out], [_boxes(answer) for answer in answers])

    def _curl(self, api: Api) -> str | None:
        """A command line that any shell can repeat, having been run once; None where there is no curl.

        Raises:
            CommandError: it does not answer with detections.
        """
        picture = self.data.held_out[0].path
        header = f"Content-Type: {content_type(picture)}"
        argv = ["curl", "-sS", "--data-binary", f"@{picture}", "-H", header, api.infer_url(self.data.project)]
        if shutil.which("curl") is None:
            return None
        environment = os.environ | {"NO_PROXY": LOOPBACK, "no_proxy": LOOPBACK}
        done = subprocess.run(argv, capture_output=True, timeout=CURL_SECONDS, check=False, env=environment)
        try:
            msgspec.json.decode(done.stdout, type=Answer)
        except msgspec.DecodeError as error:
            said = (done.stderr or done.stdout)[:200].decode(errors="replace")
            raise CommandError(f"`{shlex.join(argv)}` did not answer with detections: {said}") from error
        return shlex.join(argv)


def prepare(folder: Path, seed: int, manifest: Path | None, images: Path | None, project: str | None) -> DemoData:
    """What the demo trains on: shapes, or a manifest of the user's.

    Raises:
        ManifestError: the user's manifest cannot be read.
        CommandError: its labels are not boxes, or its pictures are not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if manifest is None or images is None:
        return draw_shapes(folder, seed, now())
    return hold_out(manifest, images, project, folder, seed)


def show(
    data: DemoData, *, seed: int, epochs: int, folder: Path, cloud_file: Path, report: Path | None, keep: bool
) -> None:
    """Run the demo in a cloud of its own and print its figures; with `keep` the cloud stays until Ctrl-C.

    Raises:
        CommandError: the cloud did not come up, or the run failed.
    """
    console = output()
    with child_cloud(cloud_file, folder / LOG) as measured:
        cloud = measured.cloud
        console.print(f"laptop cloud ready at {cloud.url} in {measured.start_seconds:.1f} s")
        figures = Demo(measured, data, console, now).run(seed=seed, epochs=epochs, folder=folder)
        if report is not None:
            demo_report.write(figures, report)
        console.print(demo_report.table_of(figures))
        if figures.curl is not None:
            console.print(f"\nAsked and answered:\n{figures.curl}", markup=False, soft_wrap=True)
        if keep:
            console.print(f"\nAnswers at {figures.url} until Ctrl-C; `labelloop infer` and `labelloop runs` find it.")
            with suppress(KeyboardInterrupt):
                while RunningCloud.read(cloud_file) is not None:
                    time.sleep(1)


def _boxes(answer: Answer) -> list[DetectedBox]:
    return [detection.box() for detection in answer.predictions]
