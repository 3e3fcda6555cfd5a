"""A server as a process: started, watched, measured from outside, and ended with all its children."""

import os
import pathlib
import signal
import socket
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A server that did not start or did not answer, with the last lines it wrote."""


class Process:
    def __init__(self, name, command, port, environment, log, cwd=None):
        self.name, self.port, self.log = name, port, log
        log.parent.mkdir(parents=True, exist_ok=True)
        self.began = time.perf_counter()
        with open(log, "w") as out:
            # A session of its own, by which its children are found and ended.
            self.child = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=cwd,
                start_new_session=True,
            )

    def wait_for_port(self, patience):
        """Seconds from the start until the port is open."""
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return time.perf_counter() - self.began
            except OSError:
                self.check(patience)
                time.sleep(0.005)

    def wait_for(self, ready, patience):
        """Seconds from the start until `ready` gives something; what it gives comes with it."""
        while True:
            try:
                answer = ready()
                if answer is not None:
                    return time.perf_counter() - self.began, answer
            except (OSError, ValueError):
                pass
            self.check(patience)
            time.sleep(0.01)

    def check(self, patience):
        if self.child.poll() is not None:
            raise Failed(f"{self.name} ended with {self.child.returncode}: {self.last_words()}")
        if time.perf_counter() - self.began > patience:
            raise Failed(f"{self.name} was not ready after {patience} s: {self.last_words()}")

    def last_words(self):
        lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        return " / ".join(lines[-3:])[-600:] or "it wrote nothing"

    def members(self):
        """All processes of the session, and their children, who may have sessions of their own."""
        every = {}
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                # The name in parentheses may hold anything, blanks too.
                every[int(stat.parent.name)] = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
        found = {pid for pid, fields in every.items() if int(fields[3]) == self.child.pid}
        grown = True
        while grown:
            children = {pid for pid, fields in every.items() if int(fields[1]) in found}
            grown = not children <= found
            found |= children
        return [(pathlib.Path("/proc", str(pid)), every[pid]) for pid in found]

    def cpu_seconds(self):
        """Processor time of all members since they started."""
        return sum(int(fields[11]) + int(fields[12]) for _, fields in self.members()) / TICK

    def memory_mb(self):
        """Resident memory of all members; what they share is counted once, by its parts."""
        total = 0
        for folder, _ in self.members():
            try:
                for line in (folder / "smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
            except OSError:
                continue
        return total / 1024

    def peak_mb(self):
        """The most that the first process ever had resident."""
        for line in pathlib.Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def stop(self, patience=10):
        """Seconds until it was gone; what does not go is killed."""
        began = time.perf_counter()
        # Found while the first is there, since its children are nobody's then.
        members = [int(folder.name) for folder, _ in self.members()]
        send(os.killpg, self.child.pid, signal.SIGTERM)
        try:
            self.child.wait(patience)
        except subprocess.TimeoutExpired:
            pass
        took = time.perf_counter() - began
        send(os.killpg, self.child.pid, signal.SIGKILL)
        for pid in members:
            if pid != self.child.pid and pathlib.Path(f"/proc/{pid}").exists():
                send(os.kill, pid, signal.SIGKILL)
        self.child.wait()
        return took

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def send(how, pid, number):
    try:
        how(pid, number)
    except ProcessLookupError:
        pass


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
