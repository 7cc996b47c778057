import pytest

from tests.architecture.repository import ROOT, pins

LAYERS = sorted(path.name for path in (ROOT / "layers").iterdir())


@pytest.mark.parametrize("layer", LAYERS)
def test_tests_run_with_the_versions_that_are_deployed(layer: str) -> None:
    deployed = pins(ROOT / "layers" / layer / "requirements.txt")
    assert deployed
    assert deployed.items() <= pins(ROOT / "requirements/dev.txt").items()


@pytest.mark.parametrize("layer", LAYERS)
def test_every_requirement_of_a_layer_is_pinned(layer: str) -> None:
    text = (ROOT / "layers" / layer / "requirements.txt").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(lines) == len(pins(ROOT / "layers" / layer / "requirements.txt"))


def test_no_requirement_file_says_where_packages_come_from() -> None:
    files = [path for path in ROOT.rglob("requirements*/*.txt") if not set(path.parts) & {".venv", ".envs"}]
    files += [ROOT / "layers" / layer / "requirements.txt" for layer in LAYERS]
    files += list((ROOT / "containers").glob("*/requirements.txt"))
    assert [path for path in files if "://" in path.read_text() or "--index" in path.read_text()] == []
