"""SageMaker: training jobs and endpoints that are real processes, labeling jobs that can be played."""
