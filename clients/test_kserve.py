"""KServe's REST client, in both of its protocols."""

import asyncio
import base64

import httpx
import numpy as np
import pytest
from conftest import MODEL, best, indices, labels
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig


def run(protocol, talk):
    async def with_client():
        async with InferenceRESTClient(RESTConfig(protocol=protocol)) as client:
            return await talk(client)

    return asyncio.run(with_client())


def request(tensor, binary):
    value = InferInput("input", list(tensor.shape), "FP32")
    value.set_data_from_numpy(tensor, binary_data=binary)
    return InferRequest(MODEL, [value])


@pytest.mark.parametrize("binary", [True, False])
def test_v2(server, tensor, expected, binary):
    async def talk(client):
        assert await client.is_server_live(server.url)
        assert await client.is_server_ready(server.url)
        assert await client.is_model_ready(server.url, MODEL)
        assert not await client.is_model_ready(server.url, "nope")
        return await client.infer(server.url, request(tensor, binary), model_name=MODEL)

    answer = run("v2", talk)
    assert answer.model_name == MODEL
    assert best(answer.outputs[0].as_numpy()) == indices(expected)


def test_v2_tells_what_is_wrong(server, tensor):
    async def talk(client):
        with pytest.raises(httpx.HTTPStatusError) as refused:
            await client.infer(server.url, request(tensor[:, 1:], True), model_name=MODEL)
        assert "this model takes [n, 3, 64, 64]" in str(refused.value)

    run("v2", talk)


def test_v1(server, tensor, pictures, expected):
    async def talk(client):
        # Where KServe says that it lives is a page here, so the client is given another address.
        assert await client.is_server_live(f"{server.url}/v1")
        assert await client.is_model_ready(server.url, MODEL)
        instances = [{"b64": base64.b64encode(encoded).decode()} for encoded in pictures]
        instances.append({"image_bytes": instances[0]})
        instances += [tensor[0].tolist(), tensor[1].transpose(1, 2, 0).tolist()]
        return await client.infer(server.url, {"instances": instances}, model_name=MODEL)

    predictions = run("v1", talk)["predictions"]
    first, second = labels(expected)
    assert [one["label"] for one in predictions] == [first, second, first, first, second]
    assert int(np.argmax(predictions[1]["probabilities"])) == predictions[1]["index"]


def test_v1_tells_what_is_wrong(server):
    async def talk(client):
        with pytest.raises(httpx.HTTPStatusError) as refused:
            await client.infer(server.url, {"instances": [[1, 2]]}, model_name=MODEL)
        assert "this model takes [3, 64, 64]" in str(refused.value)

    run("v1", talk)
