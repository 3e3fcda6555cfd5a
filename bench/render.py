"""RESULTS.md, made of the records."""

import statistics

from median import median_by

# What the project wants to be, and who may say whether it is; see `wishes` below.
PICTURE = {"no-op": "a body of 100 kB and no network", "vgg": "VGG-16", "flags": "the network of `flags`"}

# What makes a difference with these pictures.
NOTE = {
    "flags": " The pictures are JPEGs of 560 x 420 pixels, of which the network sees 64 x 64. vitrine decodes them at half "
    "scale, as it does where that changes next to nothing and `--full-decode` is not given, and the others decode every pixel."
}

# In what the networks of ours compute.
OURS = {"vitrine": "f32", "vitrine bf16": "bf16"}


class Records:
    def __init__(self, records):
        self.all = records

    def of(self, what, **want):
        return [it for it in self.all if it["what"] == what and all(it.get(key) == want[key] for key in want)]

    def names(self, what, key, **want):
        """In the order in which they were measured."""
        return list(dict.fromkeys(it[key] for it in self.of(what, **want)))

    def engine(self, name, batch):
        """Median milliseconds of a picture in a batch of this size, over the rounds."""
        found = [it["ms"][str(batch)] for it in self.of("engine", engine=name) if str(batch) in it["ms"]]
        return statistics.median(found) / batch if found else None

    def http(self, server, network, clients, *path):
        """Median of one figure of the generator's report over the rounds."""
        found = []
        for it in self.of("http", server=server, network=network, clients=clients):
            value = it["report"]
            for key in path:
                value = (value or {}).get(key)
            if value is not None:
                found.append(value)
        return statistics.median(found) if found else None

    def overloads(self):
        """Of each overload that was measured the measurement with the median goodput, as it was."""
        for network in self.names("overload", "network"):
            yield median_by(self.of("overload", network=network), lambda row: row["figures"]["goodput_of_peak"])


def number(value, digits=1):
    return "–" if value is None else f"{value:,.{digits}f}".replace(",", " ")


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def results(records):
    data = Records(records)
    about, *later = data.of("machine")
    parts = [heading(about, later)]
    if data.of("engine"):
        parts.append(engines(data))
    for network in ["no-op", "vgg", "flags"]:
        if data.of("http", network=network):
            parts.append(http(data, network))
    if data.of("start"):
        parts.append(starts(data))
    parts.append(overload(data))
    parts.append(wishes(data))
    parts.append(failures(data))
    return "\n".join(part for part in parts if part)


def heading(about, later):
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    quiet = "" if about["load_average"] <= 0.5 else (
        f"\n**The machine was not quiet** (load {about['load_average']:.1f}): these figures prove nothing.\n"
    )
    more = "".join(
        f"\nMore rounds of {it['part']}: {it['date']}, commit {it['commit']}, {it['cpu']}"
        f" (load {it['load_average']:.1f} before them)."
        for it in later
    )
    return f"""# Results

Written by `make bench`; how it measures is in [CONTRIBUTING.md](../CONTRIBUTING.md#measuring).
{quiet}
{about["date"]}, commit {about["commit"]}, {about["cpu"]}, {about["cores"]} cores ({", ".join(about["extensions"])}),
{about["memory_mb"] // 1024} GB, Linux {about["kernel"]}, Python {about["python"]}. The generator ran on the same cores.
Everybody was told to compute with {about["cores"]} threads, and had the same networks with the same weights,
and computes in f32, as PyTorch does by default, unless its name says otherwise. Figures are medians of rounds in which everybody had a turn.{more}

{versions}.
"""


def engines(data):
    names = data.names("engine", "engine")
    batches = sorted({int(batch) for it in data.of("engine") for batch in it["ms"]})
    best = {b: min((ms for ms in (data.engine(n, b) for n in names) if ms), default=None) for b in batches}
    rows = []
    for name in names:
        row = [f"**{name}**" if name.startswith("vitrine") else name]
        for batch in batches:
            ms = data.engine(name, batch)
            row.append("–" if ms is None else f"{ms:.1f} ({ms / best[batch]:.2f})")
        rows.append(row)
    head = ["", *[f"batch {batch}" for batch in batches]]
    return (
        "## The network alone\n\nVGG-16, milliseconds for a picture, and in brackets as a multiple of the "
        "fastest. `vitrine` is what its worker thread does.\n\n" + table(head, rows)
    )


def http(data, network):
    clients = sorted({it["clients"] for it in data.of("http", network=network) if "clients" in it})
    rows = []
    for name in data.names("http", "server", network=network):
        row = [f"**{name}**" if name.startswith("vitrine") else name]
        for n in clients:
            rate = data.http(name, network, n, "goodput")
            ours = data.http("vitrine", network, n, "goodput")
            ratio = "" if not rate or not ours else f" ({rate / ours:.2f})"
            row.append("–" if rate is None else f"{number(rate, 0 if rate >= 100 else 1)}{ratio}")
            p50, p99 = (data.http(name, network, n, "latency_ms", key) for key in ("p50", "p99"))
            row.append("–" if p50 is None else f"{number(p50, 2)} / {number(p99, 2)}")
        most = clients[min(1, len(clients) - 1)]
        row.append(number(data.http(name, network, most, "cpu_ms_per_request"), 2))
        row.append(number(data.http(name, network, clients[-1], "memory_mb"), 0))
        rows.append(row)
    head = [""]
    for n in clients:
        head += [f"{n} client{'s' if n > 1 else ''}, answers/s", "p50 / p99 ms"]
    head += [f"CPU ms, {clients[min(1, len(clients) - 1)]} clients", "memory MB"]
    plots = f"\n![Throughput against clients](plots/throughput-{network}.svg)\n"
    if any("rate" in it for it in data.of("http", network=network)):
        plots += f"\n![Latency against rate](plots/latency-{network}.svg)\n"
    return (
        f"## Over HTTP: {PICTURE[network]}\n\nAnswers with status 2xx a second, in brackets as a multiple of "
        "vitrine's; processor time for an answer; memory of all processes under load, what they share counted "
        f"once.{NOTE.get(network, '')}\n\n" + table(head, rows) + plots
    )


def starts(data):
    rows = []
    for network in data.names("start", "network"):
        for name in data.names("start", "server", network=network):
            of = data.of("start", server=name, network=network)
            median = {key: statistics.median(it[key] for it in of) for key in ("port_s", "ready_s", "idle_mb")}
            shown = [number(median["port_s"], 2), number(median["ready_s"], 2), number(median["idle_mb"], 0)]
            rows.append([f"{name}, {network}", *shown])
    return (
        "## Starting\n\nSeconds from the start until the port is open and until the first answer, and memory "
        "then.\n\n"
        + table(["", "port s", "answer s", "memory MB"], rows)
        + "\n![Memory](plots/memory.svg)\n"
    )


def overload(data):
    rows = []
    for row in data.overloads():
        it = row["figures"]
        refused = it["refused"].get("503", {"count": 0, "p50": None, "p99": None})
        back, share = it["came_back"], it["let_in"] / it["came_back"] if it["came_back"] else None
        rows.append(
            [
                row["network"],
                f"{number(it['peak'])}/s",
                f"{number(it['rate'], 0)}/s",
                f"{number(it['goodput'])}/s, {number(100 * it['goodput_of_peak'])} %",
                f"{number(it['accepted_ms']['p50'], 0)} / {number(it['accepted_ms']['p99'], 0)}",
                f"{refused['count']}: {number(refused['p50'], 2)} / {number(refused['p99'], 2)}",
                str(sum(it["errors"].values())),
                f"{number(100 * share, 0)} % of {back}" if share is not None else "nobody",
            ]
        )
    if not rows:
        return ""
    heads = ["", "peak", "asked", "goodput, of the peak", "accepted p50 / p99 ms", "refused: p50 / p99 ms"]
    return (
        "## Four times as much as it can do\n\n"
        "The last column is of a crowd of four clients for each place, who come back when `Retry-After` says: how"
        " many of them were let in then. Peak and overload were measured in pairs, of which that with the median share is shown. The generator takes a share of the two cores that grows with what it sends, but for"
        " `apart`, where it has one of them and the server the other.\n\n"
        + table([*heads, "without an answer", "let in when told"], rows)
    )


def wishes(data):
    """What the project wants of itself, beside what was measured here."""
    rows = []

    def wish(text, value, good, digits=2, unit=""):
        if value is not None:
            rows.append([text, f"{number(value, digits)}{unit}", "yes" if good(value) else "**no**"])

    def ratio(a, b):
        return a / b if a and b else None

    ours1, ours8 = data.engine("vitrine", 1), data.engine("vitrine", 8)
    f32 = [n for n in data.names("engine", "engine") if "bf16" not in n and n != "vitrine"]
    fastest = min((ms for ms in (data.engine(n, 8) for n in f32) if ms), default=None)
    wish("f32, batch 1, over ONNX Runtime: at most 1", ratio(ours1, data.engine("onnxruntime", 1)), lambda r: r <= 1)
    wish("f32, batch 8, over the fastest engine: at most 1.10", ratio(ours8, fastest), lambda r: r <= 1.1)
    for batch in (1, 8):
        r = ratio(data.engine("vitrine bf16", batch), data.engine("openvino-bf16", batch))
        wish(f"bf16, batch {batch}, over OpenVINO: at most 1.10", r, lambda r: r <= 1.1)
    for name, label in OURS.items():
        shares = [it["goodput"] / it["alone"] for it in data.of("share", server=name)]
        share = statistics.median(shares) if shares else None
        wish(f"VGG-16, {label}, 8 clients, of the bare network's throughput: at least 0.98", share, lambda r: r >= 0.98)
        outer, p50 = data.http(name, "vgg", 1, "outer_ms", "p50"), data.http(name, "vgg", 1, "latency_ms", "p50")
        wish(f"VGG-16, {label}, 1 client, server's share of latency: at most 0.02", ratio(outer, p50), lambda r: r <= 0.02, 4)
        queue = data.http(name, "vgg", 1, "server_timing_ms", "queue", "p50")
        wish(f"VGG-16, {label}, 1 client, in the queue: at most 0.1 ms", queue, lambda ms: ms <= 0.1, 3, " ms")
    for n, least, most in [(1, 5000, 1), (64, 6500, 25)]:
        wish(f"no-op, {n} clients: at least {least}/s", data.http("vitrine", "no-op", n, "goodput"), lambda r, w=least: r >= w, 0, "/s")
        p99 = data.http("vitrine", "no-op", n, "latency_ms", "p99")
        wish(f"no-op, {n} clients, p99: at most {most} ms", p99, lambda ms, w=most: ms <= w, 2, " ms")
    for n in (1, 8, 64):
        ours, best = data.http("vitrine", "no-op", n, "goodput"), peer(data, "no-op", n)
        wish(f"no-op, {n} clients, over the best peer: at least 2", ratio(ours, best), lambda r: r >= 2)
    for name, n in [(name, n) for name in OURS for n in (1, 8, 64)]:
        ours, theirs = (data.http(server, "flags", n, "goodput") for server in (name, "FastAPI"))
        wish(f"flags, {OURS[name]}, {n} clients, over FastAPI: at least 5", ratio(ours, theirs), lambda r: r >= 5)
        ours, theirs = (data.http(server, "flags", n, "cpu_ms_per_request") for server in (name, "FastAPI"))
        wish(f"flags, {OURS[name]}, {n} clients, for a CPU second, over FastAPI: at least 5", ratio(theirs, ours), lambda r: r >= 5)
    for row in data.overloads():
        it, network = row["figures"], row["network"]
        wish(f"{network}, four times as much: goodput at least 95 % of the peak", 100 * it["goodput_of_peak"], lambda r: r >= 95, 1, " %")
        p99 = it["refused"].get("503", {}).get("p99")
        wish(f"{network}, four times as much: refused within 5 ms at 99 %", p99, lambda ms: ms <= 5, 2, " ms")
        let_in = ratio(100 * it["let_in"], it["came_back"])
        wish(f"{network}, let in when `Retry-After` said: at least 95 %", let_in, lambda r: r >= 95, 1, " %")
    if not rows:
        return ""
    return "## What vitrine wants of itself\n\n" + table(["", "measured", "so it is"], rows)


def peer(data, network, clients):
    names = [n for n in data.names("http", "server", network=network) if not n.startswith(("vitrine", "bare"))]
    return max((rate for rate in (data.http(n, network, clients, "goodput") for n in names) if rate), default=None)


def failures(data):
    rows = [[it["server"], it["network"], it["error"].replace("|", "\\|")] for it in data.of("failure")]
    for it in data.of("http"):
        bad = it["report"]["refused"] + it["report"]["failed"]
        if bad and "clients" in it:
            told = f"{it['clients']} clients: {it['report']['refused']} refused, {it['report']['failed']} failed"
            rows.append([it["server"], it["network"], told])
    return "## What did not work\n\n" + table(["", "", ""], rows) if rows else ""
