# Every target does its own set-up. Needs make and Python 3.11 or newer; uv is fetched into the checkout if it is not there.
.DEFAULT_GOAL := help
UV := $(or $(shell command -v uv),.uv/bin/uv)
UV_HERE := $(filter .uv/bin/uv,$(UV))
PYTHON := .venv/bin/python
SAM := SAM_CLI_TELEMETRY=0 PATH="$(CURDIR)/.venv/bin:$$PATH" .envs/sam/bin/sam

help:         ## what can be done here
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' Makefile | expand -t 14

demo: setup   ## labels in, a model that answers out, on this machine (about two minutes)
	.venv/bin/labelloop demo --no-keep $(ARGS)
up: setup     ## the same, and the cloud and its endpoint stay up until Ctrl-C
	.venv/bin/labelloop demo --keep $(ARGS)
test: setup   ## all tests
	$(PYTHON) -m pytest --cov $(ARGS)
oracles: setup .envs/oracles/.ready   ## our decoders against protobuf, the SageMaker SDK and MXNet
	$(PYTHON) -m pytest -m oracles tests/oracles $(ARGS)
bench: setup .envs/oracles/.ready   ## our decoders and a cold start, measured against the obvious ways; JSON
	$(PYTHON) -m tests.bench
check: setup .envs/sam/.ready   ## style, types, template
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && AWS_DEFAULT_REGION=us-east-1 $(SAM) validate --lint

build: setup .envs/sam/.ready   ## what goes to AWS, in .aws-sam
	$(SAM) build
deploy: build   ## the stack to AWS, with a look at the changes first
	$(SAM) deploy --guided
destroy: .envs/sam/.ready   ## take the stack away; the data bucket and endpoints stay
	$(SAM) delete

setup: .venv/.ready .envs/mxnet_vision/.ready   ## the environments of ours and of the container

.uv/bin/uv:
	python3 -m venv .uv && .uv/bin/pip install --quiet --disable-pip-version-check uv

.venv/.ready: requirements/dev.txt pyproject.toml | $(UV_HERE)
	$(UV) venv --quiet --allow-existing --python 3.13 .venv
	$(UV) pip install --quiet --python $(PYTHON) --requirement requirements/dev.txt
	$(UV) pip install --quiet --python $(PYTHON) --no-deps --editable .
	touch $@

.envs/mxnet_vision/.ready: containers/mxnet_vision/requirements.txt | $(UV_HERE)
	$(UV) venv --quiet --allow-existing --python 3.11 .envs/mxnet_vision
	$(UV) pip install --quiet --python .envs/mxnet_vision/bin/python --requirement $<
	touch $@

.envs/oracles/.ready: requirements/oracles.txt | $(UV_HERE)
	$(UV) venv --quiet --allow-existing --python 3.13 .envs/oracles
	$(UV) pip install --quiet --python .envs/oracles/bin/python --no-deps --requirement $<
	touch $@

.envs/sam/.ready: requirements/sam.txt | $(UV_HERE)
	$(UV) venv --quiet --allow-existing --python 3.13 .envs/sam
	$(UV) pip install --quiet --python .envs/sam/bin/python --requirement $<
	touch $@

COMPILE = $(UV) pip compile --quiet --upgrade --python-version 3.13 --no-emit-index-url --custom-compile-command 'make requirements'
requirements: | $(UV_HERE)   ## newest versions that fit together, written into requirements/*.txt
	$(COMPILE) requirements/dev.in --output-file requirements/dev.txt
	$(COMPILE) requirements/sam.in --output-file requirements/sam.txt
	$(COMPILE) --no-deps requirements/oracles.in --output-file requirements/oracles.txt

.PHONY: help demo up test oracles bench check build deploy destroy setup requirements
