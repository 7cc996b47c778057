import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import PACKAGE, ROOT, importable, imports, python_files, resources, template

STDLIB = sys.stdlib_module_names
AWS_SDK = {"boto3", "botocore"}  # every Lambda runtime brings it
PIXELS = {"numpy", "PIL", "pycocotools"}
TOUCH_PIXELS = {
    "drawing.py", "mask_checks/file.py", "mask_checks/listed_colours.py", "mask_checks/pixels.py", "masks.py",
    "picture_checks/header.py", "picture_checks/near_duplicates.py", "pictures.py", "png.py", "protobuf_wire.py",
    "record.py", "regions.py", "segmentation.py",
}  # fmt: skip
FUNCTIONS = resources("AWS::Serverless::Function")


def declared() -> set[str]:
    return {name for layer in sorted((ROOT / "layers").iterdir()) for name in importable(layer / "requirements.txt")}


def test_the_package_imports_the_standard_library_and_what_its_layers_declare() -> None:
    allowed = STDLIB | declared() | AWS_SDK | {"labelloop"}
    assert {path.name: extra for path in python_files("layers") if (extra := imports(path) - allowed)} == {}


def test_functions_import_the_package_and_powertools() -> None:
    allowed = STDLIB | {"labelloop", "aws_lambda_powertools"}
    assert {path.parent.name: extra for path in python_files("functions") if (extra := imports(path) - allowed)} == {}


@pytest.mark.parametrize("container", sorted(path.name for path in (ROOT / "containers").iterdir() if path.is_dir()))
def test_a_container_imports_nothing_of_ours_but_itself(container: str) -> None:
    folder = ROOT / "containers" / container
    declares = {"mxnet", "numpy", "PIL"}  # of another environment, so what is installed here does not tell
    assert {name for path in folder.rglob("*.py") for name in imports(path)} <= STDLIB | declares | {container}


def test_nothing_in_the_cloud_imports_functions_laptop_or_tests() -> None:
    cloud = python_files("layers", "functions", "containers")
    assert [path for path in cloud if imports(path) & {"functions", "laptop", "tests"}] == []


def test_the_laptop_imports_no_function_and_no_test() -> None:
    assert [path for path in python_files("laptop") if imports(path) & {"functions", "tests", "app"}] == []


def test_only_aws_imports_boto3() -> None:
    assert [path.name for path in python_files("layers", "functions") if imports(path) & AWS_SDK] == ["aws.py"]


def test_only_modules_that_touch_pixels_import_picture_libraries() -> None:
    found = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if imports(path) & PIXELS}
    assert found == TOUCH_PIXELS


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_handler_loads_picture_libraries_only_with_the_imaging_layer(function: str) -> None:
    properties = FUNCTIONS[function]["Properties"]
    layers = template()["Globals"]["Function"]["Layers"] + properties.get("Layers", [])
    loaded = loaded_by(ROOT / properties["CodeUri"])
    assert "labelloop" in loaded
    assert bool(loaded & PIXELS) == ({"Ref": "ImagingLayer"} in layers)


def loaded_by(function: Path) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded once the handler is."""
    code = "import app, json, sys; print(json.dumps([name for name in sys.modules if '.' not in name]))"
    environment = {"PYTHONPATH": str(PACKAGE.parent), "AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=function, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))
