"""Our own S3 server for measuring: one process, one folder, a port of this machine, TLS."""
import signal
import subprocess
from pathlib import Path

from machine import Failed, fresh, remove, run

BUCKET = "bench"
LEAST_RATE = 1e9


class S3Server:
    """Runs until it is closed. It checks no signature; what is stored goes with it."""

    def __init__(self, program, folder, delay=0):
        self.folder, self.delay = Path(folder), delay
        fresh(self.folder)
        self._process = subprocess.Popen([program, str(self.folder), str(delay)], stdout=subprocess.PIPE, text=True)
        port = self._process.stdout.readline().strip()
        if not port:
            raise Failed(f"'{program}' did not start")
        self.host, self.authority = f"localhost:{port}", self.folder / "ca.pem"

    def download_rate(self, megabytes=512):
        """Bytes a second that it serves to curl, the best of three."""
        source, url = self.folder / "bytes", f"https://{self.host}/{BUCKET}/rate"
        run("dd", "if=/dev/urandom", f"of={source}", "bs=1M", f"count={megabytes}", "status=none")
        run("curl", "-sSf", "--cacert", self.authority, "-T", source, "-o", "/dev/null", url)
        rates = [float(run("curl", "-sSf", "--cacert", self.authority, "-o", "/dev/null", "-w", "%{speed_download}",
                           url)) for _ in range(3)]
        run("curl", "-sSf", "--cacert", self.authority, "-X", "DELETE", url)
        return max(rates)

    def close(self):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()
        remove(self.folder)
