"""A running vitrine with the model flags, a picture, and what vitrine itself says of it."""

import io
import os
import pathlib
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pytest
import requests
from PIL import Image

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
MODEL = "flags"
# What models/flags/model.toml says of the input.
SIDE, MEAN, STD = 64, 0.5, 0.25


@dataclass
class Server:
    """Where it answers."""

    http: str
    grpc: str
    url: str


def program() -> pathlib.Path:
    built = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", CHECKOUT / "target"))
    return pathlib.Path(os.environ.get("VITRINE", built / "debug/vitrine"))


def free_address() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def running(http: str, *options: str):
    """A vitrine at this address, from when it is ready."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VITRINE_")}
    # In bf16, which some processors are faster in, answers differ by 1e-4 from one size of a batch to another.
    # Of pictures, every pixel counts for who prepares them with Pillow.
    exactly = ["--precision", "f32", "--full-decode"]
    command = [program(), "serve", "--listen", http, "--log", "warn", *exactly, *options]
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment) as process:
        try:
            for _ in range(600):
                assert process.poll() is None, "vitrine ended"
                try:
                    if requests.get(f"http://{http}/readyz", timeout=5).ok:
                        break
                except requests.ConnectionError:
                    pass
                time.sleep(0.1)
            else:
                pytest.fail("vitrine was not ready within a minute")
            yield f"http://{http}"
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture(scope="session")
def server():
    http, grpc = free_address(), free_address()
    with running(http, "--grpc", grpc) as url:
        yield Server(http, grpc, url)


@pytest.fixture(scope="session")
def pictures() -> list[bytes]:
    """Two pictures of different flags, as encoded."""
    examples = CHECKOUT / "models" / MODEL / "examples"
    return [(examples / f"{name}.jpg").read_bytes() for name in ("waving-brazil", "turned-kenya")]


@pytest.fixture(scope="session")
def picture(pictures) -> bytes:
    return pictures[0]


@pytest.fixture(scope="session")
def tensor(pictures) -> np.ndarray:
    """Both pictures as the network takes them: NCHW."""

    def prepared(encoded: bytes) -> np.ndarray:
        image = Image.open(io.BytesIO(encoded)).convert("RGB")
        image = image.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
        pixels = np.asarray(image, np.float32) / np.float32(255)
        return ((pixels - np.float32(MEAN)) / np.float32(STD)).transpose(2, 0, 1)

    return np.stack([prepared(encoded) for encoded in pictures])


@pytest.fixture(scope="session")
def expected(server, pictures) -> list[list[dict]]:
    """What `POST /flags` says of the pictures: the five best classes of each."""

    def ask(encoded: bytes) -> list[dict]:
        headers = {"Accept": "application/json", "Content-Type": "image/jpeg"}
        answer = requests.post(f"{server.url}/{MODEL}", encoded, headers=headers, timeout=60)
        answer.raise_for_status()
        return answer.json()["predictions"]

    return [ask(encoded) for encoded in pictures]


def best(probabilities: np.ndarray) -> list[int]:
    """The most probable class of each picture."""
    return probabilities.argmax(axis=1).tolist()


def indices(expected: list[list[dict]]) -> list[int]:
    return [predictions[0]["index"] for predictions in expected]


def labels(expected: list[list[dict]]) -> list[str]:
    return [predictions[0]["label"] for predictions in expected]
