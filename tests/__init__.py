"""The tests. A package, so that folders of it can be packages too: see `tests/laptop`."""
