"""What preflight says in a sentence, and as an exit code."""

from labelloop.checks import Level
from labelloop.preflight_report import PreflightReport
from labelloop.report import Report

HEADINGS = {Level.STOPS: "Stops the run", Level.LEFT_OUT: "Lines left out", Level.NOTICE: "Worth knowing"}
EXIT_CODES = {Level.STOPS: 4, Level.LEFT_OUT: 3, Level.NOTICE: 0}


def exit_code(report: PreflightReport) -> int:
    """By the gravest level found."""
    return 0 if report.gravest is None else EXIT_CODES[report.gravest]


def verdict(report: PreflightReport) -> str:
    """Whether the manifest trains, and on how much of it."""
    if report.dataset is None or report.gravest is Level.STOPS:
        stopping = sum(check.level is Level.STOPS for check in report.checks)
        return f"This manifest does not train: {counted(stopping, 'problem stops', 'problems stop')} the run."
    left_out = lines_left_out(report.dataset)
    rest = f"{counted(left_out, 'line', 'lines')} left out" if left_out else "no line left out"
    return f"This manifest trains: {counted(pictures(report.dataset), 'picture', 'pictures')}, {rest}."


def pictures(dataset: Report) -> int:
    """That are learnt from, validation included."""
    return dataset.train_samples + dataset.validation_samples


def lines_left_out(dataset: Report) -> int:
    """For whatever reason."""
    return sum(dataset.left_out.values())


def counted(number: int, one: str, many: str) -> str:
    """A number of things."""
    return f"{number:,} {one if number == 1 else many}"


def object_names(task: str) -> str:
    """What the labels of a task count."""
    return "boxes" if task == "object-detection" else "classes"
