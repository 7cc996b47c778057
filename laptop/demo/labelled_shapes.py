"""Pictures of shapes as files, with the manifest that a labeling job of any task would write of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from labelloop.masks import encode_mask_png
from labelloop.palette import mask_colours
from labelloop.store import S3Uri
from labelloop.tasks import Task

from laptop.demo.ground_truth import LabelingJob
from laptop.demo.shapes import CLASSES, MASK_CLASSES, LabelledPicture

CLASS_NAMES = dict(enumerate(CLASSES))
MASK_COLOURS = mask_colours(MASK_CLASSES)
MASKS = "annotations/consolidated-annotation/output"  # where a labeling job puts them


@dataclass(frozen=True, slots=True)
class LabelledShapes:
    """Where the files of one labeling job go.

    Args:
        task: what the labels are for.
        job: who writes them.
        bucket: whose objects the manifest names.
        images: the folder where those objects lie as files, each at its key.
    """

    task: Task
    job: LabelingJob
    bucket: str
    images: Path

    def write(self, name: str, pictures: Iterable[LabelledPicture], manifest: Path) -> None:
        """Write pictures, called `name` and a number, their masks where the task has any, and the manifest."""
        self.images.mkdir(parents=True, exist_ok=True)
        manifest.write_bytes(b"".join(self._write(f"{name}-{n:03}.jpg", n, one) for n, one in enumerate(pictures)))

    def _write(self, name: str, number: int, picture: LabelledPicture) -> bytes:
        """One picture; its line."""
        source_ref = self._put(name, picture.jpeg)
        match self.task:
            case Task.OBJECT_DETECTION:
                return self.job.bounding_box_line(source_ref, picture.boxes(), CLASS_NAMES)
            case Task.SEMANTIC_SEGMENTATION:
                ids = picture.mask()
                mask_ref = self._put(f"{MASKS}/{number}_{self.job.timestamp}.png", encode_mask_png(ids, MASK_COLOURS))
                shown = {int(class_id) for class_id in set(ids.flat)}
                return self.job.mask_line(source_ref, mask_ref, shown, MASK_CLASSES, MASK_COLOURS)
            case Task.IMAGE_CLASSIFICATION:
                (class_id,) = picture.class_ids
                return self.job.class_line(source_ref, class_id, CLASS_NAMES[class_id])
            case Task.IMAGE_CLASSIFICATION_MULTILABEL:
                return self.job.class_list_line(source_ref, picture.class_ids, CLASS_NAMES)

    def _put(self, key: str, body: bytes) -> str:
        """An object as a file; its URI."""
        path = self.images / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        return str(S3Uri(self.bucket, key))
