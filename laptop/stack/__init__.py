"""Deployment: the SAM template, translated by AWS's own translator, resolved, and made resource by resource."""
