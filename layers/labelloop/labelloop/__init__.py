"""Labelloop's domain: from finished labels to a model that answers, as pure functions over typed values.

Nothing here knows Lambda's event shapes (`functions/` does) or the laptop (`laptop/` does).
"""
