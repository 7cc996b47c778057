"""Somebody who listens to the stack's topic."""

import json
import time
from typing import Any

from laptop.cloud import Cloud

PATIENCE_SECONDS = 10


class Subscriber:
    """A queue that is subscribed to the topic, and what has come through it."""

    def __init__(self, cloud: Cloud) -> None:
        self._sqs = cloud.session.sqs
        self._url = self._sqs.create_queue(QueueName="subscriber")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        cloud.session.sns.subscribe(TopicArn=cloud.outputs["TopicArn"], Protocol="sqs", Endpoint=arn)
        self._texts: list[str] = []

    def text_about(self, words: str) -> str:
        """The newest notice that holds these words."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            self._receive()
            found = [text for text in self._texts if words in text]
            if found:
                return found[-1]
            time.sleep(0.1)
        raise TimeoutError(f"nothing was told of {words!r}")

    def about(self, words: str) -> Any:
        """The same, of a notice in JSON."""
        return json.loads(self.text_about(words))

    def _receive(self) -> None:
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                self._texts.append(json.loads(message["Body"])["Message"])
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
