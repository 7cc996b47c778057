"""What a semantic-segmentation endpoint says of a picture: a class for every pixel, and if asked how sure it is."""

import base64
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelloop import drawing, masks, pictures
from labelloop.answer_size import Budget
from labelloop.endpoint import BODY_LIMIT
from labelloop.errors import AnswerTooLarge, MalformedPrediction
from labelloop.labels.masks import IGNORED
from labelloop.palette import has_background, mask_colours
from labelloop.png import SIGNATURE
from labelloop.prediction import Json, Options, PictureSize
from labelloop.regions import Region, connected_regions, count_runs, regions_by_class

RUN_LIMIT = 2_000_000  # of a mask told in run lengths: each takes a letter of JSON or more, and memory before
_SMALLER = "Ask for format=png, for fewer classes, or send a smaller picture."
_REGION_BYTES = 350  # of JSON, about, beside the run lengths
_PROBABILITY_BYTES, _FRAMING_BYTES = 4, 256


def ensure_probabilities_fit(size: PictureSize, class_count: int) -> None:
    """See that an endpoint can answer with a probability for each pixel and class, before it is asked to.

    Raises:
        AnswerTooLarge: it cannot.
    """
    of_pixel, room = class_count * _PROBABILITY_BYTES, BODY_LIMIT - _FRAMING_BYTES
    if size.width * size.height * of_pixel > room:
        raise AnswerTooLarge(
            f"the model's {class_count} probabilities for each of {size.width}x{size.height} pixels are more than the "
            f"{BODY_LIMIT} bytes that an endpoint answers.",
            hint=f"Leave confidence_mask out, or send a picture of at most {room // of_pixel} pixels.",
        )


@dataclass(frozen=True, eq=False)
class Segmentation:
    """`ids` (H, W) uint8 are class ids; `probabilities` (C, H, W) float32 are there only where they were asked for."""

    ids: NDArray[np.uint8]
    probabilities: NDArray[np.float32] | None = None
    options: Options = field(default_factory=Options)

    @classmethod
    def from_built_in(cls, body: bytes) -> Self:
        """Decode the built-in algorithm's answer: a mask as PNG, else probabilities as RecordIO-protobuf.

        Raises:
            MalformedPrediction: neither of them.
        """
        if body.startswith(SIGNATURE):
            return cls(masks.decode_mask_png(body))
        probabilities = masks.decode_probabilities(body)
        return cls(masks.class_ids(probabilities), probabilities)

    def check(self, class_count: int, size: PictureSize) -> None:
        """Whether every pixel of the picture has one of the classes.

        Raises:
            MalformedPrediction: the mask has another size, or other classes.
        """
        height, width = self.ids.shape
        if (width, height) != (size.width, size.height):
            raise MalformedPrediction(
                f"the endpoint answered a mask of {width}x{height} to a picture of {size.width}x{size.height}."
            )
        told = int(self.ids.max()) + 1 if self.probabilities is None else len(self.probabilities)
        if told > class_count or (self.probabilities is not None and told != class_count):
            raise MalformedPrediction(f"the endpoint of a model with {class_count} classes answered {told}.")

    def selected(self, options: Options) -> Self:
        """The same, to be told as the options say.

        Raises:
            MalformedPrediction: confidences were asked for, and the endpoint answered without.
        """
        if options.confidence_mask and self.probabilities is None:
            raise MalformedPrediction("the endpoint was asked for probabilities and answered a mask.")
        return replace(self, options=options)

    def to_json(self, size: PictureSize, class_names: tuple[str, ...], inference_id: str) -> Json:
        """Roboflow's object for masks with segments; or regions in a list, as it has them for instances.

        Raises:
            AnswerTooLarge: the mask or its run lengths have too many bytes.
        """
        shown, budget = self._shown(class_names), Budget("the mask as JSON", _SMALLER)
        if count_runs(shown) > RUN_LIMIT:
            raise AnswerTooLarge("the mask is too intricate to be told in run lengths.", hint=_SMALLER)
        if self.options.view == "semantic":
            return {"predictions": self._semantic(shown, size, class_names, budget)}
        every = connected_regions(shown) if self.options.view == "instances" else regions_by_class(shown)
        objects = np.flatnonzero(np.isin(every.class_ids, self._object_ids(class_names)))
        largest = objects[np.argsort(-every.areas[objects], kind="stable")][: self.options.max_detections]
        found = [
            self._instance(every[place], class_names, budget) | {"detection_id": f"{inference_id}-{number}"}
            for number, place in enumerate(largest.tolist())
        ]
        return {"predictions": found, "counts": {"returned": len(found), "left_out": len(objects) - len(found)}}

    def to_png(self, class_names: tuple[str, ...]) -> bytes:
        """The mask as an indexed PNG in the colours of the classes."""
        return masks.encode_mask_png(self._shown(class_names), mask_colours(class_names))

    def draw(self, picture: Image.Image, class_names: tuple[str, ...]) -> Image.Image:
        """See `drawing.draw_mask`."""
        return drawing.draw_mask(picture, self._shown(class_names), class_names)

    def __len__(self) -> int:
        return len(np.unique(self.ids))

    @cached_property
    def _confidences(self) -> NDArray[np.float32] | None:
        """(H, W): of each pixel's class."""
        return None if self.probabilities is None else self.probabilities.max(axis=0)

    def _shown(self, class_names: tuple[str, ...]) -> NDArray[np.uint8]:
        """The mask with the classes asked for; the rest is background, or of no class where there is none to be it."""
        if self.options.class_ids is None:
            return self.ids
        wanted = sorted(self.options.class_ids)
        ground = 0 if has_background(class_names) and 0 not in wanted else IGNORED
        table = np.full(256, ground, np.uint8)
        table[wanted] = wanted
        return table[self.ids]

    def _object_ids(self, class_names: tuple[str, ...]) -> list[int]:
        """The classes asked for, but for the background."""
        first = int(has_background(class_names))
        return [class_id for class_id in range(first, len(class_names)) if self.options.wants(class_id)]

    def _semantic(
        self, shown: NDArray[np.uint8], size: PictureSize, class_names: tuple[str, ...], budget: Budget
    ) -> Json:
        answer: Json = {
            "segmentation_mask": _base64(self.to_png(class_names), budget),
            "class_map": {str(class_id): name for class_id, name in enumerate(class_names)},
        }
        if self.probabilities is not None:
            sure = Image.fromarray(masks.confidence(self.probabilities))
            answer["confidence_mask"] = _base64(pictures.encode(sure, "PNG"), budget)
        regions = [one for one in regions_by_class(shown) if self.options.wants(one.class_id)]
        pixels = size.width * size.height
        segments = [
            self._region(region, class_names, budget)
            | {"share": round(region.area / pixels, 6), "bbox": list(region.bbox)}
            for region in regions
        ]
        return answer | {"present_class_ids": [region.class_id for region in regions], "segments": segments}

    def _instance(self, region: Region, class_names: tuple[str, ...], budget: Budget) -> Json:
        """A mask alone has no scores; clients of instances want one, so it is 1."""
        x, y, width, height = region.bbox
        box = {"x": x + width / 2, "y": y + height / 2, "width": width, "height": height}
        corners = {"x1": x, "y1": y, "x2": x + width, "y2": y + height}
        told = self._region(region, class_names, budget)
        return box | corners | {"confidence": 1.0} | told | {"mask_format": "rle"}

    def _region(self, region: Region, class_names: tuple[str, ...], budget: Budget) -> Json:
        name = class_names[region.class_id]
        budget.spend(_REGION_BYTES + len(name.encode()) + region.runs)  # a run has at least one letter
        rle = region.rle()
        budget.spend(len(rle["counts"]) - region.runs)
        told = {"class": name, "class_id": region.class_id, "area": region.area, "rle": rle}
        sure = {} if self._confidences is None else {"confidence": round(region.mean(self._confidences), 4)}
        return told | sure


def _base64(data: bytes, budget: Budget) -> str:
    budget.spend(-(-len(data) // 3) * 4)
    return base64.b64encode(data).decode()
