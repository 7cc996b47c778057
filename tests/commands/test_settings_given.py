from pathlib import Path

import pytest
from labelloop.errors import InvalidSettings

from laptop.commands.settings_given import naming


@pytest.mark.parametrize(
    ("path", "message"),
    [(Path("my.json"), "my.json: wrong, project.json"), (None, "project.json: wrong, project.json")],
)
def test_errors_name_the_file_that_was_given(path: Path | None, message: str) -> None:
    with pytest.raises(InvalidSettings) as caught, naming(path):
        raise InvalidSettings("project.json: wrong, project.json", hint="Do.")
    assert (caught.value.message, caught.value.hint) == (message, "Do.")
