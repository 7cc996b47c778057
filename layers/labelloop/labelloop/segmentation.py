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
from labelloop.indexed_png import SIGNATURE
from labelloop.labels.masks import IGNORED
from labelloop.palette import colours, has_background
from labelloop.prediction import Json, Options, PictureSize
from labelloop.regions import Region, connected_regions, regions_by_class

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
        """The same, to be told as the options say."""
        return replace(self, options=options)

    def to_json(self, size: PictureSize, class_names: tuple[str, ...], inference_id: str) -> Json:
        """Roboflow's object for masks with segments; or regions in a list, as it has them for instances.

        Raises:
            AnswerTooLarge: the mask or its run lengths have too many bytes.
        """
        budget = Budget("the mask as JSON", "Ask for format=png, for fewer classes, or send a smaller picture.")
        if self.options.view == "semantic":
            return {"predictions": self._semantic(size, class_names, budget)}
        find = connected_regions if self.options.view == "instances" else regions_by_class
        every = [region for region in find(self._shown(class_names)) if self._is_object(region, class_names)]
        chosen = sorted(every, key=lambda region: -region.area)[: self.options.max_detections]
        found = [
            self._instance(region, class_names, budget) | {"detection_id": f"{inference_id}-{number}"}
            for number, region in enumerate(chosen)
        ]
        return {"predictions": found, "counts": {"returned": len(found), "left_out": len(every) - len(found)}}

    def to_png(self, class_names: tuple[str, ...]) -> bytes:
        """The mask as an indexed PNG in the colours of the classes."""
        return masks.encode_mask_png(self._shown(class_names), colours(class_names))

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
        """The mask with the classes asked for; what is of others is background, or ignored where there is none."""
        if self.options.class_ids is None:
            return self.ids
        table = np.full(256, 0 if has_background(class_names) else IGNORED, np.uint8)
        wanted = sorted(self.options.class_ids)
        table[wanted] = wanted
        return table[self.ids]

    def _is_object(self, region: Region, class_names: tuple[str, ...]) -> bool:
        ground = region.class_id == 0 and has_background(class_names)
        return self.options.wants(region.class_id) and not ground

    def _semantic(self, size: PictureSize, class_names: tuple[str, ...], budget: Budget) -> Json:
        answer: Json = {
            "segmentation_mask": _base64(self.to_png(class_names), budget),
            "class_map": {str(class_id): name for class_id, name in enumerate(class_names)},
        }
        if self.probabilities is not None:
            sure = Image.fromarray(masks.confidence(self.probabilities))
            answer["confidence_mask"] = _base64(pictures.encode(sure, "PNG"), budget)
        regions = [one for one in regions_by_class(self._shown(class_names)) if self.options.wants(one.class_id)]
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
        budget.spend(_REGION_BYTES + region.runs)  # a run has at least one letter
        rle = region.rle()
        budget.spend(len(rle["counts"]) - region.runs)
        told = {"class": class_names[region.class_id], "class_id": region.class_id, "area": region.area, "rle": rle}
        sure = {} if self._confidences is None else {"confidence": round(region.mean(self._confidences), 4)}
        return told | sure


def _base64(data: bytes, budget: Budget) -> str:
    budget.spend(-(-len(data) // 3) * 4)
    return base64.b64encode(data).decode()
