import os
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from labelloop.recordio import frame
from mxnet_vision.errors import ClientError
from mxnet_vision.feed import in_background, in_batches, shuffled
from mxnet_vision.pipe import Channel
from mxnet_vision.samples import Sample, decode, open_picture, pair_up
from PIL import Image

from .conftest import OptMl, encoded


def test_a_channel_is_read_epoch_by_epoch(opt_ml: OptMl) -> None:
    opt_ml.stream("train", 0, frame(b"a") + frame(b"b"))
    opt_ml.stream("train", 1, b"")
    channel = Channel(opt_ml.base / "input/data", "train")
    assert list(channel.records(0)) == [b"a", b"b"]
    assert list(channel.records(1)) == []


def test_the_next_pipe_may_appear_late(opt_ml: OptMl) -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            opt_ml.stream("train", 4, frame(b"late"))

    assert list(Channel(opt_ml.base / "input/data", "train", sleep=sleep).records(4)) == [b"late"]
    assert len(waits) == 3


def test_a_pipe_that_never_appears_is_named(tmp_path: Path) -> None:
    channel = Channel(tmp_path, "validation", patience=1, sleep=lambda _: None)
    with pytest.raises(ClientError, match="'validation' has no pipe validation_2 after 1 seconds"):
        next(channel.records(2))


def test_a_half_read_epoch_can_be_left(opt_ml: OptMl) -> None:
    opt_ml.stream("train", 0, frame(bytes(1_000_000)) * 5)
    records = Channel(opt_ml.base / "input/data", "train").records(0)
    assert len(next(records)) == 1_000_000
    records.close()  # type: ignore[attr-defined] # a generator
    opt_ml.writers[0].join(timeout=10)
    assert not opt_ml.writers[0].is_alive()


def test_records_come_in_pairs() -> None:
    samples = list(pair_up(iter([b"p0", b"l0", b"p1", b"l1"]), "train", 3, "text/plain"))
    assert [(each.picture, each.label) for each in samples] == [(b"p0", b"l0"), (b"p1", b"l1")]
    assert {each.content_type for each in samples} == {"text/plain"}
    assert samples[1].where == "Record 1 of channel 'train', epoch 3"
    with pytest.raises(ClientError, match=r"Record 1 .* a picture without a label; AttributeNames"):
        list(pair_up(iter([b"p0", b"l0", b"p1"]), "train", 0, ""))


@pytest.mark.parametrize("label", [b'{"annotations": []}', b'"{\\"annotations\\": []}"'])
def test_a_label_may_be_quoted(label: bytes) -> None:
    assert Sample(b"", label, "here", 0).label_json() == {"annotations": []}


@pytest.mark.parametrize("label", [b"{", b'"{"', b"\xff\xfe", b"[" * 100_000])
def test_a_label_that_is_not_json_is_named(label: bytes) -> None:
    with pytest.raises(ClientError, match="here: the label is not JSON"):
        Sample(b"", label, "here", 0).label_json()


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_every_colour_mode_becomes_rgb(mode: str) -> None:
    picture = encoded(Image.new(mode, (40, 30)), "TIFF")
    assert (decode(picture, (32, 32)).mode, decode(picture, (32, 32)).size) == ("RGB", (40, 30))


def test_a_large_jpeg_is_decoded_smaller_but_never_below_the_size_asked_for() -> None:
    assert decode(encoded(Image.new("RGB", (1600, 1200)), "JPEG"), (300, 300)).size == (400, 300)


def bomb() -> bytes:
    header = bytearray(encoded(Image.new("1", (8, 8))))
    header[16:24] = (20_000).to_bytes(4, "big") * 2  # width and height of IHDR
    header[29:33] = zlib.crc32(bytes(header[12:29])).to_bytes(4, "big")
    return bytes(header)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("picture", "complaint"),
    [
        (b"", "cannot be decoded"),
        (b"GIF89a", "cannot be decoded"),
        (encoded(Image.effect_noise((64, 64), 50).convert("RGB"), "JPEG")[:600], "cannot be decoded"),
        (encoded(Image.effect_noise((64, 64), 50).convert("RGB"))[:600], "cannot be decoded"),
        (bomb(), "cannot be decoded|more than 100000000 pixels"),
    ],
    ids=["empty", "header only", "cut jpeg", "cut png", "too many pixels"],
)
def test_what_is_no_picture_is_refused_with_its_record(picture: bytes, complaint: str) -> None:
    with pytest.raises(ClientError, match=f"Record 3: .*({complaint})"):
        Sample(picture, b"{}", "Record 3", 0).image((300, 300))


def test_shuffling_loses_nothing_and_depends_on_the_generator_alone() -> None:
    samples = [Sample(bytes([place]), b"{}", str(place), 0) for place in range(50)]

    def order(seed: int) -> list[str]:
        return [each.where for each in shuffled(iter(samples), np.random.default_rng(seed))]

    assert order(1) == order(1) != order(2)
    assert sorted(order(1), key=int) == [each.where for each in samples]


def test_shuffling_holds_a_bounded_window() -> None:
    taken = 0

    def endless() -> Iterator[Sample]:
        nonlocal taken
        while True:
            taken += 1
            yield Sample(bytes(2**20), b"", "", 0)

    next(shuffled(endless(), np.random.default_rng(0)))
    assert taken < 200


def test_batches() -> None:
    assert list(in_batches(iter("abcde"), 2)) == [["a", "b"], ["c", "d"], ["e"]]


def test_the_background_gives_all_items_in_order() -> None:
    assert list(in_background(iter(range(100)), 3, threading.Event())) == list(range(100))


def test_an_error_in_the_background_is_raised_after_what_came_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ClientError("broken")

    ahead = in_background(items(), 3, threading.Event())
    assert next(ahead) == 1
    with pytest.raises(ClientError, match="broken"):
        next(ahead)


def test_the_background_ends_when_told_even_inside_a_pipe_nobody_writes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "train_0")
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    assert list(in_background(Channel(tmp_path, "train").records(0), 1, stop)) == []
    (tmp_path / "train_0").open("wb").close()  # lets the reading thread go


def test_pictures_are_not_decoded_to_know_their_size() -> None:
    assert open_picture(encoded(Image.new("RGB", (70, 30)))[:200]).size == (70, 30)
