"""The embedded cloud: the template of this repository, served by one process on one port of this machine.

moto answers for S3, SNS, SQS, EventBridge, IAM, CloudWatch Logs and Step Functions; the services it only pretends to
have (Lambda, SageMaker, API Gateway, rule targets) are ours and stand in front of it.
"""
