#!/usr/bin/env python3
"""What becomes of a server that is asked four times as much as it can do.

    bench/goodput.py                      flags, with release programs
    bench/goodput.py --network vgg --times 4 --seconds 30
    bench/goodput.py --apart              the generator on a core of its own, so that it takes none of the server's

Finds the peak with a closed loop, then sends four times that in an open loop, in `--pairs`: of these that with
the median share is told, because a shared machine is faster in one than in the next. A slow network is measured for
longer, and only once its queue has been full for a while: else what enters an empty queue would be counted as
answered. Prints goodput as a share of the peak (wanted: 95 %), how long refusals took (5 ms) and how long accepted
ones took. Then a crowd of four clients for each place comes, each with an address of its own, who come back when
`Retry-After` says: how often they were let in then (95 %).
"""

import argparse
import dataclasses
import json
import os

import generator
from median import median_by
from prepare import prepare
from servers import named, pictures
from settings import Settings

# As `vitrine serve` has it: the queue and one batch.
PLACES = 64 + 8


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="flags", choices=["no-op", "vgg", "flags"])
    parser.add_argument("--times", type=float, default=4)
    parser.add_argument("--seconds", type=float, default=15, help="at least, of each measurement")
    parser.add_argument("--pairs", type=int, default=1, help="of a peak and an overload")
    parser.add_argument("--clients", type=int, default=32, help="of the closed loop that finds the peak")
    parser.add_argument("--apart", action="store_true", help="the last core is for the generator alone")
    parser.add_argument("--profile", default="release")
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    if told.apart:
        if len(cores) < 2:
            parser.error("--apart needs two cores")
        os.sched_setaffinity(0, cores[:-1])
    prepare(told.profile)
    settings = dataclasses.replace(Settings(), profile=told.profile, threads=len(os.sched_getaffinity(0)))
    server = named("vitrine", settings)
    server = dataclasses.replace(server, options=(*server.options, "--trusted-proxy", "127.0.0.1/32"))
    sent = pictures(told.network)
    with server.start(told.network, settings) as process:
        if told.apart:
            os.sched_setaffinity(0, cores[-1:])
        rough = generator.drive(process, server, sent, settings, min(told.seconds, 5), clients=told.clients)
        # Until all that waits when the queue is full has been answered.
        queue_s = PLACES / rough["goodput"]
        seconds, warm_up = max(told.seconds, 2 * queue_s), max(1, 2 * queue_s)
        pairs = []
        for _ in range(told.pairs):
            closed = generator.drive(
                process, server, sent, settings, seconds, clients=told.clients, warm_up=warm_up
            )
            rate = told.times * closed["goodput"]
            open_loop = generator.drive(process, server, sent, settings, seconds, rate=rate, warm_up=warm_up)
            pairs.append((open_loop["goodput"] / closed["goodput"], closed["goodput"], rate, open_loop))
        crowd = generator.drive(
            process, server, sent, settings, max(told.seconds, 20), clients=4 * PLACES, warm_up=10, patient=True
        )
    share, peak, rate, open_loop = median_by(pairs, lambda pair: pair[0])
    refused = {status: it for status, it in open_loop["statuses"].items() if not status.startswith("2")}
    back, let_in = crowd["came_back"], crowd["let_in"]
    figures = {
        "peak": peak,
        "rate": rate,
        "goodput": open_loop["goodput"],
        "goodput_of_peak": share,
        "accepted_ms": open_loop["latency_ms"],
        "refused": {status: {"count": it["count"], **it["latency_ms"]} for status, it in refused.items()},
        "errors": open_loop["errors"],
        "lag_ms": open_loop["lag_ms"],
        "retry_after": crowd["retry_after"],
        "crowd_goodput": crowd["goodput"],
        "came_back": back,
        "let_in": let_in,
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
    print(f"patient crowd   goodput {crowd['goodput']:.0f}/s; Retry-After {crowd['retry_after']}, in seconds, and how often")
    share = f"{100 * let_in / back:.0f} %" if back else "nobody was refused"
    print(f"came back       {back} times when they were told to, let in {let_in} times: {share}")


if __name__ == "__main__":
    main()
