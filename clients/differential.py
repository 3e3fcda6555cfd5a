#!/usr/bin/env python3
"""Sends the same requests to vitrine and to a live Triton, and tells where they answer otherwise.

Run by hand, after `make clients`:

    python3.10 -m venv /tmp/triton && /tmp/triton/bin/pip install nvidia-pytriton==0.7.0
    "$(setup/clients.sh)/bin/python" clients/differential.py /tmp/triton/bin/python

Triton has a model of the same name and shape, whose function asks vitrine, so that both compute the
same numbers. Every difference is one of those in docs/protocol-differences.md, by its number there,
or it is told, and the exit status is 1.
"""

import gzip
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import zlib
from collections import Counter

import numpy as np
import requests
from conftest import CHECKOUT, MODEL, SIDE, free_address, program

LENGTH = "Inference-Header-Content-Length"

TRITON = """
import sys
import numpy, requests
from pytriton.decorators import batch
from pytriton.model_config import ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig, TritonSecurityConfig

vitrine, http, grpc, metrics, classes, side, most = sys.argv[1:]

@batch
def ask(**inputs):
    tensor = inputs["input"]
    head = '{"inputs":[{"name":"input","datatype":"FP32","shape":SHAPE,"parameters":{"binary_data_size":SIZE}}],' \\
        '"parameters":{"binary_data_output":true}}'
    head = head.replace("SHAPE", str(list(tensor.shape))).replace("SIZE", str(tensor.nbytes))
    length = "Inference-Header-Content-Length"
    answer = requests.post(vitrine, head.encode() + tensor.tobytes(), headers={length: str(len(head))})
    answer.raise_for_status()
    body = answer.content[int(answer.headers[length]):]
    return {"probabilities": numpy.frombuffer(body, numpy.float32).reshape(len(tensor), -1)}

ports = dict(http_port=int(http), grpc_port=int(grpc), metrics_port=int(metrics))
with Triton(config=TritonConfig(http_address="127.0.0.1", **ports)) as triton:
    triton.bind(
        "flags", ask,
        [Tensor(name="input", dtype=numpy.float32, shape=(3, int(side), int(side)))],
        [Tensor(name="probabilities", dtype=numpy.float32, shape=(int(classes),))],
        config=ModelConfig(max_batch_size=int(most)),
    )
    triton.serve()
"""


def tensor(n):
    return np.random.default_rng(n).normal(size=(n, 3, SIDE, SIDE)).astype(np.float32)


def request(n=1, binary=True, **changes):
    """A good request, but for the changes: to the JSON (`top`), its input (`input`), the headers
    (`headers`), the body as a whole (`body`)."""
    values = tensor(n) if n else np.zeros((0, 3, SIDE, SIDE), np.float32)
    given = {"name": "input", "shape": list(values.shape), "datatype": "FP32"}
    tail = b""
    if binary:
        tail = values.tobytes()
        given["parameters"] = {"binary_data_size": len(tail)}
    else:
        given["data"] = values.ravel().tolist()
    given |= changes.get("input", {})
    for name in changes.get("without", ()):
        given.pop(name, None)
    top = {"inputs": [given]} | changes.get("top", {})
    head = json.dumps(top).encode()
    headers = {LENGTH: str(len(head))} if binary else {}
    headers |= changes.get("headers", {})
    return {k: v for k, v in headers.items() if v is not None}, changes.get("body", head + tail)


def good():
    outputs = {
        "default": {},
        "json": {"outputs": [{"name": "probabilities", "parameters": {"binary_data": False}}]},
        "binary": {"outputs": [{"name": "probabilities", "parameters": {"binary_data": True}}]},
        "flag": {"parameters": {"binary_data_output": True}},
        "mixed": {
            "outputs": [{"name": "probabilities", "parameters": {"binary_data": False}}],
            "parameters": {"binary_data_output": True},
        },
    }
    ids = {"none": {}, "empty": {"id": ""}, "some": {"id": "some"}}
    for n, binary, (out, o), (name, i) in itertools.product(
        (1, 2, 8), (True, False), outputs.items(), ids.items()
    ):
        yield f"good/{n}/{'binary' if binary else 'json'}/{out}/id-{name}", request(n, binary, top=o | i)
    for k, binary in itertools.product((1, 3), (True, False)):
        parameters = {"classification": k, "binary_data": binary}
        top = {"outputs": [{"name": "probabilities", "parameters": parameters}]}
        yield f"good/classification/{k}/{binary}", request(2, top=top)
    for coding, squeeze in {"gzip": gzip.compress, "deflate": zlib.compress}.items():
        for binary, accept in itertools.product((True, False), (None, "gzip", "deflate", "gzip, deflate, br", "identity")):
            headers, body = request(1, binary)
            headers |= {"Content-Encoding": coding, "Accept-Encoding": accept or ""}
            yield f"good/{coding}/{binary}/accept-{accept}", (headers, squeeze(body))
    for kind in ("application/octet-stream", "application/json", "text/plain", "application/x-www-form-urlencoded"):
        yield f"good/type/{kind}", request(1, headers={"Content-Type": kind})
    yield "good/raw", ({LENGTH: "0"}, tensor(1).tobytes())
    yield "good/unknown-key", request(1, top={"model_name": "x", "other": [1]})
    yield "good/timeout", request(1, top={"parameters": {"timeout": 20_000_000, "priority": 0}})
    nested = {"data": tensor(1).tolist()}
    yield "good/nested", request(1, False, input=nested)


def bad():
    yield "bad/empty", ({}, b"")
    for name, text in {
        "brace": b"{", "array": b"[]", "number": b"1", "null": b"null", "no-inputs": b"{}",
        "inputs-object": b'{"inputs": {}}', "inputs-empty": b'{"inputs": []}', "utf8": b'{"inputs": "\xff"}',
        "deep": b'{"inputs":' + b"[" * 3000, "text": b"hello",
    }.items():
        yield f"bad/json/{name}", ({}, text)
    for length in ("-1", "999999999", "x", "1", "2.5"):
        yield f"bad/length/{length}", request(1, headers={LENGTH: length})
    yield "bad/length/none", request(1, headers={LENGTH: None})
    for binary in (True, False):
        kind = "binary" if binary else "json"
        for name, shape in {
            "short": [1, 3, SIDE, SIDE - 1], "rank": [3, SIDE, SIDE], "empty": [], "negative": [-1, 3, SIDE, SIDE],
            "zero": [0, 3, SIDE, SIDE], "overflow": [2**62, 2**62, 3, 3], "text": ["1"], "batch": [2, 3, SIDE, SIDE],
        }.items():
            yield f"bad/shape/{name}/{kind}", request(1, binary, input={"shape": shape})
        for datatype in ("FP64", "INT32", "BYTES", "FP16", "NOPE", 1):
            yield f"bad/datatype/{datatype}/{kind}", request(1, binary, input={"datatype": datatype})
        for name in ("name", "shape", "datatype"):
            yield f"bad/without/{name}/{kind}", request(1, binary, without=[name])
        yield f"bad/name/{kind}", request(1, binary, input={"name": "other"})
        yield f"bad/batch/{kind}", request(9, binary)
    yield "bad/without/data", request(1, False, without=["data"])
    yield "bad/data/few", request(1, False, input={"data": [1, 2, 3]})
    yield "bad/data/text", request(1, False, input={"data": ["a"]})
    yield "bad/data/object", request(1, False, input={"data": {}})
    for size in (0, 4, 10**9, -1):
        yield f"bad/size/{size}", request(1, input={"parameters": {"binary_data_size": size}})
    yield "bad/leftover", request(1, body=request(1)[1] + b"more")
    yield "bad/cut", request(1, body=request(1)[1][:-1])
    yield "bad/output/unknown", request(1, top={"outputs": [{"name": "other"}]})
    yield "bad/output/twice", request(1, top={"outputs": [{"name": "probabilities"}] * 2})
    yield "bad/output/nameless", request(1, top={"outputs": [{}]})
    for coding in ("gzip", "deflate", "br"):
        yield f"bad/coding/{coding}", request(1, headers={"Content-Encoding": coding})
    yield "bad/raw", ({LENGTH: "0"}, b"neither")
    yield "bad/two-inputs", request(1, top={"inputs": [{"name": n, "shape": [1], "datatype": "FP32", "data": [1]} for n in "ab"]})
    yield "bad/shared-memory", request(1, input={"parameters": {"shared_memory_region": "r", "shared_memory_byte_size": 4}})


def others():
    for path in (
        "", "/", "/health/live", "/health/ready", f"/models/{MODEL}", f"/models/{MODEL}/versions/1",
        f"/models/{MODEL}/ready", f"/models/{MODEL}/versions/1/ready", f"/models/{MODEL}/config",
        "/models/nope", "/models/nope/ready", "/models/nope/config", f"/models/{MODEL}/versions/2",
        f"/models/{MODEL}/versions/2/ready", f"/models/{MODEL}/versions/x", "/nope", f"/models/{MODEL}/nope",
        f"/models/{MODEL}/infer", "/models", "/trace/setting", "/logging", "/systemsharedmemory/status",
    ):
        yield f"get{path}", "GET", f"/v2{path}", {}, b""
    for path in ("", "/health/live", f"/models/{MODEL}", "/repository/index", f"/repository/models/{MODEL}/load"):
        yield f"post{path}", "POST", f"/v2{path}", {}, b""
    yield "post/unknown", "POST", "/v2/models/nope/infer", *request(1)
    yield "post/version", "POST", f"/v2/models/{MODEL}/versions/1/infer", *request(1)
    yield "post/unknown-version", "POST", f"/v2/models/{MODEL}/versions/2/infer", *request(1)


def cases():
    for name, (headers, body) in itertools.chain(good(), bad()):
        yield name, "POST", f"/v2/models/{MODEL}/infer", headers, body
    yield from others()


def split(answer):
    """The JSON of an answer, its binary data, and its text where it is no JSON."""
    body = answer.content
    length = answer.headers.get(LENGTH)
    head, tail = (body[: int(length)], body[int(length) :]) if length else (body, b"")
    try:
        return json.loads(head), tail
    except ValueError:
        return head.decode(errors="replace"), tail


def close(ours, theirs):
    if isinstance(ours, float) and isinstance(theirs, float):
        return abs(ours - theirs) < 1e-4
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(close, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(close(ours[k], theirs[k]) for k in ours)
    return ours == theirs


def differences(name, ours, theirs):
    """What differs, as number in docs/protocol-differences.md (0 if it is not there) and words."""
    mine, yours = split(ours), split(theirs)
    if ours.status_code != theirs.status_code:
        words = f"status {theirs.status_code} -> {ours.status_code}"
        yield known_status(name, theirs.status_code, ours.status_code), words
    for header in ("Content-Type", "Content-Encoding", "Allow"):
        left, right = theirs.headers.get(header), ours.headers.get(header)
        if left != right and ours.status_code == theirs.status_code:
            yield known_header(name, header, ours), f"{header} {left} -> {right}"
    if ours.status_code != 200:
        if set(mine[0]) != {"error"}:
            yield 0, f"error body {mine[0]}"
        elif theirs.status_code == ours.status_code and mine[0] != yours[0]:
            yield 1, "words of an error"
        return
    if theirs.status_code != 200:
        return
    for part, known in (("json", known_json), ("bytes", None)):
        left, right = (yours[0], mine[0]) if part == "json" else (yours[1], mine[1])
        if part == "bytes":
            if len(left) != len(right) or (
                left != right and not np.allclose(np.frombuffer(left, np.float32), np.frombuffer(right, np.float32), atol=1e-4)
            ):
                yield (8 if "classification" in name else 0), f"bytes {len(left)} -> {len(right)}"
        elif not close(right, left):
            yield known(name, left, right), f"json {str(left)[:200]} -> {str(right)[:200]}"


def known_status(name, theirs, ours):
    if theirs == 500 and ours in (400, 404, 413, 415):
        return 2
    if name == "bad/coding/br" and ours == 415:
        return 3
    if name == "bad/output/twice":
        return 12
    if name == "bad/shared-memory":
        return 6
    if name.startswith("bad/batch") and theirs == 400 and ours == 200:
        return 4
    if re.search("get/models/(nope|flags/versions/2)/ready", name):
        return 5
    if re.fullmatch("get/models|get/|get/trace/setting|get/logging|get/systemsharedmemory/status", name):
        return 6
    if name.startswith(("post/repository", "get/models/flags/config")):
        return 7
    return 0


def known_header(name, header, ours):
    if header == "Content-Type" and name.startswith(("get/health", f"get/models/{MODEL}/ready", f"get/models/{MODEL}/versions/1/ready")):
        return 9
    if header == "Content-Encoding":
        return 10
    if header in ("Allow", "Content-Type") and ours.status_code >= 400:
        return 11
    return 0


def known_json(name, theirs, ours):
    if name in ("get", "post"):
        return 6
    if re.match("get/health|get/models/flags/(versions/1/)?ready", name):
        return 9
    if re.match("get/models/flags(/versions/1|/config)?$", name):
        return 7
    if "classification" in name:
        return 8
    return 0


def wait(url, process):
    for _ in range(600):
        assert process.poll() is None, f"{url}: the server ended"
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    sys.exit(f"{url}: not ready in two minutes")


def main():
    python = pathlib.Path(sys.argv[1])
    vitrine, ports = free_address(), [free_address().split(":")[1] for _ in range(3)]
    command = [program(), "serve", "--listen", vitrine, "--log", "error", "--queue", "64", "--precision", "f32"]
    base = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_config_var('LIBDIR'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()
    with subprocess.Popen(command, cwd=CHECKOUT) as own:
        wait(f"http://{vitrine}/readyz", own)
        metadata = requests.get(f"http://{vitrine}/v2/models/{MODEL}", timeout=60).json()
        classes = str(metadata["outputs"][0]["shape"][1])
        arguments = [f"http://{vitrine}/v2/models/{MODEL}/infer", *ports, classes, str(SIDE), "8"]
        environment = os.environ | {
            "LD_LIBRARY_PATH": base, "PATH": f"{python.parent}:{os.environ['PATH']}",
        }
        triton = subprocess.Popen(
            [python, "-c", TRITON, *arguments], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{ports[0]}"
            wait(f"{url}/v2/models/{MODEL}/ready", triton)
            status = compare(f"http://{vitrine}", url)
        finally:
            triton.terminate()
            triton.wait(60)
            own.terminate()
    sys.exit(status)


def compare(vitrine, triton):
    sent, found, unknown = 0, Counter(), []
    session = requests.Session()
    # What the library would add by itself.
    session.headers.update({"Accept-Encoding": None, "Accept": None})
    for name, method, path, headers, body in cases():
        sent += 1
        ask = lambda url: session.request(method, url + path, data=body, headers=headers, timeout=60)
        for number, words in differences(name, ask(vitrine), ask(triton)):
            found[number] += 1
            if "-v" in sys.argv:
                print(f"  {number:2} {name}: {words}")
            if number == 0:
                unknown.append(f"{name}: {words}")
    print(f"{sent} requests, {sum(found.values())} differences")
    for number, count in sorted(found.items()):
        print(f"  {number or 'not listed'}: {count}")
    print(*unknown, sep="\n")
    return 1 if unknown else 0


if __name__ == "__main__":
    main()
