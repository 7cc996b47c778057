import pytest

from laptop.commands.training_log import Epoch, EpochReader

LOG = """\
[12/20/2026 10:00:00 INFO 140245] Number of GPUs: 0
#quality_metric: host=algo-1, epoch=0, batch=16 train cross_entropy <loss>=(6.719000)
#quality_metric: host=algo-1, epoch=0, batch=16 train smooth_l1 <loss>=(2.664000)
#throughput_metric: host=algo-1, train throughput=96.500 records/second
#quality_metric: host=algo-1, epoch=0, validation mAP <score>=(0.064000)
#progress_metric: host=algo-1, completed 50 %
#quality_metric: host=algo-1, epoch=1, batch=16 train cross_entropy <loss>=3.043
#quality_metric: host=algo-1, epoch=1, batch=16 train smooth_l1 <loss>=1.326
""".splitlines()
CLASSIFICATION_LOG = """\
[12/20/2026 10:00:00 INFO 140245] Epoch[0] Batch [20]#011Speed: 60.11 samples/sec#011accuracy=0.308036
Epoch[0] Train-accuracy=0.375000
Epoch[0] Time cost=40.000
Epoch[0] Validation-accuracy=0.771429
Storing the best model with validation accuracy: 0.771429
""".splitlines()
SEGMENTATION_LOG = """\
#quality_metric: host=algo-1, epoch=0, batch=16 train loss <loss>=1.412000
#quality_metric: host=algo-1, epoch=0, validation mIOU <score>=(0.281000)
#quality_metric: host=algo-1, epoch=0, validation pixel_accuracy <score>=(0.771000)
#throughput_metric: host=algo-1, validation throughput=96.500 records/second
#quality_metric: host=algo-1, epoch=1, validation mIOU <score>=(0.312000)
#quality_metric: host=algo-1, epoch=1, validation pixel_accuracy <score>=(0.802000)
""".splitlines()
FIRST = Epoch(1, {"cross_entropy": 6.719, "smooth_l1": 2.664}, "mAP", 0.064)


def test_an_epoch_is_complete_when_it_is_scored() -> None:
    assert list(EpochReader().read(LOG)) == [FIRST]


def test_classification_writes_lines_of_its_own() -> None:
    assert list(EpochReader().read(CLASSIFICATION_LOG)) == [Epoch(1, {"accuracy": 0.375}, "accuracy", 0.771429)]


def test_of_several_scores_the_first_is_the_epochs() -> None:
    wanted = [Epoch(1, {"loss": 1.412}, "mIOU", 0.281), Epoch(2, {}, "mIOU", 0.312)]
    assert list(EpochReader().read(SEGMENTATION_LOG)) == wanted


def test_lines_may_come_in_parts() -> None:
    reader = EpochReader()
    found = [epoch for line in LOG for epoch in reader.read([line])]
    found += reader.read(["#quality_metric: host=algo-1, epoch=1, validation mAP <score>=(0.416)"])
    assert found == [FIRST, Epoch(2, {"cross_entropy": 3.043, "smooth_l1": 1.326}, "mAP", 0.416)]


@pytest.mark.parametrize(("written", "read"), [("(0.0)", 0.0), ("(1.25e-05)", 1.25e-05), ("0.5", 0.5)])
def test_numbers_as_the_built_ins_write_them(written: str, read: float) -> None:
    (epoch,) = EpochReader().read([f"#quality_metric: host=algo-1, epoch=0, validation mAP <score>={written}"])
    assert epoch.score == read
