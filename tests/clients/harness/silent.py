"""A HubSpot that never answers, and reports how many callers still wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RECORDS = "/objects/"
"""A part of the path of every request that a tool of ../steps.json makes."""


class Silent(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.waiting = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def count(self, change: int) -> None:
        with self.lock:
            self.waiting += change


class Handler(BaseHTTPRequestHandler):
    server: Silent

    def do_GET(self) -> None:
        if self.path == "/waiting":
            body = str(self.server.waiting).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            self.keep_waiting()

    def do_POST(self) -> None:
        self.keep_waiting()

    def keep_waiting(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        # Requests of the server's own warm-up belong to no call, so no client can cancel them.
        of_a_call = int(RECORDS in self.path)
        self.server.count(of_a_call)
        try:
            # The caller has sent its whole request, so that the next event can only be its disconnection.
            self.connection.recv(1)
        except OSError:
            pass
        finally:
            self.server.count(-of_a_call)
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def silent() -> Iterator[Silent]:
    with Silent() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
