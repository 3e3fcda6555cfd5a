"""What has to be there before something is measured: programs, and networks and pictures in every form."""

import subprocess
import sys

from settings import BENCH, CHECKOUT, DATA, STORE, program

PROGRAMS = ["vitrine", "no-op", "load", "examples/bare", "examples/base"]


def prepare(profile):
    """Enough to measure vitrine by itself. What is there already is not looked at again."""
    programs(profile)
    if not (DATA / "done.json").exists():
        install("engines")
        networks()


def programs(profile):
    for name in PROGRAMS:
        if not program(name, profile).exists():
            sys.exit(f"{program(name, profile)} is not there: run `make bench-programs`, which builds it")


def install(*names):
    """Libraries to compare with and peers, all of them unless some are named."""
    print("installing what is measured with, unless it is there", file=sys.stderr, flush=True)
    subprocess.run([CHECKOUT / "setup" / "bench.sh", *names], check=True, stdout=subprocess.DEVNULL)


def networks():
    print("making the networks, unless they are there", file=sys.stderr, flush=True)
    command = [STORE / "engines" / "bin" / "python", BENCH / "export.py", DATA, CHECKOUT / "models"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit("bench/export.py failed:\n" + done.stderr[-3000:])
