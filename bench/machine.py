"""What was measured where: versions, machine, date."""

import datetime
import json
import pathlib
import platform
import subprocess

from settings import CHECKOUT, STORE, THREADS

PACKAGES = {
    "engines": ["torch", "onnxruntime", "openvino"],
    "fastapi": ["fastapi", "uvicorn"],
    "litserve": ["litserve"],
    "mosec": ["mosec"],
    "bentoml": ["bentoml"],
    "mlserver": ["mlserver"],
    "gradio": ["gradio"],
    "tornado": ["tornado", "dualprocessing", "keras"],
}


def field(path, name):
    for line in pathlib.Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def versions():
    found = {}
    for venv, packages in PACKAGES.items():
        code = f"import json, importlib.metadata as m; print(json.dumps({{p: m.version(p) for p in {packages!r}}}))"
        try:
            said = subprocess.run([STORE / venv / "bin" / "python", "-c", code], capture_output=True, text=True)
            found.update(json.loads(said.stdout))
        except (OSError, ValueError):
            continue
    return found


def commit():
    git = ["git", "-C", str(CHECKOUT)]
    said = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    changed = subprocess.run([*git, "status", "--porcelain", "-uno"], capture_output=True, text=True).stdout.strip()
    return (said or "unknown") + (" and changes" if changed else "")


def describe():
    memory = int(field("/proc/meminfo", "MemTotal").split()[0]) // 1024
    flags = field("/proc/cpuinfo", "flags").split()
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": field("/proc/cpuinfo", "model name"),
        "cores": THREADS,
        "extensions": [name for name in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if name in flags],
        "memory_mb": memory,
        "kernel": platform.release().partition("-")[0],
        "python": platform.python_version(),
        "commit": commit(),
        "versions": versions(),
    }


def load_average():
    """Work that others have on this machine, which spoils everything."""
    return float(pathlib.Path("/proc/loadavg").read_text().split()[0])
