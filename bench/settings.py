"""How much is measured, and where everything is."""

import dataclasses
import os
import pathlib

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
BENCH = CHECKOUT / "bench"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
STORE = pathlib.Path(os.environ.get("VITRINE_STORE") or CACHE / "vitrine") / "bench"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or CHECKOUT / "target")
DATA = STORE / "data"
LOGS = STORE / "logs"
# Those that this process may use, and not those of the machine.
THREADS = len(os.sched_getaffinity(0))


@dataclasses.dataclass(frozen=True)
class Settings:
    """Rounds and seconds. The full measurement takes three quarters of an hour on two cores."""

    rounds: int = 3
    batches: tuple = (1, 4, 8)
    engine_seconds: float = 2.5
    no_op_clients: tuple = (1, 8, 64)
    no_op_seconds: float = 2.5
    # Requests a second of the open loop; each server is asked until it falls behind.
    rates: tuple = (250, 500, 1000, 2000, 3000, 4000, 5000, 6000, 7000)
    rate_seconds: float = 2.0
    # Two rounds, since a picture takes long and varies little.
    vgg_rounds: int = 2
    vgg_clients: tuple = (1, 8)
    vgg_seconds: float = 8.0
    shares: int = 5
    share_seconds: float = 4.0
    # More of them: for such short turns the machine is another one each time.
    flags_rounds: int = 5
    flags_clients: tuple = (1, 8, 64)
    flags_seconds: float = 2.5
    overload_seconds: float = 5.0
    overload_pairs: int = 7
    threads: int = THREADS
    profile: str = "release"


QUICK = Settings(
    rounds=1,
    batches=(1, 8),
    engine_seconds=0.5,
    no_op_clients=(1, 8),
    no_op_seconds=1.0,
    rates=(250, 1000),
    rate_seconds=1.0,
    vgg_rounds=1,
    vgg_seconds=2.0,
    shares=1,
    share_seconds=1.0,
    flags_rounds=1,
    flags_clients=(1, 8),
    flags_seconds=1.0,
    overload_seconds=3.0,
    overload_pairs=1,
)


def program(name, profile):
    """A program of ours as cargo has built it."""
    return TARGET / profile / name
