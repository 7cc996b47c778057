# Every target does its own set-up. Needs make and Python 3.11 or newer; uv is fetched into the checkout if it is not there.
.DEFAULT_GOAL := help
UV := $(shell command -v uv || echo .uv/bin/uv)
PYTHON := .venv/bin/python

help:            ## what can be done here
	@grep -hE '^[a-z-]+: .*##|^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

setup: .venv/.ready .envs/mxnet_vision/.ready   ## the two environments: ours and the container's

.uv/bin/uv:
	python3 -m venv .uv && .uv/bin/pip install --quiet uv

.venv/.ready: requirements/dev.txt pyproject.toml $(filter-out $(shell command -v uv),$(UV))
	$(UV) venv --quiet --allow-existing --python 3.13 .venv
	$(UV) pip install --quiet --python $(PYTHON) --requirement requirements/dev.txt
	$(UV) pip install --quiet --python $(PYTHON) --no-deps --editable .
	touch $@

.envs/mxnet_vision/.ready: containers/mxnet_vision/requirements.txt $(filter-out $(shell command -v uv),$(UV))
	$(UV) venv --quiet --allow-existing --python 3.11 .envs/mxnet_vision
	$(UV) pip install --quiet --python .envs/mxnet_vision/bin/python --requirement $<
	touch $@

.envs/sam/.ready: requirements/sam.txt $(filter-out $(shell command -v uv),$(UV))
	$(UV) venv --quiet --allow-existing --python 3.13 .envs/sam
	$(UV) pip install --quiet --python .envs/sam/bin/python --requirement $<
	touch $@

.PHONY: help setup
