"""What preflight found, for a person at a terminal."""

from collections.abc import Mapping

from labelloop import findings_text
from labelloop.algorithms.hyperparameters import Chosen
from labelloop.checks import Level
from labelloop.findings import CheckResult
from labelloop.preflight_report import PreflightReport
from labelloop.report import ClassReport, Report
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from laptop.commands import preflight_words as words
from laptop.commands.console import trimmed
from laptop.commands.next_step import NextStep

CLASSES = 12  # that are shown
_BAR = 24  # characters
_STYLES = {Level.STOPS: "bold red", Level.LEFT_OUT: "bold yellow", Level.NOTICE: "bold cyan"}


def show_report(
    report: PreflightReport, hyperparameters: Mapping[str, Chosen], next_step: NextStep, console: Console
) -> None:
    """The verdict, what was found from the gravest on, the dataset, and what to do now."""
    show_findings(report, hyperparameters, console)
    console.print()
    console.print(Text.assemble(f"{next_step.sentence} ", (next_step.command, "bold")), soft_wrap=True)


def show_findings(report: PreflightReport, hyperparameters: Mapping[str, Chosen], console: Console) -> None:
    """The verdict, what was found from the gravest on, and the dataset."""
    with trimmed(console):
        _show_findings(report, hyperparameters, console)


def _show_findings(report: PreflightReport, hyperparameters: Mapping[str, Chosen], console: Console) -> None:
    console.print(Text(words.verdict(report), "bold green" if report.gravest is None else _STYLES[report.gravest]))
    for level in Level:
        checks = [check for check in report.checks if check.level is level]
        if checks:
            console.print(_heading(words.HEADINGS[level], _STYLES[level]))
            console.print(*(_check(check) for check in checks), sep="\n")
    if report.dataset is not None:
        console.print(_heading("The dataset", "bold"))
        console.print(_dataset(report.dataset, hyperparameters))


def _heading(words: str, style: str) -> RenderableType:
    return Group("", Text(words, style))


def _check(check: CheckResult) -> RenderableType:
    title = Text.assemble((check.title, "bold"), f", {findings_text.times(check.count)}  ", (check.code, "dim"))
    places = (Text(place) for place in findings_text.places(check))
    advice = Table.grid(padding=(0, 1, 0, 0))
    advice.add_row(Text("SageMaker:", "dim"), Text(check.sagemaker))
    advice.add_row(Text("Way out:", "dim"), Text(check.fix))
    return Group(_indented(title, 1), _indented(Group(*places, advice), 2))


def _dataset(dataset: Report, hyperparameters: Mapping[str, Chosen]) -> RenderableType:
    facts = Table.grid(padding=(0, 1, 0, 0))
    facts.add_row(
        Text("labels", "dim"),
        Text(f"{dataset.task}, attribute {dataset.label_attribute}: {dataset.label_attribute_rule}"),
    )
    facts.add_row(
        Text("split", "dim"), Text(f"{dataset.train_samples:,} train, {dataset.validation_samples:,} validate")
    )
    derived = [f"{name} {one.value}" for name, one in hyperparameters.items() if one.source != "default"]
    if derived:
        facts.add_row(Text("training", "dim"), Text(", ".join(derived)))
    return _indented(Group(facts, _classes(dataset)), 1)


def _classes(dataset: Report) -> RenderableType:
    most = max([1, *map(_pictures, dataset.classes)])
    shown = sorted(dataset.classes, key=lambda entry: (-_pictures(entry), -entry.objects, entry.id))
    counted = words.object_names(dataset.task)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    table.add_column("class", overflow="ellipsis", no_wrap=True)
    for name in ((counted,) if counted == "boxes" else ()) + ("train", "validate"):
        table.add_column(name, justify="right")
    table.add_column("pictures", no_wrap=True)
    for entry in shown[:CLASSES]:
        objects = [f"{entry.objects:,}"] if counted == "boxes" else []
        numbers = [*objects, f"{entry.train_pictures:,}", f"{entry.validation_pictures:,}"]
        table.add_row(Text(entry.name), *numbers, _bar(entry, most))
    rest = shown[CLASSES:]
    return Group(table, Text(f"and {words.counted(len(rest), 'class', 'classes')} more", "dim")) if rest else table


def _bar(entry: ClassReport, most: int) -> Text:
    train = round(entry.train_pictures / most * _BAR)
    validation = round(_pictures(entry) / most * _BAR) - train
    return Text("█" * train + "░" * validation)


def _pictures(entry: ClassReport) -> int:
    return entry.train_pictures + entry.validation_pictures


def _indented(content: RenderableType, levels: int) -> Padding:
    return Padding(content, (0, 0, 0, 2 * levels), expand=False)
