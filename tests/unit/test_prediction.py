from labelloop.detections import Detections
from labelloop.prediction import Options, Prediction


def test_a_client_gets_all_classes_unless_it_names_some() -> None:
    assert Options(confidence=0.5, iou=0.5, max_detections=10).class_ids is None


def test_detections_are_a_prediction() -> None:
    prediction: Prediction = Detections(())  # the type checker sees to the rest
    assert len(prediction) == 0
