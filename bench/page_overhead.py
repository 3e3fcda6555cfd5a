#!/usr/bin/env python3
"""Says how much time the page's way in adds to decoding and inference.

    clients/.venv/bin/python bench/page_overhead.py http://127.0.0.1:2017 --model flags

Sends one JPEG of about 100 kB again and again to POST /api/classify, as the page does, over one
connection. From the round trip as the client sees it, it takes what the answer says of inference and
decoding; the rest is what page and server add. In turn with each it sends the same bytes to a bare
socket that reads them and answers as many as vitrine, which does no work: what loopback and this
client cost by themselves. To be measured with a release build on a quiet machine.
"""

import argparse
import http.client
import io
import json
import math
import multiprocessing
import socket
import statistics
import time
import urllib.parse

from PIL import Image

SIZE = 100_000
BOUNDARY = "vitrine-page-overhead"


def picture():
    """A JPEG of about 100 kB of noise."""
    image = Image.effect_noise((800, 600), 40).convert("RGB")
    best = None
    for quality in range(20, 100):
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        if best is None or abs(file.tell() - SIZE) < abs(len(best) - SIZE):
            best = file.getvalue()
    return best


def form(model, jpeg):
    """The form that the page sends."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="model"\r\n\r\n{model}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return head.encode() + jpeg + f"\r\n--{BOUNDARY}--\r\n".encode()


def post(connection, body):
    """Milliseconds of a round trip, and what was answered."""
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    start = time.perf_counter()
    connection.request("POST", "/api/classify", body, headers)
    answer = connection.getresponse()
    content = answer.read()
    taken = 1000 * (time.perf_counter() - start)
    if answer.status != 200:
        raise SystemExit(f"HTTP {answer.status}: {content.decode(errors='replace')}")
    return taken, content


def floor(listener, answer):
    """Reads requests and answers each with the same bytes."""
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n".encode()
    got = b""
    while True:
        while b"\r\n\r\n" not in got:
            more = connection.recv(1 << 20)
            if not more:
                return
            got += more
        headers, _, rest = got.partition(b"\r\n\r\n")
        lines = headers.lower().split(b"\r\n")
        left = int(next(line.split(b":")[1] for line in lines if line.startswith(b"content-length:")))
        left -= len(rest)
        while left > 0:
            left -= len(connection.recv(min(left, 1 << 20)))
        got = b""
        connection.sendall(head + answer)


def timing(content):
    """What the server says of an answer that was told line by line."""
    events = [json.loads(line) for line in content.splitlines() if line.strip()]
    if "done" not in events[-1]:
        raise SystemExit(f"no answer: {events[-1]}")
    return events[-1]["done"]["answer"]["timing"]


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, math.ceil(share * len(values)) - 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:2017")
    parser.add_argument("--model", default="flags")
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--picture", help="a JPEG to send in place of a made-up one")
    parser.add_argument("--most", type=float, help="fail if the median adds more milliseconds than this")
    options = parser.parse_args()

    if options.picture:
        with open(options.picture, "rb") as file:
            jpeg = file.read()
    else:
        jpeg = picture()
    body = form(options.model, jpeg)
    server = http.client.HTTPConnection(urllib.parse.urlsplit(options.url).netloc, timeout=60)
    for _ in range(20):
        _, content = post(server, body)

    listener = socket.create_server(("127.0.0.1", 0))
    process = multiprocessing.get_context("fork").Process(target=floor, args=(listener, content), daemon=True)
    process.start()
    bare = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=60)
    trips, added, floors = [], [], []
    for _ in range(options.requests):
        floors.append(post(bare, body)[0])
        trip, content = post(server, body)
        told = timing(content)
        trips.append(trip)
        added.append(trip - told["inference_ms"] - told["decode_ms"])
    bare.close()
    process.join()

    print(f"{options.requests} requests to {options.model}, {len(jpeg)} bytes each; milliseconds: median, 95 %")
    for name, values in [("round trip", trips), ("added", added), ("no work", floors)]:
        print(f"{name:>12} {statistics.median(values):8.2f} {quantile(values, 0.95):8.2f}")
    if options.most is not None and statistics.median(added) > options.most:
        raise SystemExit(f"more than {options.most} ms")


if __name__ == "__main__":
    main()
