"""Hugging Face's client, and TorchServe's API, for which curl is the usual client."""

import pytest
import requests
from conftest import MODEL
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError


def pairs(predictions):
    return [(one["label"], pytest.approx(one["probability"], abs=1e-6)) for one in predictions]


def test_hugging_face(server, picture, expected):
    client = InferenceClient(model=f"{server.url}/{MODEL}")
    found = client.image_classification(picture)
    assert [(one.label, one.score) for one in found] == pairs(expected[0])
    # With parameters the client sends JSON instead of the picture as it is.
    found = client.image_classification(picture, top_k=2, function_to_apply="none")
    assert [one.label for one in found] == [one["label"] for one in expected[0][:2]]
    assert found[0].score > 1
    found = client.image_classification(picture, function_to_apply="sigmoid")
    assert 0.5 < found[0].score <= 1


def test_hugging_face_tells_what_is_wrong(server):
    client = InferenceClient(model=f"{server.url}/{MODEL}")
    with pytest.raises(HfHubHTTPError) as refused:
        client.image_classification(b"no picture")
    assert refused.value.response.status_code == 415
    assert "error" in refused.value.response.json()


@pytest.mark.parametrize("how", ["raw", "put", "form"])
def test_torchserve(server, picture, expected, how):
    url = f"{server.url}/predictions/{MODEL}"
    if how == "form":
        answer = requests.post(url, files={"data": picture}, timeout=60)
    else:
        method = "PUT" if how == "put" else "POST"
        answer = requests.request(method, url, data=picture, timeout=60)
    assert list(answer.json().items()) == pairs(expected[0])
    assert requests.get(f"{server.url}/ping", timeout=60).json() == {"status": "Healthy"}
    unknown = requests.post(f"{server.url}/predictions/nope", data=picture, timeout=60)
    assert (unknown.status_code, unknown.json()["code"]) == (404, 404)
