"""What Triton's example of an image client asks and relies on, over both of its protocols: it learns
of the model from metadata and configuration alone, and has the server name the classes."""

import io
import queue
from types import SimpleNamespace

import numpy as np
import pytest
import tritonclient.grpc as over_grpc
import tritonclient.http as over_http
from conftest import MODEL, indices, labels
from PIL import Image
from tritonclient.grpc.model_config_pb2 import ModelInput
from tritonclient.utils import triton_to_np_dtype


def described_over_http(client):
    metadata, config = client.get_model_metadata(MODEL), client.get_model_config(MODEL)
    (given,), (wanted,), (configured,) = metadata["inputs"], metadata["outputs"], config["input"]
    return SimpleNamespace(
        batches=config["max_batch_size"] > 0,
        planar=configured["format"] == "FORMAT_NCHW",
        input=given["name"],
        shape=given["shape"],
        datatype=given["datatype"],
        output=wanted["name"],
        output_shape=wanted["shape"],
        output_datatype=wanted["datatype"],
    )


def described_over_grpc(client):
    metadata, config = client.get_model_metadata(MODEL), client.get_model_config(MODEL).config
    (given,), (wanted,), (configured,) = metadata.inputs, metadata.outputs, config.input
    return SimpleNamespace(
        batches=config.max_batch_size > 0,
        planar=configured.format == ModelInput.FORMAT_NCHW,
        input=given.name,
        shape=list(given.shape),
        datatype=given.datatype,
        output=wanted.name,
        output_shape=list(wanted.shape),
        output_datatype=wanted.datatype,
    )


def prepared(picture: bytes, model) -> np.ndarray:
    """As the example does it by `-s INCEPTION`, which is not quite what this model was trained with."""
    _, height, width = model.shape[1:]
    image = Image.open(io.BytesIO(picture)).convert("RGB").resize((width, height), Image.BILINEAR)
    pixels = np.array(image).astype(triton_to_np_dtype(model.datatype)) / 127.5 - 1
    return pixels.transpose(2, 0, 1)


def asked(module, model, batch, classes):
    value = module.InferInput(model.input, batch.shape, model.datatype)
    value.set_data_from_numpy(batch)
    return [value], [module.InferRequestedOutput(model.output, class_count=classes)]


def once_http(client, inputs, outputs):
    yield client.infer(MODEL, inputs, request_id="1", model_version="", outputs=outputs)
    yield client.async_infer(MODEL, inputs, request_id="2", outputs=outputs).get_result()


def once_grpc(client, inputs, outputs):
    yield client.infer(MODEL, inputs, request_id="1", model_version="", outputs=outputs)
    answers = queue.Queue()
    told = lambda result, error: answers.put((result, error))  # noqa: E731
    client.async_infer(MODEL, inputs, told, request_id="2", outputs=outputs)
    client.start_stream(told)
    client.async_stream_infer(MODEL, inputs, request_id="3", outputs=outputs)
    for _ in range(2):
        result, error = answers.get(timeout=60)
        assert error is None
        yield result
    client.stop_stream()


WAYS = [
    (over_http, "http", described_over_http, once_http),
    (over_grpc, "grpc", described_over_grpc, once_grpc),
]


@pytest.mark.parametrize("module, protocol, describe, ask", WAYS, ids=["http", "grpc"])
def test_the_example_finds_what_it_needs_and_names_the_flags(
    server, pictures, expected, module, protocol, describe, ask
):
    with module.InferenceServerClient(getattr(server, protocol)) as client:
        model = describe(client)
        assert model.batches and model.planar
        assert (len(model.shape), len(model.output_shape)) == (4, 2)
        assert model.output_datatype == "FP32"
        batch = np.stack([prepared(picture, model) for picture in pictures]).astype(np.float32)
        for answer in ask(client, *asked(module, model, batch, 3)):
            rows = answer.as_numpy(model.output)
            assert rows.shape == (len(pictures), 3)
            parts = [row[0].decode().split(":", 2) for row in rows]
            assert [int(index) for _, index, _ in parts] == indices(expected)
            assert [label for _, _, label in parts] == labels(expected)
