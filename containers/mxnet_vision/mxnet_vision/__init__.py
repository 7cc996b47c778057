"""Open stand-ins for SageMaker's built-in MXNet vision algorithms: `python -m mxnet_vision train|serve`."""
