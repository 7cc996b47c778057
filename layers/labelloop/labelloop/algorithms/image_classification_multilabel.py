"""SageMaker's built-in image classification, with any number of classes per picture.

Ground Truth lists class ids, the algorithm expects a vector of zeros and ones unless the channel's content type says
otherwise. Source: https://docs.aws.amazon.com/sagemaker/latest/dg/image-classification.html, "Augmented Manifest"
"""

from labelloop.algorithms import image_classification
from labelloop.algorithms.built_in import MANIFEST_CONTENT_TYPE
from labelloop.classes import ClassSet
from labelloop.labels.classes import ClassListLabel
from labelloop.tasks import Task

ALGORITHM = image_classification.ImageClassification(
    name="image-classification-multilabel",
    task=Task.IMAGE_CLASSIFICATION_MULTILABEL,
    label_type=ClassListLabel,
    repository=image_classification.REPOSITORY,
    metric_definitions=image_classification.METRIC_DEFINITIONS,
    from_scratch=image_classification.FROM_SCRATCH,
    content_type=f"{MANIFEST_CONTENT_TYPE}; label-format=class-id",
    multi_label=True,
    prediction_type=ClassSet,
)
