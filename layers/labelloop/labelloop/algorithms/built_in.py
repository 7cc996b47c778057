"""What SageMaker's built-in vision algorithms have in common: where their images are, what they train on.

Source of the accounts: the SageMaker Python SDK's image_uri_config for object-detection, image-classification and
semantic-segmentation, which agree. Version 1 is the only one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from labelloop.algorithms.hyperparameters import Chosen
from labelloop.checks import dataset
from labelloop.errors import InvalidSettings, ManifestRefused
from labelloop.labels import Label
from labelloop.report import Report
from labelloop.settings import HyperparameterValue
from labelloop.tasks import Task

_ACCOUNTS = {
    "af-south-1": "455444449433",
    "ap-east-1": "286214385809",
    "ap-northeast-1": "501404015308",
    "ap-northeast-2": "306986355934",
    "ap-northeast-3": "867004704886",
    "ap-south-1": "991648021394",
    "ap-south-2": "628508329040",
    "ap-southeast-1": "475088953585",
    "ap-southeast-2": "544295431143",
    "ap-southeast-3": "951798379941",
    "ap-southeast-4": "106583098589",
    "ca-central-1": "469771592824",
    "ca-west-1": "190319476487",
    "cn-north-1": "390948362332",
    "cn-northwest-1": "387376663083",
    "eu-central-1": "813361260812",
    "eu-central-2": "680994064768",
    "eu-north-1": "669576153137",
    "eu-south-1": "257386234256",
    "eu-south-2": "104374241257",
    "eu-west-1": "685385470294",
    "eu-west-2": "644912444149",
    "eu-west-3": "749696950732",
    "il-central-1": "898809789911",
    "me-central-1": "272398656194",
    "me-south-1": "249704162688",
    "sa-east-1": "855470959533",
    "us-east-1": "811284229777",
    "us-east-2": "825641698319",
    "us-gov-east-1": "237065988967",
    "us-gov-west-1": "226302683700",
    "us-iso-east-1": "490574956308",
    "us-isob-east-1": "765400339828",
    "us-isof-east-1": "108575199400",
    "us-isof-south-1": "124985052026",
    "us-west-1": "632365934929",
    "us-west-2": "433757028032",
}
_SUFFIXES = {
    "cn": "amazonaws.com.cn",
    "us-iso": "c2s.ic.gov",
    "us-isob": "sc2s.sgov.gov",
    "us-isof": "csp.hci.ic.gov",
}
# https://docs.aws.amazon.com/sagemaker/latest/dg/object-detection.html and its two siblings
TRAINING_FAMILIES = ("p2", "p3", "g4dn", "g5")


FIXED = frozenset({"num_classes", "num_training_samples"})  # hyperparameters that follow from the dataset alone
MANIFEST_CONTENT_TYPE = "application/x-recordio"  # of an augmented manifest's channels


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIn:
    """A built-in algorithm but for its hyperparameters and answers; the fields are those of `Algorithm`."""

    name: str
    task: Task
    label_type: type[Label]
    repository: str
    metric_definitions: Mapping[str, str]
    from_scratch: Mapping[str, HyperparameterValue]
    content_type: str = MANIFEST_CONTENT_TYPE
    # Documented for detection are this alone on one page, image/jpeg and image/png on another.
    request_type: str = "application/x-image"

    def image(self, region: str) -> str:
        """The container image's URI in a region.

        Raises:
            InvalidSettings: SageMaker does not offer it there.
        """
        if region not in _ACCOUNTS:
            raise InvalidSettings(
                f"SageMaker has no {self.repository} image in {region}.",
                hint='Name an own one in project.json: {"image": "…"}.',
            )
        suffix = _SUFFIXES.get(region.rpartition("-")[0].rpartition("-")[0], "amazonaws.com")
        return f"{_ACCOUNTS[region]}.dkr.ecr.{region}.{suffix}/{self.repository}:1"

    def check_instance_type(self, instance_type: str) -> None:
        """Refuse instances that the image cannot train on.

        Raises:
            InvalidSettings: not a GPU instance of a family that the algorithm's page lists.
        """
        family = instance_type.split(".")[1]
        if family not in TRAINING_FAMILIES:
            raise InvalidSettings(
                f"project.json: {self.repository} does not train on {instance_type}.",
                hint=f"Take a GPU instance of the families {', '.join(TRAINING_FAMILIES)}, as ml.g4dn.xlarge.",
            )


def dataset_facts(report: Report) -> dict[str, Chosen]:
    """The hyperparameters that follow from the dataset alone."""
    return {
        "num_classes": Chosen(str(len(report.classes)), "derived", "classes of the dataset"),
        "num_training_samples": Chosen(str(report.train_samples), "derived", "lines of train.manifest"),
    }


def batch_size(most: int, samples: int) -> Chosen:
    """A batch: the most that is good, or all samples there are."""
    return Chosen(str(min(most, samples)), "derived", f"{most}, or all samples if fewer")


def check_batch_size(chosen: Mapping[str, Chosen], name: str, samples: int, of: str) -> None:
    """Refuse a batch of more than all samples of a channel.

    Args:
        chosen: the hyperparameters.
        name: the one that is the batch's size.
        samples: how many the channel has.
        of: the channel's kind of samples: `training` or `validation`.

    Raises:
        ManifestRefused: it is larger.
    """
    if int(chosen[name].value) > samples:
        message = f"{name} is {chosen[name].value}, and there are {samples} {of} samples"
        raise ManifestRefused(dataset.BATCH_LARGER_THAN_SAMPLES, message, value=int(chosen[name].value))
