"""The load generator, which is `load/` of this repository for everybody."""

import json
import subprocess
import tempfile

from settings import program


def drive(
    process, server, pictures, settings, seconds, clients=None, rate=None, warm_up=None, requests=None, patient=False
):
    """Sends pictures to a running server. Gives the generator's report, with what the server used."""
    with tempfile.TemporaryDirectory() as folder:
        command = [program("load", settings.profile), process.url, "--json", "--duration", seconds]
        for number, picture in enumerate(pictures):
            body, _ = server.message(picture)
            path = f"{folder}/{number}"
            with open(path, "wb") as file:
                file.write(body)
            command += ["--body", path]
        for name, value in process.headers.items():
            command += ["--header", f"{name}: {value}"]
        if requests is not None:
            command += ["--requests", requests]
        if rate is None:
            command += ["--clients", clients]
            if patient:
                command += ["--patient", "X-Forwarded-For"]
        else:
            command += ["--rate", rate]
        warm_up = (0 if requests else min(1.0, seconds / 2)) if warm_up is None else warm_up
        command += ["--warm-up", warm_up]
        # A server that loses a request is not waited for longer than it takes to know.
        command += ["--timeout", 60 if requests else max(10, 4 * seconds)]
        cpu = process.cpu_seconds()
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"the generator failed: {done.stderr.strip()}")
        report = json.loads(done.stdout)
        # Ticks of 10 ms, so over the warm-up, too, which has the same pace.
        used = process.cpu_seconds() - cpu
    answers = report["rate"] * (report["seconds"] + warm_up)
    report["cpu_ms_per_request"] = used * 1000 / answers if answers else None
    report["memory_mb"] = process.memory_mb()
    report["refused"] = sum(it["count"] for status, it in report["statuses"].items() if not status.startswith("2"))
    report["failed"] = sum(report["errors"].values())
    return report
