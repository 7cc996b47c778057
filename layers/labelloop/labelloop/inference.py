"""A picture in, an answer out: JSON that Roboflow's clients read too, or the picture with the answer drawn on it."""

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from labelloop import algorithms, aws, endpoint, pictures
from labelloop.answer_size import BoundedFile, Budget
from labelloop.errors import MalformedPrediction, ModelFailed, NoModelYet, ProjectNotFound
from labelloop.inference_parameters import Parameters
from labelloop.inference_request import HttpRequest, Wanted, understand
from labelloop.palette import colours, hex_colour, mask_colours
from labelloop.pictures import Picture
from labelloop.prediction import Options, Prediction
from labelloop.projects import ProjectFolder, is_project_name
from labelloop.promotion import Promotion
from labelloop.segmentation import Segmentation, ensure_probabilities_fit
from labelloop.store import Store
from labelloop.tasks import Task

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

Json = dict[str, Any]


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer."""

    body: bytes
    content_type: str = "application/json"


class Service:
    """The HTTP API's two answers.

    Args:
        store: of the data bucket.
        runtime: asked with one attempt and a timeout below API Gateway's.
        data_bucket: where projects lie.
        promotion_seconds: how old the knowledge of which model answers may be.
        clock: monotonic, in seconds.
    """

    def __init__(
        self,
        store: Store,
        runtime: "SageMakerRuntimeClient",
        data_bucket: str,
        promotion_seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self._store, self._runtime, self._bucket = store, runtime, data_bucket
        self._promotion_seconds, self._clock = promotion_seconds, clock
        self._promoted: dict[str, tuple[float, Promotion]] = {}

    @aws.naming_errors()
    def infer(self, request: HttpRequest) -> Answer:
        """Answer `POST /v1/{project}/infer`.

        Raises:
            RequestError: one of its kinds.
            ServiceUnavailable: S3 or SageMaker does not answer now.
        """
        began = self._clock()
        promotion = self._promotion(request.project)
        wanted = understand(request, promotion, self._store, self._bucket)
        picture = pictures.read_picture(wanted.picture)
        chosen = self._ask(promotion, picture, wanted.parameters.options)
        if wanted.parameters.form == "png" and isinstance(chosen, Segmentation):
            return _mask(chosen, promotion)
        if wanted.media_type != "application/json":
            return _drawn(chosen.draw(picture.image, promotion.classes), wanted.media_type)
        told = chosen.to_json(picture.size, promotion.classes, request.id)
        seconds = {"time": round(self._clock() - began, 4)}
        body = msgspec.json.encode(_describe_answer(request, promotion, wanted, picture) | told | seconds)
        Budget("the answer", "Ask for fewer classes, or for less.").spend(len(body))
        return Answer(body)

    @aws.naming_errors()
    def describe(self, request: HttpRequest) -> Answer:
        """Answer `GET /v1/{project}`: what the project's model knows and where it comes from.

        Raises:
            ProjectNotFound: nothing of that name was ever put into the bucket.
            NoModelYet: the project's first model is not promoted yet.
            ServiceUnavailable: S3 does not answer now.
        """
        promotion = self._promotion(request.project)
        colours_of = mask_colours if promotion.task is Task.SEMANTIC_SEGMENTATION else colours
        named = zip(promotion.classes, colours_of(promotion.classes), strict=True)
        answer = {
            "model": _model(promotion),
            "classes": [
                {"class": name, "class_id": class_id, "color": hex_colour(colour)}
                for class_id, (name, colour) in enumerate(named)
            ],
            "metrics": promotion.metrics,
            "thresholds": Parameters.from_given({}, promotion.task, promotion.classes).thresholds(),
        }
        return Answer(msgspec.json.encode(answer))

    def _promotion(self, project: str) -> Promotion:
        known = self._promoted.get(project)
        if known and self._clock() - known[0] < self._promotion_seconds:
            return known[1]
        promotion = self._read_promotion(project)
        self._promoted[project] = (self._clock(), promotion)
        return promotion

    def _read_promotion(self, project: str) -> Promotion:
        if is_project_name(project):
            folder = ProjectFolder(self._bucket, project)
            promotion = Promotion.read(self._store, folder)
            if promotion is not None:
                return promotion
            if self._store.has_any(folder.root):
                raise NoModelYet(f"project {project} has no model yet.", hint="Its first run goes on, or it failed.")
        raise ProjectNotFound(
            f"there is no project {project[:64]!r}.", hint="Put a manifest into its inbox to begin it."
        )

    def _ask(self, promotion: Promotion, picture: Picture, options: Options) -> Prediction:
        classes = len(promotion.classes)
        if options.confidence_mask:
            ensure_probabilities_fit(picture.size, classes)
        algorithm = algorithms.algorithm_named(promotion.algorithm)
        try:
            return endpoint.ask(self._runtime, promotion.endpoint, algorithm, picture, options, classes)
        except MalformedPrediction as error:
            public = "The model answered in a form that is not its algorithm's."
            raise ModelFailed(error.message, public=public) from error


def _mask(segmentation: Segmentation, promotion: Promotion) -> Answer:
    body = segmentation.to_png(promotion.classes)
    Budget("the mask as PNG", "Send a smaller picture.").spend(len(body))
    return Answer(body, "image/png")


def _drawn(image: Any, media_type: str) -> Answer:
    hint = "Ask for image/jpeg or application/json, or send a smaller picture."
    file = BoundedFile(Budget("the drawn picture", hint))
    return Answer(pictures.encode(image, media_type.removeprefix("image/").upper(), file), media_type)


def _describe_answer(request: HttpRequest, promotion: Promotion, wanted: Wanted, picture: Picture) -> Json:
    return {
        "inference_id": request.id,
        "image": {
            "width": picture.size.width,
            "height": picture.size.height,
            "exif_orientation": picture.exif_orientation,
            "oriented": picture.exif_orientation != 1,
            "sha256": hashlib.sha256(wanted.picture).hexdigest(),
        },
        "model": _model(promotion),
        "thresholds": wanted.parameters.thresholds(),
    }


def _model(promotion: Promotion) -> Json:
    return {
        "project": promotion.project,
        "version": promotion.version,
        "task": promotion.task,
        "algorithm": promotion.algorithm,
        "endpoint": promotion.endpoint,
        "dataset": promotion.dataset,
        "promoted": promotion.promoted_at,
    }
