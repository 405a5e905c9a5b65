"""Running commands, measuring them, and what there is to say about the machine."""
import os
import platform
import re
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


class Failed(Exception):
    """Ends the run with one sentence."""


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def run(*command, **options):
    """Runs a command that must succeed; answers its standard output."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise Failed(f"'{' '.join(map(str, command))}' ended with {done.returncode}: "
                     f"{(done.stderr + done.stdout).strip()[-1500:]}")
    return done.stdout


@dataclass
class Cost:
    """What one command took. Processor time is that of the whole tree of processes, user and system; the memory is
    that of its largest process; the sum over all of them is sampled only when asked for."""
    wall: float
    cpu: float
    rss: int
    rss_sum: int
    output: str


def measure(command, cwd, sample_memory=False):
    """Runs a command that must succeed on a disk that has nothing left to write."""
    result = HERE / "home" / "tmp" / "cost"
    os.sync()
    sampler = None
    with subprocess.Popen([sys.executable, "-I", "-S", HERE / "measured.py", result, *map(str, command)], cwd=cwd,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        if sample_memory:
            sampler = MemorySampler(process.pid)
            sampler.start()
        output, errors = process.communicate()
    wall, cpu, kib, status = result.read_text(encoding="ascii").split()
    if status != "0":
        raise Failed(f"'{' '.join(map(str, command))}' ended with {status}: {(errors + output).strip()[-1500:]}")
    return Cost(float(wall), float(cpu), int(kib) * 1024, sampler.stop() if sampler else 0, output)


class MemorySampler(threading.Thread):
    """Watches the resident memory of all processes below one."""

    def __init__(self, parent):
        super().__init__(daemon=True)
        self._parent, self._peak, self._ended = parent, 0, threading.Event()

    def run(self):
        while not self._ended.wait(0.02):
            self._peak = max(self._peak, sum(map(self._resident, self._below(self._parent))))

    def stop(self):
        self._ended.set()
        self.join()
        return self._peak

    def _below(self, pid):
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        except OSError:
            return []
        return [int(child) for child in children] + [deep for child in children for deep in self._below(int(child))]

    @staticmethod
    def _resident(pid):
        try:
            return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            return 0


def remove(path):
    """Removes a tree, and waits for the disk to know. A background process of a tool may still be writing."""
    for _ in range(20):
        shutil.rmtree(path, ignore_errors=True)
        if not os.path.lexists(path):
            os.sync()
            return
        time.sleep(0.1)
    raise Failed(f"unable to remove '{path}'")


def fresh(path):
    """A new and empty directory, closed to others."""
    remove(path)
    os.makedirs(path)
    os.chmod(path, 0o700)
    return path


def files_below(path, skip=()):
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if os.path.relpath(os.path.join(folder, name), path) not in skip]
        yield from (os.path.join(folder, name) for name in names)


def bytes_below(path, skip=()):
    return sum(os.lstat(file).st_size for file in files_below(path, skip))


def read_once(path):
    """Brings every file below a path into the page cache."""
    for name in files_below(path):
        with open(name, "rb", buffering=0) as file:
            while file.read(1 << 20):
                pass


def pin_to_two_processors():
    """Everything that is started from here on, servers included, has two processors: two workers each."""
    usable = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, usable[:2])
    return len(usable)


def describe(processors):
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*:\s*(.*)$", text, re.M)
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(encoding="ascii"))[1]) / (1 << 20)
    return (f"{model[1] if model else platform.machine()}, {processors} processors"
            f"{', of which 2 are used' if processors > 2 else ''}, {memory:.0f} GiB of memory, "
            f"Linux {platform.release()}")
