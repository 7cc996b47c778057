"""The laptop cloud part by part. A package, so that its cloud ends before that of another folder begins."""
