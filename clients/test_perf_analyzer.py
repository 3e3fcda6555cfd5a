"""The load generator of Triton's own client packages, which insists on the protocol's extensions."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

FOLDER = pathlib.Path(sys.prefix) / "perf"


@pytest.mark.parametrize("protocol", ["http", "grpc"])
def test_it_prints_where_the_time_goes(server, protocol):
    # Zeros, because what it makes up otherwise are random bytes, and few of those are numbers.
    command = [FOLDER / "bin/perf_analyzer", "-m", "flags", "-z", "-b", "2", "-i", protocol]
    command += ["-u", getattr(server, protocol), "--concurrency-range", "2"]
    # Few and short measurements: what they measure does not matter here.
    command += ["-p", "500", "-s", "100000", "-r", "3"]
    libraries = str(FOLDER / "nvidia/cuda_runtime/lib")
    environment = os.environ | {"LD_LIBRARY_PATH": libraries}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    split = re.search(r"queue \d+ usec \+ compute input \d+ usec \+ compute infer (\d+) usec", run.stdout)
    assert split and int(split[1]) > 0, run.stdout
    executions = int(re.search(r"Execution count: (\d+)", run.stdout)[1])
    inferences = int(re.search(r"Inference count: (\d+)", run.stdout)[1])
    assert 0 < executions < inferences
