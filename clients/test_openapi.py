"""The document at /openapi.json is valid and says what the server does."""

import functools
import http.server
import os
import subprocess
import sys
import threading

import pytest
import requests
from conftest import CHECKOUT, free_address, running
from openapi_spec_validator import OpenAPIV31SpecValidator

FOLDER = CHECKOUT / "clients/schemathesis"


@pytest.fixture(scope="module")
def pictures():
    """Addresses of pictures, on this machine: nobody else is to be asked."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    folder = CHECKOUT / "models/flags/examples"
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        names = ("waving-brazil.jpg", "turned-kenya.jpg")
        yield [f"http://127.0.0.1:{server.server_port}/{name}" for name in names]
        server.shutdown()


@pytest.fixture(scope="module")
def server():
    """A server that fetches from this machine."""
    with running(free_address(), "--fetch-allow", "127.0.0.1/32", "--public-metrics") as url:
        yield url


def test_the_document_is_valid(server):
    document = requests.get(f"{server}/openapi.json", timeout=60).json()
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_the_server_does_what_the_document_says(server, pictures, tmp_path):
    command = [sys.executable, "-m", "schemathesis.cli"]
    command += ["--config-file", str(FOLDER / "schemathesis.toml"), "run", f"{server}/openapi.json"]
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": str(FOLDER / "hooks.py"),
        "PICTURES": " ".join(pictures),
    }
    # Where it runs it leaves notes on what it found.
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=600, env=environment
    )
    assert run.returncode == 0, run.stdout + run.stderr
