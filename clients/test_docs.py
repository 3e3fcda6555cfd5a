"""What docs/clients.md tells people to type works, as it stands there."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from conftest import CHECKOUT, labels

PAGE = (CHECKOUT / "docs/clients.md").read_text()


def blocks(language):
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert found
    return found


@pytest.fixture(scope="module")
def folder(pictures, tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("docs")
    for name, picture in zip(("flag.jpg", "other.jpg"), pictures):
        (folder / name).write_bytes(picture)
    return folder


def run(command, block, server, folder):
    block = block.replace("localhost:2017", server.http).replace("localhost:8001", server.grpc)
    run = subprocess.run(
        command, input=block, cwd=folder, capture_output=True, text=True, timeout=120, env=os.environ
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.strip(), run.stderr
    return run.stdout


def commands(block):
    """The commands of a block: a line that ends in a backslash or a pipe, or that leaves a quote
    open, goes on in the next one."""
    command = ""
    for line in block.splitlines(keepends=True):
        command += line
        whole = not command.rstrip().endswith(("\\", "|")) and command.count("'") % 2 == 0
        if whole:
            yield command
            command = ""
    assert not command


@pytest.mark.parametrize("command", [command for block in blocks("sh") for command in commands(block)])
def test_shell(server, folder, expected, command):
    # Errors of the server are errors of curl here, which they are not without being asked for.
    shown = command.replace("curl ", "curl --fail-with-body --silent --show-error ", 1)
    shown = shown.replace("-o answer.bin", "-o answer.bin -w '%{http_code}'")
    answer = run(["bash", "-euo", "pipefail"], shown, server, folder)
    about = ("-o answer.bin", "ping", "v2/models/flags\n")
    if not any(word in command for word in about):
        assert labels(expected)[0] in answer


@pytest.mark.parametrize("block", blocks("python"))
def test_python(server, folder, expected, block):
    answer = run([sys.executable, "-"], block, server, folder)
    if "np.zeros" not in block:
        assert labels(expected)[0] in answer


@pytest.mark.parametrize("block", blocks("javascript") if shutil.which("node") else [])
def test_javascript_where_node_is_there(server, folder, expected, block):
    answer = run(["node", "--input-type=module", "-"], block, server, folder)
    assert labels(expected)[0] in answer
