#!/usr/bin/env python3
"""Reloads a model again and again while it is asked, and says what came of it.

    python3 bench/reload.py target/release/vitrine models vgg picture.jpg --reloads 50

Works on a copy of the models folder whose weights are links to the real ones. Starts the server,
keeps --clients pictures under way, and for each reload puts a new labels file in place and sends
SIGHUP. A reload is over when an answer has a new label. Prints how many requests failed, how long a
reload took, and resident memory after a tenth of the reloads and after the last.
"""

import argparse
import collections
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request


def ask(url, body):
    """Status and best label."""
    headers = {"Content-Type": "image/jpeg", "Accept": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers), timeout=120) as answer:
            return answer.status, json.load(answer)["predictions"][0]["label"]
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def memory(pid, key):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1])


def copy(models, work):
    """The models with links in place of the weights, which are only replaced and never written."""
    target = pathlib.Path(work, "models")
    for card in pathlib.Path(models).glob("*/model.toml"):
        folder = target / card.parent.name
        shutil.copytree(card.parent, folder, ignore=shutil.ignore_patterns("*.safetensors", "*.pt"))
        for weights in [*card.parent.glob("*.safetensors"), *card.parent.glob("*.pt")]:
            os.symlink(weights.resolve(), folder / weights.name)
    return target


def relabel(folder, version, classes):
    """Puts a new list of labels in place, and makes the card name it."""
    pathlib.Path(folder, "next").write_text("".join(f"v{version} class {i}\n" for i in range(classes)))
    os.replace(folder / "next", folder / "labels-in-turn.txt")
    card = (folder / "model.toml").read_text()
    lines = card.splitlines()
    start = lines.index("[labels]") + 1
    end = next((i for i in range(start, len(lines)) if lines[i].startswith("[")), len(lines))
    lines[start:end] = ['file = "labels-in-turn.txt"', ""]
    pathlib.Path(folder, "next").write_text("\n".join(lines) + "\n")
    os.replace(folder / "next", folder / "model.toml")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("models")
    parser.add_argument("model")
    parser.add_argument("picture")
    parser.add_argument("--reloads", type=int, default=50)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--port", type=int, default=2027)
    args = parser.parse_args()
    body = pathlib.Path(args.picture).read_bytes()
    url = f"http://127.0.0.1:{args.port}/{args.model}"
    outcomes, over = collections.Counter(), threading.Event()

    with tempfile.TemporaryDirectory() as work:
        folder = copy(args.models, work) / args.model
        command = [args.program, "--models", str(folder.parent), "--listen", f"127.0.0.1:{args.port}"]
        server = subprocess.Popen([*command, "--watch", "0", "--log", "error"])
        try:
            while True:
                try:
                    status, answer = ask(url, body)
                    assert status == 200, answer
                    break
                except urllib.error.URLError:
                    time.sleep(0.1)
            with urllib.request.urlopen(f"http://127.0.0.1:{args.port}/readyz") as ready:
                ready.read()
            request = urllib.request.Request(url, data=json.dumps({"top_k": 100000}).encode())
            request.headers.update({"Content-type": "application/json", "Accept": "application/json"})
            with urllib.request.urlopen(request, timeout=120) as answer:
                classes = len(json.load(answer)["predictions"])

            def client():
                while not over.is_set():
                    outcomes[ask(url, body)[0]] += 1

            threads = [threading.Thread(target=client) for _ in range(args.clients)]
            for thread in threads:
                thread.start()
            times, settled = [], None
            for version in range(args.reloads):
                relabel(folder, version, classes)
                start = time.perf_counter()
                server.send_signal(signal.SIGHUP)
                while not ask(url, body)[1].startswith(f"v{version} "):
                    assert server.poll() is None and time.perf_counter() < start + 120, "no new version"
                times.append(time.perf_counter() - start)
                if version == args.reloads // 10:
                    settled = memory(server.pid, "VmRSS")
            over.set()
            for thread in threads:
                thread.join()
            last, peak = memory(server.pid, "VmRSS"), memory(server.pid, "VmHWM")
        finally:
            server.terminate()
            server.wait(60)
    failed = sum(count for status, count in outcomes.items() if status != 200)
    print(f"requests  {sum(outcomes.values())}, of which {failed} failed  {dict(outcomes)}")
    print(f"reloads   {len(times)}, median {statistics.median(times):.2f} s, longest {max(times):.2f} s")
    print(f"resident  {settled / 1024:.0f} MB after {args.reloads // 10 + 1} reloads, {last / 1024:.0f} MB after {len(times)}"
          f" ({100 * (last / settled - 1):+.1f} %), {peak / 1024:.0f} MB at most")
    raise SystemExit(failed > 0)


if __name__ == "__main__":
    main()
