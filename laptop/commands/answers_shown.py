"""Answers as tables, a kind for each task."""

from collections.abc import Iterable, Sequence

from rich.table import Table

from laptop.commands.answers import Answer, Classification, ClassSet, Detection, Detections, Segmentation


def summary_of(answer: Answer) -> str:
    """What was found, in a few words."""
    match answer:
        case Detections(predictions=found):
            return f"{len(found)} found"
        case Segmentation(predictions=mask):
            return f"{len(mask.segments)} classes"
        case Classification(top=top):
            return top or "nothing sure enough"
        case ClassSet(predicted_classes=names):
            return ", ".join(names) or "nothing sure enough"


def table_of(answer: Answer) -> Table:
    """What was found, a row for each; empty where nothing was."""
    match answer:
        case Detections(predictions=found):
            return _detections(found)
        case Segmentation(predictions=mask):
            header = ("pixels", "share", "confidence")
            rows = [
                (one.class_name, str(one.area), f"{one.share:.1%}", _shown(one.confidence)) for one in mask.segments
            ]
            return _table(header, rows)
        case Classification(predictions=ranked):
            return _table(("confidence",), [(one.class_name, _shown(one.confidence)) for one in ranked])
        case ClassSet(predictions=every, predicted_classes=names):
            there = [(name, _shown(one.confidence), "yes" if name in names else "no") for name, one in every.items()]
            return _table(("confidence", "there"), there)


def _detections(found: Sequence[Detection]) -> Table:
    of_masks = any(one.area is not None for one in found)
    header = ("confidence", "x1", "y1", "x2", "y2", *(["pixels"] if of_masks else []))
    return _table(header, [(*_columns(one), *([str(one.area)] if of_masks else [])) for one in found])


def _columns(found: Detection) -> tuple[str, ...]:
    corners = (found.x1, found.y1, found.x2, found.y2)
    return found.class_name, _shown(found.confidence), *(f"{corner:.1f}" for corner in corners)


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    """Rows that begin with a class."""
    table = Table(box=None, padding=(0, 2, 0, 2))
    table.add_column("class")
    for name in header:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*row)
    return table


def _shown(confidence: float | None) -> str:
    return "" if confidence is None else f"{confidence:.3f}"
