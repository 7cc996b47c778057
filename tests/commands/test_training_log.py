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
FIRST = Epoch(1, {"cross_entropy": 6.719, "smooth_l1": 2.664}, "mAP", 0.064)


def test_an_epoch_is_complete_when_it_is_scored() -> None:
    assert list(EpochReader().read(LOG)) == [FIRST]


def test_lines_may_come_in_parts() -> None:
    reader = EpochReader()
    found = [epoch for line in LOG for epoch in reader.read([line])]
    found += reader.read(["#quality_metric: host=algo-1, epoch=1, validation mAP <score>=(0.416)"])
    assert found == [FIRST, Epoch(2, {"cross_entropy": 3.043, "smooth_l1": 1.326}, "mAP", 0.416)]


@pytest.mark.parametrize(("written", "read"), [("(0.0)", 0.0), ("(1.25e-05)", 1.25e-05), ("0.5", 0.5)])
def test_numbers_as_the_built_ins_write_them(written: str, read: float) -> None:
    (epoch,) = EpochReader().read([f"#quality_metric: host=algo-1, epoch=0, validation mAP <score>={written}"])
    assert epoch.score == read
