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


def test_the_server_does_what_the_document_says(closed):
    # It reads its configuration from where it runs.
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{closed}/openapi.json"]
    run = subprocess.run(
        command,
        cwd=FOLDER, capture_output=True, text=True, timeout=300, env=os.environ,
    )
    assert run.returncode == 0, run.stdout + run.stderr
