"""The laptop cloud: one process, one port, the template deployed."""

import os
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar, Self

from werkzeug.wrappers import Request, Response

from laptop.aws_lambda.service import LambdaService
from laptop.children import Children, child_environment
from laptop.containers import Containers
from laptop.event_bus import EventBus
from laptop.front import Front
from laptop.log_streams import LogWriter
from laptop.rest_api import RestApi
from laptop.sagemaker.service import SageMaker
from laptop.session import Session, without_user_aws
from laptop.stack.resources import Resources, Surroundings
from laptop.stack.stack import Stack
from laptop.stack.template import translate
from laptop.step_functions import mend_interpreter
from laptop.timing import Timing
from laptop.wsgi import WsgiApp

STACK = "labelloop"


class Cloud:
    """AWS as far as the template needs it, on 127.0.0.1. Make one with `Cloud.start`; one per process.

    Attributes:
        url: where every service answers, and the HTTP API.
        outputs: the template's outputs.
        skipped: logical id to type of the resources that were not made.
        session: clients of this cloud.
        sagemaker: to play labeling jobs.
        functions: to look at the deployed functions.
    """

    _running: ClassVar[str] = ""

    def __init__(
        self, template: Path, port: int, containers: Containers, echo: Callable[[str], None] | None, timing: Timing
    ) -> None:
        if Cloud._running:
            raise RuntimeError(f"a cloud of this process listens at {Cloud._running}; moto's state allows only one")
        self.skipped: dict[str, str] = {}
        self.outputs: dict[str, str] = {}
        self._template = template
        self._timing = timing
        with ExitStack() as closing:
            closing.enter_context(without_user_aws(os.environ))
            self._front = front = _front(port)
            closing.callback(front.close)
            self.url = front.url
            self.session = Session(self.url)
            self._start_services(containers, echo, closing)
            self._closing = closing.pop_all()
        Cloud._running = self.url

    def _start_services(self, containers: Containers, echo: Callable[[str], None] | None, closing: ExitStack) -> None:
        children = Children()
        closing.callback(children.close)
        logs = LogWriter(self.session, echo)
        closing.callback(logs.close)
        environment = child_environment(self.url, children.home)
        self.functions = LambdaService(children, environment, logs, self._timing.async_retries)
        closing.callback(self.functions.close)
        self.sagemaker = SageMaker(self.session, containers, children, environment, logs, self._timing)
        closing.callback(self.sagemaker.close)
        self._bus = self._event_bus()
        closing.callback(self._bus.close)
        self._front.services = {"lambda": self.functions, "sagemaker": self.sagemaker}
        self._front.after = self._bus.after_request

    @classmethod
    def start(
        cls,
        *,
        template: Path,
        port: int = 0,
        parameters: Mapping[str, str] | None = None,
        containers: Containers | None = None,
        echo: Callable[[str], None] | None = None,
        timing: Timing | None = None,
    ) -> "Cloud":
        """Listen and deploy.

        Args:
            template: the SAM template; paths in it are relative to its folder.
            port: 0 takes a free one.
            parameters: of the template, where they differ from its defaults.
            containers: what can be trained and served; None takes those of the template's folder.
            echo: is given a line at a time what functions and containers print, and what was decided.
            timing: limits, where they differ from AWS's.

        Raises:
            RuntimeError: this process has a cloud already.
            FileNotFoundError: no way to run the containers.
            OSError: the port is taken.
        """
        template = template.resolve()
        containers = containers or Containers.of_repository(template.parent)
        cloud = cls(template, port, containers, echo, timing or Timing())
        try:
            if echo and containers.note:
                echo(containers.note)
            cloud._deploy(parameters or {})
        except BaseException:
            cloud.close()
            raise
        return cloud

    def close(self) -> None:
        """Stop listening and leave nothing: no process, no thread, no folder."""
        self._closing.close()
        if Cloud._running == self.url:
            _forget_moto_state()
            Cloud._running = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _deploy(self, parameters: Mapping[str, str]) -> None:
        mend_interpreter(self.url)
        around = Surroundings(
            self.session, self._template.parent, self.functions.add, self._tell_of_failures, self._bus.connect
        )
        resources = Resources(STACK, around)
        stack = Stack(translate(self._template, parameters), parameters, resources)
        self.outputs = stack.deploy(self.url)
        self.skipped = resources.skipped
        apis = [
            RestApi(api_id, api.stage, api.body, self.functions.invoke, self._timing.integration)
            for api_id, api in resources.apis.items()
        ]
        for api in apis:
            self._closing.callback(api.close)
            self._front.api = _answered_by(api)

    def _tell_of_failures(self, function: str, topic: str) -> None:
        sns = self.session.sns
        self.functions.on_failure(function, lambda record: sns.publish(TopicArn=topic, Message=record))

    def _event_bus(self) -> EventBus:
        stepfunctions = self.session.stepfunctions

        def start_execution(machine: str, text: str) -> None:
            stepfunctions.start_execution(stateMachineArn=machine, name=str(uuid.uuid4()), input=text)

        def invoke(function: str, text: str) -> None:
            self.functions.invoke_event(function, text.encode())

        return EventBus(self.session, {"states": start_execution, "lambda": invoke})


def _front(port: int) -> Front:
    os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "true"  # no page of another site may read from the cloud
    front = Front(port, _moto)
    os.environ["MOTO_PORT"] = str(front.port)  # moto's state machines call this port of localhost
    front.start()
    return front


def _moto() -> WsgiApp:
    from moto.core.config import default_user_config
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    default_user_config["lambda"] = {"use_docker": False}
    application: WsgiApp = DomainDispatcherApplication(create_backend_app)
    return application


def _forget_moto_state() -> None:
    from moto.core.base_backend import BackendDict

    BackendDict.reset()


def _answered_by(api: RestApi) -> Callable[[Request], Response | None]:
    return lambda request: api(request) if api.serves(request) else None
