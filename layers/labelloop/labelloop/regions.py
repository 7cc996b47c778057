"""Regions of a mask: the pixels of one class, all or those that touch, as runs down the columns.

Columns, because that is the order of COCO's run-length encoding.
Source: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.h
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import msgspec
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

_Indices = NDArray[np.intp]


class _Runs(NamedTuple):
    """Where runs of one class begin and end (exclusive), counted down the columns; none goes on in the next column."""

    height: int
    width: int
    starts: _Indices
    ends: _Indices


class Region(msgspec.Struct, frozen=True, eq=False):
    """Pixels of one class: how many, and the box around them as x, y (its top left pixel), width, height in pixels."""

    class_id: int
    area: int
    bbox: tuple[int, int, int, int]
    _all: _Runs
    _first: int
    _past: int

    @property
    def runs(self) -> int:
        """In how many pieces of columns the region lies."""
        return self._past - self._first

    def rle(self) -> dict[str, Any]:
        """COCO's compressed run lengths, {"size": [height, width], "counts": text}, as pycocotools encodes them."""
        size = [self._all.height, self._all.width]
        starts, ends = self._all.starts[self._first : self._past], self._all.ends[self._first : self._past]
        gaps = np.flatnonzero(starts[1:] != ends[:-1])  # after which a run does not go on at the top of the next column
        edges = np.empty(2 * gaps.size + 4, np.intp)
        edges[0], edges[-1] = 0, size[0] * size[1]
        edges[1:-1:2] = starts[np.concatenate(([0], gaps + 1))]
        edges[2:-1:2] = ends[np.concatenate((gaps, [-1]))]
        counts = np.diff(edges)
        encoded = coco.frPyObjects({"size": size, "counts": counts[: None if counts[-1] else -1]}, *size)
        return {"size": size, "counts": encoded["counts"].decode("ascii")}

    def mean(self, values: NDArray[Any]) -> float:
        """The mean of the values (H, W) at the region's pixels."""
        starts, ends = self._all.starts[self._first : self._past], self._all.ends[self._first : self._past]
        columns, rows = np.divmod(_counted(starts, ends - starts), self._all.height)
        return float(values[rows, columns].mean(dtype=np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Regions(Sequence[Region]):
    """Regions in an order; one is made when it is asked for, so that millions cost no more than numbers.

    `class_ids` uint8, `areas` in pixels: one for each region.
    """

    class_ids: NDArray[np.uint8]
    areas: _Indices
    _boxes: _Indices
    _runs: _Runs
    _firsts: _Indices
    _pasts: _Indices

    def __len__(self) -> int:
        return len(self.areas)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        numbers = (self.class_ids, self.areas, self._firsts, self._pasts)
        class_id, area, first, past = (int(column[place]) for column in numbers)
        x, y, width, height = self._boxes[place].tolist()
        return Region(class_id, area, (x, y, width, height), self._runs, first, past)


def count_runs(mask: NDArray[np.uint8]) -> int:
    """In how many runs the columns of a mask (H, W), uint8, lie: what regions take time and memory for."""
    width: int = mask.shape[1]
    return width + int(np.count_nonzero(mask[1:] != mask[:-1]))


def regions_by_class(mask: NDArray[np.uint8]) -> Regions:
    """A region for each class id of a mask (H, W), uint8, in the order of the ids; 0 and 255 are classes like others.

    Raises:
        ValueError: no (H, W) uint8.
    """
    found = _Scan.of(mask)
    return found.regions(found.class_ids.astype(np.intp))


def connected_regions(mask: NDArray[np.uint8]) -> Regions:
    """A region for each set of pixels of one class that touch at sides or corners (8-connected).

    Ordered by class id, then by the first pixel down the columns. Takes time and memory by the number of runs, whatever
    their form. 0 and 255 are classes like others.

    Raises:
        ValueError: no (H, W) uint8.
    """
    found = _Scan.of(mask)
    roots = _roots(len(found.class_ids), *found.touching())
    return found.regions(found.class_ids * np.intp(len(roots)) + roots)


class _Scan(NamedTuple):
    """A mask as runs, all its pixels in one of them, and the class of each run."""

    runs: _Runs
    class_ids: NDArray[np.uint8]

    @classmethod
    def of(cls, mask: NDArray[np.uint8]) -> Self:
        if mask.ndim != len("HW") or mask.dtype != np.uint8:
            raise ValueError(f"expected are (height, width) uint8 class ids, not {mask.shape} {mask.dtype}")
        height, width = mask.shape
        pixels = mask.ravel(order="F")
        begins = np.empty(pixels.size, np.bool_)
        np.not_equal(pixels[1:], pixels[:-1], out=begins[1:])
        begins[:: max(1, height)] = True
        starts = np.flatnonzero(begins)
        return cls(_Runs(height, width, starts, np.append(starts[1:], pixels.size)), pixels[starts])

    def touching(self) -> tuple[_Indices, _Indices]:
        """Pairs of runs of one class in neighbouring columns whose pixels touch at sides or corners."""
        height, width, every, _ = self.runs
        left = np.arange(np.searchsorted(every, height * (width - 1)))  # all but those in the last column
        starts, ends = every[left] + height, self.runs.ends[left] + height
        first = np.searchsorted(every, starts - (starts % height > 0), "right") - 1
        past = np.searchsorted(every, ends - 1 + (ends % height > 0), "right")
        left, right = np.repeat(left, past - first), _counted(first, past - first)
        same = self.class_ids[left] == self.class_ids[right]
        return left[same], right[same]

    def regions(self, keys: _Indices) -> Regions:
        """One for each key that runs have, in the order of the keys."""
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        height, width = self.runs.height, self.runs.width
        runs = _Runs(height, width, self.runs.starts[order], self.runs.ends[order])
        firsts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: keys.size])
        pasts = np.append(firsts[1:], keys.size)[: firsts.size]
        x, y = runs.starts[firsts] // height, np.minimum.reduceat(runs.starts % height, firsts)
        right = runs.starts[pasts - 1] // height
        bottom = np.maximum.reduceat((runs.ends - 1) % height, firsts)
        areas = np.add.reduceat(runs.ends - runs.starts, firsts)
        boxes = np.stack((x, y, right - x + 1, bottom - y + 1), axis=1)
        return Regions(self.class_ids[order][firsts], areas, boxes, runs, firsts, pasts)


def _counted(first: _Indices, count: _Indices) -> _Indices:
    """first, first + 1, … first + count - 1 of each pair, one after the other."""
    return np.arange(count.sum()) + np.repeat(first - np.cumsum(count) + count, count)


def _roots(count: int, left: _Indices, right: _Indices) -> _Indices:
    """The least node of each node's component; `left` and `right` are the ends of edges.

    Each root goes under the least of its neighbours, then all nodes go under their roots; what is left are edges
    between roots. Combs, spirals and stars take a few such rounds. After Shiloach and Vishkin, An O(log n) parallel
    connectivity algorithm, 1982.
    """
    parents = np.arange(count)
    while left.size:
        np.minimum.at(parents, np.maximum(left, right), np.minimum(left, right))
        while not np.array_equal(grandparents := parents[parents], parents):
            parents = grandparents
        left, right = parents[left], parents[right]
        apart = left != right
        left, right = left[apart], right[apart]
    return parents
