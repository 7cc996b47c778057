"""The input channels of a training job, under `input/data` of its base folder."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from labelloop.recordio import frame

from laptop.account import Json
from laptop.sagemaker.augmented_manifest import AugmentedManifest, InputDataError, ManifestLine
from laptop.sagemaker.pipe import MakeRecord, Pipe
from laptop.sagemaker.s3_files import S3Files
from laptop.wsgi import ServiceError


def check_channels(request: Json) -> None:
    """Refuse the channels AWS refuses, and those that cannot be fed here.

    Raises:
        ServiceError: ValidationException.
    """
    for channel in request.get("InputDataConfig", []):
        source = channel["DataSource"].get("S3DataSource")
        if source is None:
            raise _refused(channel, "has no S3DataSource; this machine feeds no other")
        kind, mode = source["S3DataType"], input_mode(channel, request)
        if kind == "AugmentedManifestFile":
            _check_augmented(channel, source, mode)
        elif kind != "S3Prefix":
            raise _refused(channel, f"has the S3DataType {kind}, which this machine does not feed")


def input_mode(channel: Json, request: Json) -> str:
    """`Pipe`, `File` or `FastFile`: the channel's own, else the algorithm's."""
    mode: str = channel.get("InputMode") or request["AlgorithmSpecification"]["TrainingInputMode"]
    return mode


def channel_config(request: Json) -> Json:
    """What the container reads as `inputdataconfig.json`; the attribute names are not told."""
    return {
        channel["ChannelName"]: {
            "TrainingInputMode": input_mode(channel, request),
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
            **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
        }
        for channel in request.get("InputDataConfig", [])
    }


def open_channels(request: Json, data: Path, files: S3Files, failed: Callable[[str], None]) -> list[Pipe]:
    """Download the File channels into `data` and begin to feed the Pipe channels there.

    Raises:
        InputDataError: a manifest or a prefix is not there.
    """
    pipes = []
    for channel in request.get("InputDataConfig", []):
        place = data / channel["ChannelName"]
        try:
            if input_mode(channel, request) == "Pipe":
                pipes.append(Pipe(place, _epochs(channel, files), failed))
            else:
                _download(channel["DataSource"]["S3DataSource"]["S3Uri"], place, files)
        except FileNotFoundError as error:
            raise InputDataError(f"Data download failed: {error}") from error
    return pipes


def _epochs(channel: Json, files: S3Files) -> Callable[[int], Iterator[MakeRecord]]:
    source = channel["DataSource"]["S3DataSource"]
    wrap = frame if channel.get("RecordWrapperType") == "RecordIO" else bytes
    if source["S3DataType"] == "S3Prefix":
        uris = [uri for uri, _ in files.keys(source["S3Uri"])]
        return lambda _: (partial(_object_record, uri, files, wrap) for uri in uris)
    manifest = AugmentedManifest(
        files.path(source["S3Uri"]),
        source["S3Uri"],
        tuple(source["AttributeNames"]),
        channel.get("ShuffleConfig", {}).get("Seed"),
    )
    return lambda epoch: (partial(_line_record, manifest, line, files, wrap) for line in manifest.lines(epoch))


def _line_record(
    manifest: AugmentedManifest, line: ManifestLine, files: S3Files, wrap: Callable[[bytes], bytes]
) -> bytes:
    return b"".join(map(wrap, manifest.payloads(line, files.read)))


def _object_record(uri: str, files: S3Files, wrap: Callable[[bytes], bytes]) -> bytes:
    return wrap(files.read(uri))


def _download(prefix: str, place: Path, files: S3Files) -> None:
    place.mkdir()
    for uri, relative in files.keys(prefix):
        target = (place / relative).resolve()
        if not target.is_relative_to(place.resolve()):
            raise InputDataError(f"Data download failed: the key of {uri} leads out of the channel")
        target.parent.mkdir(parents=True, exist_ok=True)
        files.download(uri, target)


def _check_augmented(channel: Json, source: Json, mode: str) -> None:
    if mode != "Pipe":
        raise _refused(channel, f"has an AugmentedManifestFile in {mode} mode; only Pipe mode reads one")
    if not source.get("AttributeNames"):
        raise _refused(channel, "has an AugmentedManifestFile without AttributeNames")


def _refused(channel: Json, why: str) -> ServiceError:
    return ServiceError("ValidationException", f"Channel '{channel['ChannelName']}' {why}.")
