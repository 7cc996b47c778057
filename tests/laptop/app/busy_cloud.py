"""A cloud with a worker, a worker's own child and an endpoint; `close` on stdin ends it and starts another."""

import json
import sys
import threading
import uuid
from pathlib import Path
from typing import Any

import psutil

from laptop.cloud import Cloud
from laptop.containers import Containers
from tests.laptop.conftest import APP, STUB, TIMING, eventually
from tests.laptop.jobs import make_endpoint, put_model


def start() -> Cloud:
    return Cloud.start(template=APP / "template.yaml", containers=Containers({"stub": STUB}), timing=TIMING)


def say(report: Any) -> None:
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


def use(cloud: Cloud) -> dict[str, Any]:
    """Make it start every kind of child; a report of what there is."""
    session, outputs = cloud.session, cloud.outputs
    grandchild = invoke(cloud, {"do": "spawn"})
    described = invoke(cloud, {"do": "describe"})["environment"]
    endpoint = make_endpoint(cloud, put_model(cloud, "served"))["EndpointName"]
    body = session.sagemaker_runtime.invoke_endpoint(EndpointName=endpoint, Body=b"")["Body"].read()
    arn = session.stepfunctions.start_execution(
        stateMachineArn=outputs["StateMachineArn"],
        name=uuid.uuid4().hex,
        input=json.dumps({"do": "publish", "message": "hello"}),
    )["executionArn"]
    describe = session.stepfunctions.describe_execution
    status = eventually(lambda: s if (s := describe(executionArn=arn)["status"]) != "RUNNING" else None)
    return {
        "served": body[:6].decode(),
        "status": status,
        "keys": sorted({value for name, value in described.items() if name == "AWS_ACCESS_KEY_ID"}),
        "folder": str(Path(described["HOME"]).parent),
        "pids": sorted({grandchild, *(child.pid for child in psutil.Process().children(recursive=True))}),
    }


def invoke(cloud: Cloud, event: Any) -> Any:
    answer = cloud.session.lambda_.invoke(FunctionName=cloud.outputs["AnswerName"], Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


def main() -> None:
    cloud = start()
    say(use(cloud))
    sys.stdin.readline()
    cloud.close()
    after = {
        "threads": [thread.name for thread in threading.enumerate() if not thread.daemon],
        "children": [child.pid for child in psutil.Process().children(recursive=True)],
    }
    with start() as second:
        say(after | {"buckets": len(second.session.s3.list_buckets()["Buckets"])})


if __name__ == "__main__":
    main()
