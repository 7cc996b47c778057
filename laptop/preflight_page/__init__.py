"""The page of `labelloop preflight --html`: one file with all that was found and what the dataset looks like."""
