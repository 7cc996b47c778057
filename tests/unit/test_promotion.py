import json

import pytest
from labelloop.promotion import Promotion
from labelloop.store import Store

from tests.unit.documents import PROJECT, PROMOTION, replaced


def test_a_project_without_a_promoted_model_has_none(store: Store) -> None:
    assert Promotion.read(store, PROJECT) is None


@pytest.mark.parametrize("previous", [None, "shapes-ffffffffffff-1"])
def test_what_is_written_is_read(store: Store, previous: str | None) -> None:
    promotion = replaced(PROMOTION, previous=previous)
    store.write_json(PROJECT.promoted, promotion)
    assert Promotion.read(store, PROJECT) == promotion


def test_the_file_is_for_people_too(store: Store) -> None:
    store.write_json(PROJECT.promoted, PROMOTION)
    written = json.loads(store.read(PROJECT.promoted, limit=10_000))
    assert (written["task"], written["classes"]) == ("object-detection", ["circle", "square"])
