"""The process that surveys a part of a manifest for `surveying`: a pickled plan on standard input, the result back."""

import pickle
import sys

from labelloop.surveying import survey_part

if __name__ == "__main__":
    pickle.dump(survey_part(*pickle.load(sys.stdin.buffer)), sys.stdout.buffer)  # noqa: S301 - from our own process
