#!/usr/bin/env python3
"""Sends more pictures at once than a server takes, and says what came of each.

    vitrine --queue 32 &
    python3 bench/overload.py http://127.0.0.1:2017/vgg picture.jpg --requests 200

Prints how many were answered and refused, how long refusals took, how fast the front page was
meanwhile beside how fast it is at rest, and whether the server's own counters add up.
"""

import argparse
import collections
import json
import multiprocessing
import statistics
import threading
import time
import urllib.error
import urllib.parse
import urllib.request


def post(url, body):
    """Status, whether there was a Retry-After, and milliseconds."""
    start = time.perf_counter()
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "image/jpeg"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            answer.read()
            status, headers = answer.status, answer.headers
    except urllib.error.HTTPError as error:
        error.read()
        status, headers = error.code, error.headers
    return status, "Retry-After" in headers, (time.perf_counter() - start) * 1000


def get(url):
    """Milliseconds of one GET."""
    start = time.perf_counter()
    with urllib.request.urlopen(url, timeout=30) as answer:
        answer.read()
    return (time.perf_counter() - start) * 1000


def watch(url, stop, times):
    """GETs until told to stop, in a process of its own so that the load does not slow the watch."""
    while not stop.is_set():
        times.append(get(url))
        time.sleep(0.02)


def counters(root):
    try:
        with urllib.request.urlopen(root + "/readyz", timeout=30) as answer:
            return json.load(answer)["requests"]
    except urllib.error.HTTPError as error:
        return json.load(error)["requests"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("url")
    arguments.add_argument("picture")
    arguments.add_argument("--requests", type=int, default=200)
    options = arguments.parse_args()
    body = open(options.picture, "rb").read()
    address = urllib.parse.urlsplit(options.url)
    root = f"{address.scheme}://{address.netloc}"

    at_rest = [get(root + "/") for _ in range(20)]
    before = counters(root)
    results, barrier = [], threading.Barrier(options.requests)

    def client():
        barrier.wait()
        results.append(post(options.url, body))

    stop, meanwhile = multiprocessing.Event(), multiprocessing.Manager().list()
    watcher = multiprocessing.Process(target=watch, args=(root + "/", stop, meanwhile))
    watcher.start()
    clients = [threading.Thread(target=client) for _ in range(options.requests)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    stop.set()
    watcher.join()
    after = counters(root)

    statuses = collections.Counter(status for status, _, _ in results)
    refused = [(retry, ms) for status, retry, ms in results if status != 200]
    print("statuses", dict(statuses))
    if refused:
        print("refusals with Retry-After", sum(retry for retry, _ in refused), "of", len(refused))
        print(f"refusals, median {statistics.median(ms for _, ms in refused):.1f} ms (this client starts "
              f"{options.requests} threads, which is part of it)")
    print(f"GET / at rest: median {statistics.median(at_rest):.1f} ms, longest {max(at_rest):.1f} ms")
    print(f"GET / meanwhile ({len(meanwhile)}): median {statistics.median(meanwhile):.1f} ms, "
          f"longest {max(meanwhile):.1f} ms")
    change = {name: after[name] - before[name] for name in before}
    print("counters", change)
    settled = change["ok"] + change["failed"] + change["expired"] + change["cancelled"]
    waiting = after["queued"] + after["running"]
    print("they add up:", change["accepted"] == settled and waiting == 0
          and change["accepted"] + change["rejected"] == options.requests)


if __name__ == "__main__":
    main()
