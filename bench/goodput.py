#!/usr/bin/env python3
"""What becomes of a server that is asked four times as much as it can do.

    bench/goodput.py                      flags, with release programs
    bench/goodput.py --network no-op --times 4 --seconds 20

Finds the peak with a closed loop, then sends four times that in an open loop. Prints goodput as a share
of the peak (wanted: 95 %), how long refusals took (5 ms), how long accepted ones took, and how often
somebody who was refused and came back when `Retry-After` said was let in (95 %).
"""

import argparse
import dataclasses
import http.client
import json
import threading
import time
import urllib.parse

import generator
from servers import all_servers, pictures
from settings import Settings


class Patient(threading.Thread):
    """Asks once more when it was told to, and counts how often that helps."""

    def __init__(self, url, body, headers, until):
        super().__init__()
        self.address, self.body, self.headers, self.until = urllib.parse.urlsplit(url), body, headers, until
        self.came_back = self.let_in = self.told_nothing = 0

    def ask(self):
        connection = http.client.HTTPConnection(self.address.netloc, timeout=60)
        try:
            connection.request("POST", self.address.path, self.body, self.headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Retry-After")
        finally:
            connection.close()

    def run(self):
        told = False
        while time.time() < self.until:
            try:
                status, after = self.ask()
            except OSError:
                told = False
                continue
            if told:
                self.came_back += 1
                self.let_in += status == 200
            told = status in (429, 503)
            if told and after is None:
                self.told_nothing += 1
                told = False
            time.sleep(float(after) if told else 0.2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="flags", choices=["no-op", "vgg", "flags"])
    parser.add_argument("--times", type=float, default=4)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--clients", type=int, default=32, help="of the closed loop that finds the peak")
    parser.add_argument("--profile", default="release")
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    settings = dataclasses.replace(Settings(), profile=told.profile)
    server = next(it for it in all_servers(settings) if it.name == "vitrine")
    sent = pictures(told.network)
    with server.start(told.network, settings) as process:
        closed = generator.drive(process, server, sent, settings, told.seconds, clients=told.clients)
        peak = closed["goodput"]
        body, headers = server.message(sent[0])
        patient = [Patient(process.url, body, headers, time.time() + told.seconds) for _ in range(4)]
        for thread in patient:
            thread.start()
        rate = told.times * peak
        open_loop = generator.drive(process, server, sent, settings, told.seconds, rate=rate)
        for thread in patient:
            thread.join()
    refused = {status: it for status, it in open_loop["statuses"].items() if not status.startswith("2")}
    back, let_in = sum(it.came_back for it in patient), sum(it.let_in for it in patient)
    figures = {
        "peak": peak,
        "rate": rate,
        "goodput": open_loop["goodput"],
        "goodput_of_peak": open_loop["goodput"] / peak,
        "accepted_ms": open_loop["latency_ms"],
        "refused": {status: {"count": it["count"], **it["latency_ms"]} for status, it in refused.items()},
        "errors": open_loop["errors"],
        "lag_ms": open_loop["lag_ms"],
        "retry_after": open_loop["retry_after"],
        "came_back": back,
        "let_in": let_in,
        "refused_without_retry_after": sum(it.told_nothing for it in patient),
    }
    if told.json:
        print(json.dumps(figures, indent=2))
        return
    print(f"peak            {peak:.0f}/s with {told.clients} clients")
    print(f"asked           {rate:.0f}/s: goodput {figures['goodput']:.0f}/s, {100 * figures['goodput_of_peak']:.1f} % of the peak")
    print("accepted        p50 {p50:.1f}  p99 {p99:.1f}  max {max:.1f} ms".format(**open_loop["latency_ms"]))
    for status, it in refused.items():
        print(f"refused {status}     {it['count']}: " + "p50 {p50:.2f}  p99 {p99:.2f}  max {max:.1f} ms".format(**it["latency_ms"]))
    print("generator late  p50 {p50:.2f}  p99 {p99:.2f} ms, which the above contain".format(**open_loop["lag_ms"]))
    for error, count in open_loop["errors"].items():
        print(f"no answer       {count} ({error})")
    print(f"Retry-After     {open_loop['retry_after']}, in seconds, and how often")
    share = f"{100 * let_in / back:.0f} %" if back else "nobody was refused"
    print(f"came back       {back} times when they were told to, let in {let_in} times: {share}")


if __name__ == "__main__":
    main()
