"""The measurements, each in rounds in which everybody has a turn: A B C A B C. What disturbs the machine
for a while then disturbs everybody, and medians over the rounds forget it."""

import json
import statistics
import subprocess
import sys
import time

import generator
from engines import ENGINES
from process import Failed
from servers import pictures
from settings import BENCH, DATA, STORE, THREADS, program


def say(*words):
    print(time.strftime("%H:%M:%S"), *words, file=sys.stderr, flush=True)


class Bench:
    """Keeps every figure as soon as it is known, one line of JSON each."""

    def __init__(self, settings, servers, chosen, path):
        self.settings, self.servers, self.chosen, self.path = settings, servers, chosen, path
        # Those that failed once are not tried again, and are listed with the reason.
        self.failed = set()

    def keep(self, **record):
        with open(self.path, "a") as file:
            file.write(json.dumps(record) + "\n")

    def wanted(self, name):
        return not self.chosen or any(part.lower() in name.lower() for part in self.chosen)

    def fail(self, name, network, error):
        say(f"{name}: {error}")
        self.failed.add((name, network))
        self.keep(what="failure", server=name, network=network, error=str(error)[:600])

    def engines(self):
        """The network alone."""
        for turn in range(self.settings.rounds):
            for name in ["vitrine", *ENGINES]:
                if not self.wanted(name) or (name, "engine") in self.failed:
                    continue
                try:
                    for engine, times in self.engine(name).items():
                        shown = ", ".join(f"{ms:.1f} ms at {batch}" for batch, ms in times.items())
                        say(f"round {turn + 1}, network alone, {engine}: {shown}")
                        self.keep(what="engine", engine=engine, round=turn, ms=times)
                except (RuntimeError, ValueError, OSError) as error:
                    self.fail(name, "engine", error)

    def engine(self, name):
        batches = ",".join(map(str, self.settings.batches))
        seconds = self.settings.engine_seconds
        if name != "vitrine":
            command = [STORE / "engines" / "bin" / "python", BENCH / "engines.py", name, DATA]
            command += ["--batches", batches, "--seconds", seconds, "--threads", THREADS]
            return {name: json.loads(output(command))}
        precisions = {"vitrine": "f32", "vitrine bf16": "bf16"}
        return {
            label: {str(row["batch"]): row["ms"] for row in self.alone(precision, batches, seconds)}
            for label, precision in precisions.items()
        }

    def alone(self, precision, batches, seconds):
        """What VGG-16 does in our worker, for each size of batch."""
        command = [program("vitrine", self.settings.profile), "bench", "--only", "network", "--json", "-"]
        command += ["--model", "vgg", "--models", DATA / "models", "--precision", precision]
        command += ["--batch", batches, "--duration", seconds, "--threads", THREADS]
        return json.loads(output(command))["network"]

    def rounds(self, network, rounds, clients, seconds):
        """Throughput and latency of every server with so many clients."""
        for turn in range(rounds):
            for server in self.servers:
                self.turn(server, network, turn, clients, seconds)

    def turn(self, server, network, turn, clients, seconds):
        if network not in server.networks or not self.wanted(server.name) or (server.name, network) in self.failed:
            return
        problem = server.installed()
        if problem:
            self.fail(server.name, network, problem)
            return
        try:
            with server.start(network, self.settings) as process:
                start = {"port_s": process.port_s, "ready_s": process.ready_s, "idle_mb": process.idle_mb}
                answer = process.answer.decode(errors="replace")[:400]
                self.keep(what="start", server=server.name, network=network, round=turn, answer=answer, **start)
                for n in clients:
                    report = generator.drive(process, server, pictures(network), self.settings, seconds, clients=n)
                    self.note(server, network, turn, report, clients=n)
                if network == "no-op" and turn == 0:
                    self.rates(server, process, network)
                if network == "vgg" and server.name.startswith("vitrine"):
                    for share in self.shares(server, process):
                        self.keep(what="share", server=server.name, round=turn, **share)
        except (Failed, RuntimeError, OSError) as error:
            self.fail(server.name, network, error)

    def shares(self, server, process):
        """What eight clients get, several times, each with what the network does alone just before and after:
        seconds later it would be another machine. The first batches are left out, since the clients do not yet
        ask together."""
        precision = server.options[server.options.index("--precision") + 1]
        seconds = self.settings.share_seconds
        [before] = self.alone(precision, "8", seconds)
        for _ in range(self.settings.shares):
            batch = before["ms"] / 1000
            told = {"clients": 8, "seconds": 6 * batch, "warm_up": 5 * batch}
            report = generator.drive(process, server, pictures("vgg"), self.settings, **told)
            [after] = self.alone(precision, "8", seconds)
            alone = statistics.mean(it["pictures_per_second"] for it in (before, after))
            yield {"goodput": report["goodput"], "alone": alone}
            before = after

    def rates(self, server, process, network):
        """Latency at rising rates, until the server falls behind."""
        for rate in self.settings.rates:
            seconds = self.settings.rate_seconds
            report = generator.drive(process, server, pictures(network), self.settings, seconds, rate=rate)
            self.note(server, network, 0, report, rate=rate)
            if report["goodput"] < 0.9 * rate:
                return

    def overload(self):
        """Vitrine, asked four times as much as it can do."""
        if not self.wanted("vitrine"):
            return
        command = [sys.executable, BENCH / "goodput.py", "--json", "--profile", self.settings.profile]
        command += ["--seconds", self.settings.overload_seconds]
        pairs = ["--pairs", self.settings.overload_pairs]
        ways = {
            "flags": ["--network", "flags", *pairs],
            "flags, apart": ["--network", "flags", "--apart", *pairs],
            # Its queue takes long to fill and to be seen through.
            "vgg": ["--network", "vgg", "--pairs", min(3, self.settings.overload_pairs)],
        }
        for label, told in ways.items():
            try:
                figures = json.loads(output([*command, *told]))
            except (RuntimeError, ValueError) as error:
                self.fail("vitrine", f"overload, {label}", error)
                continue
            say(f"overload, {label}: goodput {100 * figures['goodput_of_peak']:.1f} % of the peak")
            self.keep(what="overload", network=label, figures=figures)

    def note(self, server, network, turn, report, **pace):
        told = "{clients} clients".format(**pace) if "clients" in pace else "{rate} a second".format(**pace)
        latency = report["latency_ms"]
        bad = f", {report['refused']} refused, {report['failed']} failed" if report["refused"] + report["failed"] else ""
        say(
            f"round {turn + 1}, {network}, {server.name}, {told}: {report['goodput']:.1f}/s, "
            f"p50 {latency['p50']:.2f} ms, p99 {latency['p99']:.2f} ms, {report['memory_mb']:.0f} MB{bad}"
        )
        self.keep(what="http", server=server.name, network=network, round=turn, report=report, **pace)


def output(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(" / ".join(done.stderr.strip().splitlines()[-3:]) or f"ended with {done.returncode}")
    return done.stdout
