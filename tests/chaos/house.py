"""The processes: a PostgreSQL, the embedded HubSpot, and the replicas."""

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

from chaos.web import Broken, ask

SECRET = "chaos-secret-0123456789"
TOKEN = "pat-na1-sandbox"
STATE_KEY = "chaos-0123456789abcdef0123456789abcdef"
APP = 2438486
START_MAX_SECONDS = 60
STOP_MAX_SECONDS = 60
SETTINGS = """
mode = "reply"
[limits]
quiet_seconds = 1
longest_wait_seconds = 5
conversations_at_once = 8
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """A server of its own. It keeps what it has committed: the chaos restarts it in the middle of its work."""

    def __init__(self, folder: Path) -> None:
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        self.bin = programs[-1] if programs else Path(shutil.which("initdb") or "").parent
        self.folder, self.port = folder, free_port()
        folder.mkdir(parents=True)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        self.run("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.control("start")

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *arguments: str, **more: object) -> str:
        # The server refuses to run as root.
        owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = [*owner, str(self.bin / program), *arguments]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", **more)
        return done.stdout

    def control(self, action: str, mode: str = "fast") -> None:
        # What is synced to the disk outlives a machine; here only the process ends.
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.folder} -c fsync=off"
        arguments = ["-D", self.data, "-w", "-s", "-l", str(self.folder / "log")]
        arguments += [] if action == "start" else ["-m", mode]
        arguments += [] if action == "stop" else ["-o", options]
        # A pipe would be held open by the server.
        owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = [*owner, str(self.bin / "pg_ctl"), *arguments, action]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def query(self, statement: str) -> list[list[str]]:
        rows = self.run("psql", "-X", "-A", "-t", "-F", "\t", self.url, "-c", statement).splitlines()
        return [row.split("\t") for row in rows if row]


class HubSpot:
    """The embedded HubSpot as a process, with the limits of the free tier."""

    def __init__(self, binary: Path, output: Path, delay_ms: int) -> None:
        self.port = free_port()
        command = [str(binary), "sandbox", "--bind", f"127.0.0.1:{self.port}", "--tier", "free", "--delay", str(delay_ms)]
        environment = {"PATH": os.environ.get("PATH", "")}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=(output / "hubspot.log").open("w"))
        wait_for(f"{self.url}/__sandbox/clock")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def admin(self, method: str, path: str, body: object = None) -> object:
        status, answer = ask(method, f"{self.url}/__sandbox/{path}", body)
        if status != 200:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def tell(self, port: int) -> None:
        """Sends its events to this port, and repeats them soon where they are refused."""
        types = ["conversation.newMessage", "conversation.propertyChange", "conversation.privacyDeletion"]
        subscriptions = [{"type": name, **({"property": "assignedTo"} if name.endswith("Change") else {})} for name in types]
        self.admin("PUT", f"webhooks/{APP}", {
            "client_secret": SECRET,
            "target_url": f"http://127.0.0.1:{port}/webhooks/hubspot",
            "subscriptions": subscriptions,
            "retry_speed": 20,
        })


class Replica:
    """A replica, which is killed, stopped and started again at the same port."""

    def __init__(self, name: str, binary: Path, output: Path, flags: list[str], environment: dict[str, str]) -> None:
        self.name, self.port = name, free_port()
        self.command = [str(binary), "http", "--bind", f"127.0.0.1:{self.port}", *flags]
        self.environment = {"PATH": os.environ.get("PATH", ""), **environment}
        self.log = output / f"{name}.log"
        self.front = self.url
        """The address of the proxy in front of it."""
        self.process: subprocess.Popen[bytes] | None = None
        self.is_in_trouble = False
        """It is dead, stopped or about to end."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.is_in_trouble = False
        with self.log.open("a") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdout=subprocess.DEVNULL, stderr=log)

    def signal(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def end(self, number: int) -> int:
        """Ends it by this signal, and returns its code."""
        self.signal(number)
        return self.process.wait(STOP_MAX_SECONDS) if self.process else 0


def wait_for(url: str) -> None:
    end = time.monotonic() + START_MAX_SECONDS
    while time.monotonic() < end:
        try:
            if ask("GET", url, timeout=2)[0] == 200:
                return
        except Broken:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"nothing answers at {url}")


def panics(logs: list[Path]) -> list[str]:
    """The lines of the logs that tell of a defect."""
    pattern = re.compile(r"panicked|^\S+ ERROR ")
    return [f"{log.name}: {line}" for log in logs for line in log.read_text().splitlines() if pattern.search(line)]
