"""Every call of tritonclient.http that is not about shared memory."""

import asyncio

import ml_dtypes
import numpy as np
import pytest
import requests
import tritonclient.http as triton
import tritonclient.http.aio as aio
from conftest import MODEL, best, indices, labels
from tritonclient.utils import InferenceServerException


@pytest.fixture(scope="module")
def client(server):
    with triton.InferenceServerClient(server.http) as client:
        yield client


def tensor_input(tensor, datatype="FP32", binary=True):
    value = triton.InferInput("input", list(tensor.shape), datatype)
    value.set_data_from_numpy(tensor, binary_data=binary)
    return value


def bytes_input(pictures, name="input"):
    value = triton.InferInput(name, [len(pictures)], "BYTES")
    value.set_data_from_numpy(np.array(pictures, dtype=np.object_))
    return value


def test_health_and_metadata(client):
    assert client.is_server_live() and client.is_server_ready()
    assert client.is_model_ready(MODEL) and client.is_model_ready(MODEL, "1")
    assert not client.is_model_ready("nope") and not client.is_model_ready(MODEL, "2")
    server = client.get_server_metadata()
    assert server["name"] == "vitrine" and "binary_tensor_data" in server["extensions"]
    model = client.get_model_metadata(MODEL, "1")
    assert [tensor["name"] for tensor in model["inputs"]] == ["input"]
    assert [tensor["datatype"] for tensor in model["outputs"]] == ["FP32"]
    config = client.get_model_config(MODEL)
    assert config["max_batch_size"] > 1 and config["input"][0]["format"] == "FORMAT_NCHW"
    index = client.get_model_repository_index()
    assert {"name": MODEL, "version": "1", "state": "READY", "reason": ""} in index


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False, None])
def test_infer(client, tensor, expected, binary_in, binary_out):
    outputs = None
    if binary_out is not None:
        outputs = [triton.InferRequestedOutput("probabilities", binary_data=binary_out)]
    answer = client.infer(
        MODEL, [tensor_input(tensor, binary=binary_in)], outputs=outputs, request_id="seven"
    )
    probabilities = answer.as_numpy("probabilities")
    assert best(probabilities) == indices(expected)
    assert np.allclose(probabilities.max(axis=1), [e[0]["probability"] for e in expected], atol=1e-4)
    assert answer.get_response()["id"] == "seven"


def test_every_way_gives_the_same_probabilities(client, tensor, pictures):
    by_tensor = client.infer(MODEL, [tensor_input(tensor)]).as_numpy("probabilities")
    for name in ("input", "image"):
        by_picture = client.infer(MODEL, [bytes_input(pictures, name)]).as_numpy("probabilities")
        assert np.allclose(by_tensor, by_picture, atol=1e-4)
    pixels = np.rint((tensor * np.float32(0.25) + np.float32(0.5)) * 255).astype(np.uint8)
    for layout in (pixels, pixels.transpose(0, 2, 3, 1).copy()):
        answer = client.infer(MODEL, [tensor_input(layout, "UINT8")]).as_numpy("probabilities")
        assert np.allclose(by_tensor, answer, atol=1e-4)
    half = client.infer(MODEL, [tensor_input(tensor.astype(np.float16), "FP16")])
    assert np.allclose(by_tensor, half.as_numpy("probabilities"), atol=0.01)
    brain = client.infer(MODEL, [tensor_input(tensor.astype(ml_dtypes.bfloat16), "BF16")]).as_numpy("probabilities")
    assert best(brain) == best(by_tensor)


def test_logits_on_request(client, tensor, expected):
    outputs = [triton.InferRequestedOutput(name) for name in ("logits", "probabilities")]
    answer = client.infer(MODEL, [tensor_input(tensor)], outputs=outputs)
    assert [output["name"] for output in answer.get_response()["outputs"]] == ["logits", "probabilities"]
    assert best(answer.as_numpy("logits")) == indices(expected)


@pytest.mark.parametrize("binary", [True, False])
def test_classification(client, tensor, expected, binary):
    outputs = [triton.InferRequestedOutput("probabilities", binary_data=binary, class_count=3)]
    answer = client.infer(MODEL, [tensor_input(tensor)], outputs=outputs)
    classes = answer.as_numpy("probabilities")
    assert classes.shape == (2, 3)
    for row, predictions in zip(classes, expected):
        for word, prediction in zip(row, predictions):
            value, index, label = (word.decode() if binary else word).split(":", 2)
            assert (int(index), label) == (prediction["index"], prediction["label"])
            assert float(value) == pytest.approx(prediction["probability"], abs=1e-4)


@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
def test_compression(client, tensor, expected, algorithm):
    answer = client.infer(
        MODEL,
        [tensor_input(tensor)],
        request_compression_algorithm=algorithm,
        response_compression_algorithm=algorithm,
    )
    assert best(answer.as_numpy("probabilities")) == indices(expected)


def test_the_answer_is_compressed_as_asked(server, tensor):
    body, length = triton.InferenceServerClient.generate_request_body([tensor_input(tensor)])
    headers = {"Inference-Header-Content-Length": str(length), "Accept-Encoding": "gzip"}
    answer = requests.post(f"{server.url}/v2/models/{MODEL}/infer", body, headers=headers, timeout=60)
    assert answer.headers["Content-Encoding"] == "gzip"


def test_asynchronous(client, tensor, expected):
    waiting = [client.async_infer(MODEL, [tensor_input(tensor)]) for _ in range(4)]
    for request in waiting:
        assert best(request.get_result().as_numpy("probabilities")) == indices(expected)


def test_timeout_and_priority(client, tensor, expected):
    answer = client.infer(MODEL, [tensor_input(tensor)], priority=1, timeout=20_000_000)
    assert best(answer.as_numpy("probabilities")) == indices(expected)
    with pytest.raises(InferenceServerException) as late:
        client.infer(MODEL, [tensor_input(tensor)], timeout=1)
    assert late.value.status() == "504"


def test_static_bodies_and_parsing(client, server, tensor, expected):
    body, length = client.generate_request_body([tensor_input(tensor)])
    headers = {"Inference-Header-Content-Length": str(length)}
    answer = requests.post(f"{server.url}/v2/models/{MODEL}/infer", body, headers=headers, timeout=60)
    assert answer.status_code == 200
    length = int(answer.headers["Inference-Header-Content-Length"])
    parsed = client.parse_response_body(answer.content, header_length=length)
    assert best(parsed.as_numpy("probabilities")) == indices(expected)


@pytest.mark.parametrize("kind", ["tensor", "picture"])
def test_raw_request(server, tensor, picture, expected, kind):
    body = tensor[0].tobytes() if kind == "tensor" else picture
    headers = {"Inference-Header-Content-Length": "0"}
    answer = requests.post(f"{server.url}/v2/models/{MODEL}/infer", body, headers=headers, timeout=60)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/octet-stream"
    length = int(answer.headers["Inference-Header-Content-Length"])
    parsed = triton.InferenceServerClient.parse_response_body(answer.content, header_length=length)
    assert best(parsed.as_numpy("probabilities")) == indices(expected)[:1]


def test_statistics(client, tensor):
    def counts():
        (stats,) = client.get_inference_statistics(MODEL)["model_stats"]
        return stats["inference_count"], stats["inference_stats"]

    before, _ = counts()
    client.infer(MODEL, [tensor_input(tensor)])
    after, stats = counts()
    assert after == before + 2
    assert stats["success"]["count"] > 0 and stats["compute_infer"]["ns"] > 0
    assert len(client.get_inference_statistics()["model_stats"]) >= 1


def test_what_is_not_there_is_said(client, tensor):
    for call, status in [
        (lambda: client.infer("nope", [tensor_input(tensor)]), "404"),
        (lambda: client.infer(MODEL, [tensor_input(tensor)], model_version="9"), "404"),
        (lambda: client.infer(MODEL, [tensor_input(tensor[:, :, 1:])]), "400"),
        (lambda: client.get_model_metadata("nope"), "404"),
        (lambda: client.load_model(MODEL), "403"),
        (lambda: client.unload_model(MODEL), "403"),
        (lambda: client.get_trace_settings(), "404"),
        (lambda: client.update_trace_settings(settings={"trace_rate": "1"}), "404"),
        (lambda: client.get_log_settings(), "404"),
        (lambda: client.update_log_settings({"log_info": True}), "404"),
    ]:
        with pytest.raises(InferenceServerException) as refused:
            call()
        assert refused.value.status() == status
        assert "exception occurred" not in refused.value.message()


def test_asyncio(server, tensor, expected):
    async def talk():
        async with aio.InferenceServerClient(server.http) as client:
            assert await client.is_server_live() and await client.is_server_ready()
            assert await client.is_model_ready(MODEL)
            assert (await client.get_server_metadata())["name"] == "vitrine"
            assert (await client.get_model_metadata(MODEL))["name"] == MODEL
            assert (await client.get_model_config(MODEL))["name"] == MODEL
            assert await client.get_model_repository_index()
            assert (await client.get_inference_statistics(MODEL))["model_stats"]
            for algorithm in (None, "gzip", "deflate"):
                answer = await client.infer(
                    MODEL,
                    [tensor_input(tensor)],
                    request_compression_algorithm=algorithm,
                    response_compression_algorithm=algorithm,
                )
                assert best(answer.as_numpy("probabilities")) == indices(expected)
            for refused in (client.load_model(MODEL), client.get_log_settings()):
                with pytest.raises(InferenceServerException):
                    await refused

    asyncio.run(talk())
    assert labels(expected)
