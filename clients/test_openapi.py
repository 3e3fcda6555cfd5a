"""The document at /openapi.json is valid and says what the server does."""

import os
import subprocess
import sys

import pytest
import requests
from conftest import CHECKOUT, free_address, running
from openapi_spec_validator import OpenAPIV31SpecValidator

FOLDER = CHECKOUT / "clients/schemathesis"


@pytest.fixture(scope="module")
def closed():
    """A server that fetches nothing: addresses that are made up are not to be asked."""
    with running(free_address(), "--fetch", "off") as url:
        yield url


def test_the_document_is_valid(closed):
    document = requests.get(f"{closed}/openapi.json", timeout=60).json()
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_the_server_does_what_the_document_says(closed, tmp_path):
    command = [sys.executable, "-m", "schemathesis.cli"]
    command += ["--config-file", str(FOLDER / "schemathesis.toml"), "run", f"{closed}/openapi.json"]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(FOLDER / "hooks.py")}
    # Where it runs it leaves notes on what it found.
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=300, env=environment
    )
    assert run.returncode == 0, run.stdout + run.stderr
