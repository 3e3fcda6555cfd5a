#!/usr/bin/env python3
"""Measures vitrine beside other servers with the same networks, and writes bench/RESULTS.md.

    make bench                          everything, three quarters of an hour on two cores
    bench/run.py --quick                the same with fewer and shorter measurements, for trying
    bench/run.py --only vitrine,mosec   some of the servers
    bench/run.py --part no-op,vgg       some of the parts: engines, no-op, vgg, flags, overload
    bench/run.py --more --part no-op    more rounds of some parts, which the medians are then over as well
    bench/run.py --render               the tables and plots once more, of what was measured last

Needs the programs of `make bench`. Every figure is kept in bench/results.jsonl as soon as it is known.
"""

import argparse
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys

import machine
import render
from measure import Bench, say
from prepare import install, networks, programs
from servers import all_servers
from settings import BENCH, QUICK, STORE, Settings

PARTS = ["engines", "no-op", "vgg", "flags", "overload"]


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="", metavar="NAME,…")
    parser.add_argument("--part", default=",".join(PARTS), metavar="PART,…")
    parser.add_argument("--more", action="store_true")
    parser.add_argument("--render", action="store_true")
    parser.add_argument("--profile", default="release", help="which build of our programs: release or debug")
    told = parser.parse_args()
    if told.more and (told.quick or told.only or told.profile != "release"):
        parser.error("more rounds are of whole parts, by release programs")
    return told


def main():
    told = options()
    # By an exception, so that the server that runs is ended, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Neither the table nor the plots of a measurement for trying take the place of the real ones.
    whole = told.more or told.part == ",".join(PARTS)
    partial = told.quick or told.only or not whole or told.profile != "release"
    folder = STORE / "partial" if partial else BENCH
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "results.jsonl"
    if not told.render:
        # It would tell the libraries something else than we do.
        os.environ.pop("OMP_NUM_THREADS", None)
        programs(told.profile)
        install()
        networks()
        settings = dataclasses.replace(QUICK if told.quick else Settings(), profile=told.profile)
        if machine.load_average() > 0.5:
            say(f"WARNING: this machine is not quiet (load {machine.load_average():.1f}): figures will be wrong")
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        if told.more:
            shutil.copy(path, fresh)
            # Rising rates are asked once and not in rounds.
            settings = dataclasses.replace(settings, rates=())
        chosen = [name.strip() for name in told.only.split(",") if name.strip()]
        bench = Bench(settings, all_servers(settings), chosen, fresh)
        about = {"load_average": machine.load_average(), "settings": dataclasses.asdict(settings), "part": told.part}
        bench.keep(what="machine", **machine.describe(), **about)
        parts = told.part.split(",")
        if "engines" in parts:
            bench.engines()
        if "no-op" in parts:
            bench.rounds("no-op", settings.rounds, settings.no_op_clients, settings.no_op_seconds)
        if "vgg" in parts:
            bench.rounds("vgg", settings.vgg_rounds, settings.vgg_clients, settings.vgg_seconds)
        if "flags" in parts:
            bench.rounds("flags", settings.flags_rounds, settings.flags_clients, settings.flags_seconds)
        if "overload" in parts:
            bench.overload()
        fresh.replace(path)
    if not path.exists():
        sys.exit(f"{path} is not there: nothing was measured yet")
    records = [json.loads(line) for line in path.read_text().splitlines()]
    (folder / "RESULTS.md").write_text(render.results(records))
    plots = [STORE / "engines" / "bin" / "python", BENCH / "plots.py", path, folder / "plots"]
    subprocess.run([str(part) for part in plots], check=True)
    say(f"written: {folder / 'RESULTS.md'}")


if __name__ == "__main__":
    main()
