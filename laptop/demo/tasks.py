"""What the demo shows of each task: pictures of shapes, and how answers are scored."""

from collections.abc import Mapping
from typing import NamedTuple

from labelloop.tasks import Task

from laptop.demo.scoring import Scoring, boxes, class_sets, classes, masks
from laptop.demo.shapes import MOST_SHAPES


class ShapesTask(NamedTuple):
    """One task on the shapes.

    Args:
        scoring: of answers to shapes and to anything else.
        name: of the project, its label attribute (but for a suffix) and the bucket of its pictures.
        labelled: how many pictures go into the pipeline.
        held_out: how many do not, to be asked about afterwards.
        most_shapes: on one picture.
    """

    scoring: Scoring
    name: str
    labelled: int = 160
    held_out: int = 40
    most_shapes: int = MOST_SHAPES


TASKS: Mapping[Task, ShapesTask] = {
    Task.OBJECT_DETECTION: ShapesTask(boxes, "shapes"),
    Task.SEMANTIC_SEGMENTATION: ShapesTask(masks, "shape-masks"),
    # A class alone says nothing of where it is, so it takes more pictures to learn what it looks like.
    Task.IMAGE_CLASSIFICATION: ShapesTask(classes, "shape-kinds", labelled=400, held_out=100, most_shapes=1),
    Task.IMAGE_CLASSIFICATION_MULTILABEL: ShapesTask(class_sets, "shape-tags", labelled=400, held_out=100),
}
SHOWN = (Task.OBJECT_DETECTION, Task.SEMANTIC_SEGMENTATION, Task.IMAGE_CLASSIFICATION_MULTILABEL)
"""Where nothing else is asked for: one of each kind of label."""
