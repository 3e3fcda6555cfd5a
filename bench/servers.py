"""The servers: how each is started, and how it wants to be asked."""

import base64
import dataclasses
import json
import os
import urllib.request

from process import Process, free_port
from settings import BENCH, DATA, LOGS, STORE, THREADS, program

# One with a network of 500 MB in Python takes a while.
PATIENCE = 90


@dataclasses.dataclass(frozen=True)
class Server:
    """`form` is how a picture is sent: raw, or base64 in the JSON of a framework."""

    name: str
    command: object
    path: str = "/predict"
    form: str = "raw"
    networks: tuple = ("no-op", "vgg", "flags")
    venv: str | None = None
    options: tuple = ()

    def message(self, picture, data=DATA):
        """Body and headers for a picture file."""
        raw = (data / picture).read_bytes()
        if self.form == "raw":
            return raw, {"Content-Type": "image/jpeg", "Accept": "application/json"}
        text = base64.b64encode(raw).decode()
        body = {
            "litserve": {"image": text},
            "bentoml": {"images": [text]},
            "gradio": {"data": [text]},
            "mlserver": {"inputs": [{"name": "x", "shape": [1], "datatype": "BYTES", "data": [text]}]},
        }[self.form]
        return json.dumps(body).encode(), {"Content-Type": "application/json"}

    def url(self, port, network):
        path = {"no-op": "/no-op", "vgg": "/vgg", "flags": "/flags"}[network] if self.path == "" else self.path
        return f"http://127.0.0.1:{port}{path}"

    def installed(self):
        """Why it cannot be started, or nothing."""
        if self.venv is None or (STORE / self.venv / "requirements.txt").exists():
            return None
        log = STORE / f"{self.venv}.log"
        said = log.read_text().strip().splitlines()[-1:] if log.exists() else []
        return "not installed: " + " ".join(said or ["run setup/bench.sh"])

    def start(self, network, settings):
        """Starts it for a network, and waits until it answers. Gives the process, and what it is asked."""
        port = free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("VITRINE_", "MOSEC_"))}
        environment.update(
            BENCH_NETWORK=network,
            BENCH_FOLDER=str(DATA),
            BENCH_THREADS=str(THREADS),
            OMP_NUM_THREADS=str(THREADS),
            PYTHONPATH=str(BENCH / "peers"),
            PYTHONWARNINGS="ignore",
            KERAS_BACKEND="torch",
            BENTOML_HOME=str(STORE / "bentoml-home"),
            BENTOML_DO_NOT_TRACK="True",
            GRADIO_ANALYTICS_ENABLED="False",
        )
        command = self.command(self, network, port, settings)
        cwd = STORE / "run" / self.name.replace(" ", "-")
        cwd.mkdir(parents=True, exist_ok=True)
        log = LOGS / f"{self.name.replace(' ', '-')}-{network}.log"
        process = Process(self.name, command, port, environment, log, cwd)
        picture = pictures(network)[0]
        body, headers = self.message(picture)
        url = self.url(port, network)

        def ready():
            request = urllib.request.Request(url, data=body, headers=headers)
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read()

        try:
            process.port_s = process.wait_for_port(PATIENCE)
            process.ready_s, process.answer = process.wait_for(ready, PATIENCE)
        except BaseException:
            process.stop()
            raise
        process.url, process.headers = url, headers
        process.idle_mb = process.memory_mb()
        return process


def pictures(network):
    """The files that are sent, in turn."""
    return sorted(path.name for path in DATA.glob(f"{network}*.jpg"))


def python(venv):
    return STORE / venv / "bin" / "python"


def script(server, network, port, settings):
    return [python(server.venv), BENCH / "peers" / f"{server.venv}_peer.py", port]


def mosec(server, network, port, settings):
    return [*script(server, network, port, settings)[:2], "--address", "127.0.0.1", "--port", port, "--timeout", 60000]


def bentoml(server, network, port, settings):
    program = STORE / "bentoml" / "bin" / "bentoml"
    return [program, "serve", "bentoml_peer:Peer", "--host", "127.0.0.1", "--port", port]


def mlserver(server, network, port, settings):
    folder = STORE / "run" / "mlserver-models"
    (folder / "peer").mkdir(parents=True, exist_ok=True)
    told = {"http_port": port, "grpc_port": free_port(), "metrics_port": free_port(), "host": "127.0.0.1"}
    (folder / "settings.json").write_text(json.dumps({**told, "debug": False, "parallel_workers": 1}))
    model = {"name": "peer", "implementation": "mlserver_peer.Peer", "max_batch_size": 8, "max_batch_time": 0.001}
    (folder / "peer" / "model-settings.json").write_text(json.dumps(model))
    return [STORE / "mlserver" / "bin" / "mlserver", "start", folder]


def bare(server, network, port, settings):
    return [program("examples/bare", settings.profile), f"127.0.0.1:{port}"]


def vitrine(server, network, port, settings):
    """As it is by default, and with limits of rates, which are far away, so that they are looked at."""
    name = "no-op" if network == "no-op" else "vitrine"
    models = ["--models", DATA / "models", "--preload", "none" if network == "no-op" else network]
    told = ["--listen", f"127.0.0.1:{port}", "--threads", settings.threads, "--rate", "100000/s", *server.options]
    return [program(name, settings.profile), "serve", *models, *told]


def all_servers(settings):
    """Those there are."""
    ours = [
        Server("vitrine", vitrine, path="", options=("--precision", "f32")),
        Server("vitrine bf16", vitrine, path="", networks=("vgg", "flags"), options=("--precision", "bf16")),
    ]
    return [
        Server("bare axum", bare, path="/", networks=("no-op",)),
        *ours,
        Server("FastAPI", script, venv="fastapi"),
        Server("LitServe", script, form="litserve", venv="litserve"),
        Server("mosec", mosec, path="/inference", venv="mosec"),
        Server("BentoML", bentoml, form="bentoml", venv="bentoml"),
        Server("MLServer", mlserver, path="/v2/models/peer/infer", form="mlserver", venv="mlserver"),
        Server("Gradio", script, path="/gradio_api/run/predict", form="gradio", venv="gradio"),
        Server("tornado-compute", script, venv="tornado", networks=("no-op", "vgg")),
    ]


def named(name, settings):
    """The server of this name."""
    return next(server for server in all_servers(settings) if server.name == name)
