#!/usr/bin/env python3
"""Plots of the records: throughput against clients, latency against rate, memory. Run by bench/run.py.

    plots.py RESULTS.JSONL FOLDER
"""

import json
import pathlib
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402
from render import Records  # noqa: E402

# The same file of the same figures, so that a repository sees no change.
matplotlib.rcParams.update({"svg.hashsalt": "vitrine", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9})
COLOURS = plt.get_cmap("tab10").colors


def style(data, name):
    names = data.names("http", "server")
    ours = name.startswith("vitrine")
    return {"color": COLOURS[names.index(name) % 10], "linewidth": 2.4 if ours else 1.2, "marker": "o", "markersize": 3}


def save(figure, folder, name):
    figure.tight_layout()
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


def throughput(data, network, folder):
    figure, axes = plt.subplots(figsize=(6.4, 3.6))
    for name in data.names("http", "server", network=network):
        clients = sorted({it["clients"] for it in data.of("http", server=name, network=network) if "clients" in it})
        axes.plot(clients, [data.http(name, network, n, "goodput") for n in clients], label=name, **style(data, name))
    axes.set(xscale="log", yscale="log", xlabel="clients", ylabel="answers a second", title=network)
    ticks = sorted({it["clients"] for it in data.of("http", network=network) if "clients" in it})
    axes.set_xticks(ticks, [str(n) for n in ticks])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    save(figure, folder, f"throughput-{network}")


def latency(data, network, folder):
    points = [it for it in data.of("http", network=network) if "rate" in it]
    if not points:
        return
    figure, axes = plt.subplots(figsize=(6.4, 3.6))
    for name in dict.fromkeys(it["server"] for it in points):
        line = [(it["rate"], it["report"]["latency_ms"]["p99"]) for it in points if it["server"] == name]
        axes.plot(*zip(*line, strict=True), label=name, **style(data, name))
    axes.set(xlabel="requests a second, Poisson", ylabel="p99, ms from when they were due", yscale="log", title=network)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    save(figure, folder, f"latency-{network}")


def memory(data, folder):
    networks = data.names("http", "network")
    figure, all_axes = plt.subplots(1, len(networks), figsize=(3.2 * len(networks), 3.2), squeeze=False)
    for axes, network in zip(all_axes[0], networks, strict=True):
        names = data.names("http", "server", network=network)
        most = [max(it["report"]["memory_mb"] for it in data.of("http", server=n, network=network)) for n in names]
        axes.barh(names, most, color=[style(data, name)["color"] for name in names])
        axes.invert_yaxis()
        axes.set(xlabel="MB under load", title=network)
    save(figure, folder, "memory")


def main():
    records = [json.loads(line) for line in pathlib.Path(sys.argv[1]).read_text().splitlines()]
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    data = Records(records)
    for network in data.names("http", "network"):
        throughput(data, network, folder)
        latency(data, network, folder)
    if data.of("http"):
        memory(data, folder)


main()
