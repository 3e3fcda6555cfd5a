"""Every call of tritonclient.grpc that is not about shared memory."""

import asyncio
import queue

import grpc
import numpy as np
import pytest
import tritonclient.grpc as triton
import tritonclient.grpc.aio as aio
from conftest import MODEL, best, indices
from tritonclient.utils import InferenceServerException


@pytest.fixture(scope="module")
def client(server):
    with triton.InferenceServerClient(server.grpc) as client:
        yield client


def tensor_input(tensor, datatype="FP32"):
    value = triton.InferInput("input", list(tensor.shape), datatype)
    value.set_data_from_numpy(tensor)
    return value


def test_health_and_metadata(client):
    assert client.is_server_live() and client.is_server_ready()
    assert client.is_model_ready(MODEL) and client.is_model_ready(MODEL, "1")
    assert client.get_server_metadata().name == "vitrine"
    metadata = client.get_model_metadata(MODEL, as_json=True)
    assert metadata["inputs"][0]["shape"][0] == "-1"
    config = client.get_model_config(MODEL).config
    assert config.max_batch_size > 1 and config.dynamic_batching.priority_levels == 3
    assert any(model.state == "READY" for model in client.get_model_repository_index().models)


def test_infer(client, tensor, pictures, expected):
    answer = client.infer(MODEL, [tensor_input(tensor)], request_id="seven", priority=1, timeout=20_000_000)
    assert best(answer.as_numpy("probabilities")) == indices(expected)
    assert answer.get_response().id == "seven"
    image = triton.InferInput("image", [len(pictures)], "BYTES")
    image.set_data_from_numpy(np.array(pictures, dtype=np.object_))
    assert best(client.infer(MODEL, [image]).as_numpy("probabilities")) == indices(expected)
    half = client.infer(MODEL, [tensor_input(tensor.astype(np.float16), "FP16")])
    assert best(half.as_numpy("probabilities")) == indices(expected)


@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
def test_compression(client, tensor, expected, algorithm):
    answer = client.infer(MODEL, [tensor_input(tensor)], compression_algorithm=algorithm)
    assert best(answer.as_numpy("probabilities")) == indices(expected)


def test_classification(client, tensor, expected):
    outputs = [triton.InferRequestedOutput("probabilities", class_count=2)]
    classes = client.infer(MODEL, [tensor_input(tensor)], outputs=outputs).as_numpy("probabilities")
    assert classes.shape == (2, 2)
    assert [int(row[0].split(b":")[1]) for row in classes] == indices(expected)


def test_asynchronous_and_streaming(client, tensor, expected):
    answers = queue.Queue()

    def take(result, error):
        answers.put(error or result)

    client.async_infer(MODEL, [tensor_input(tensor)], take)
    assert best(answers.get(timeout=60).as_numpy("probabilities")) == indices(expected)
    client.start_stream(take)
    for _ in range(3):
        client.async_stream_infer(MODEL, [tensor_input(tensor)])
    for _ in range(3):
        assert best(answers.get(timeout=60).as_numpy("probabilities")) == indices(expected)
    client.async_stream_infer("nope", [tensor_input(tensor)])
    assert isinstance(answers.get(timeout=60), InferenceServerException)
    client.stop_stream()


def test_statistics(client):
    (stats,) = client.get_inference_statistics(MODEL).model_stats
    assert stats.inference_count > 0 and stats.inference_stats.success.count > 0
    assert len(client.get_inference_statistics().model_stats) >= 1


def test_what_is_not_there_is_said(client, tensor):
    for call, code in [
        (lambda: client.infer("nope", [tensor_input(tensor)]), "NOT_FOUND"),
        (lambda: client.infer(MODEL, [tensor_input(tensor[:, 1:])]), "INVALID_ARGUMENT"),
        (lambda: client.infer(MODEL, [tensor_input(tensor)], timeout=1), "DEADLINE_EXCEEDED"),
        (lambda: client.get_model_metadata("nope"), "NOT_FOUND"),
        (lambda: client.load_model(MODEL), "PERMISSION_DENIED"),
        (lambda: client.unload_model(MODEL), "PERMISSION_DENIED"),
        (lambda: client.get_trace_settings(), "UNIMPLEMENTED"),
        (lambda: client.update_trace_settings(settings={"trace_rate": "1"}), "UNIMPLEMENTED"),
        (lambda: client.get_log_settings(), "UNIMPLEMENTED"),
        (lambda: client.update_log_settings({"log_info": True}), "UNIMPLEMENTED"),
    ]:
        with pytest.raises(InferenceServerException) as refused:
            call()
        assert refused.value.status() == f"StatusCode.{code}"


def test_asyncio(server, tensor, expected):
    async def talk():
        async with aio.InferenceServerClient(server.grpc) as client:
            assert await client.is_server_ready() and await client.is_model_ready(MODEL)
            answer = await client.infer(MODEL, [tensor_input(tensor)])
            assert best(answer.as_numpy("probabilities")) == indices(expected)

            async def requests():
                yield {"model_name": MODEL, "inputs": [tensor_input(tensor)]}

            async for result, error in client.stream_infer(requests()):
                assert error is None
                assert best(result.as_numpy("probabilities")) == indices(expected)

    asyncio.run(talk())


def test_health_service_and_reflection(server):
    # By hand, since the clients of both are packages of their own: a message with the service's
    # name, and a status of 1, which is SERVING.
    with grpc.insecure_channel(server.grpc) as channel:
        check = channel.unary_unary("/grpc.health.v1.Health/Check")
        name = b"inference.GRPCInferenceService"
        for request in (b"", b"\x0a" + bytes([len(name)]) + name, b"\x0a\x05flags"):
            assert check(request, timeout=60) == b"\x08\x01"
        with pytest.raises(grpc.RpcError) as unknown:
            check(b"\x0a\x04nope", timeout=60)
        assert unknown.value.code() == grpc.StatusCode.NOT_FOUND
        reflect = channel.stream_stream("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
        # list_services, the field 7.
        (answer,) = reflect(iter([b"\x3a\x00"]), timeout=60)
        assert name in answer and b"grpc.health.v1.Health" in answer
