"""A proxy in front of the replicas: each connection goes to one that is ready, the next one if it does not answer."""

import itertools
import socket
import socketserver
import threading
import time

from chaos.web import Broken, ask

PROBE_EVERY_SECONDS = 0.5
PROBE_MAX_SECONDS = 1.0
CHUNK_BYTES = 65536


class Balancer(socketserver.ThreadingTCPServer):
    """Passes bytes on. A replica is left out while `/readyz?exclude=store` does not say 200."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, ports: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.ports = ports
        self.ready = set(ports)
        self.turn = itertools.count()
        self.is_over = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()
        for port in ports:
            threading.Thread(target=self.probe, args=(port,), daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def probe(self, port: int) -> None:
        while not self.is_over.is_set():
            try:
                status, _ = ask("GET", f"http://127.0.0.1:{port}/readyz?exclude=store", timeout=PROBE_MAX_SECONDS)
            except Broken:
                status = 0
            (self.ready.add if status == 200 else self.ready.discard)(port)
            time.sleep(PROBE_EVERY_SECONDS)

    def connect(self) -> socket.socket | None:
        first = next(self.turn)
        ports = [self.ports[(first + step) % len(self.ports)] for step in range(len(self.ports))]
        for port in sorted(ports, key=lambda port: port not in self.ready):
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=PROBE_MAX_SECONDS)
            except OSError:
                continue
        return None

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that breaks is what this is about."""


class Passing(socketserver.BaseRequestHandler):
    server: Balancer

    def handle(self) -> None:
        replica = self.server.connect()
        if replica is None:
            return
        replica.settimeout(None)
        back = threading.Thread(target=carry, args=(replica, self.request), daemon=True)
        back.start()
        carry(self.request, replica)
        back.join()
        replica.close()


def carry(source: socket.socket, target: socket.socket) -> None:
    try:
        while chunk := source.recv(CHUNK_BYTES):
            target.sendall(chunk)
    except OSError:
        pass
    finally:
        for end, side in [(target, socket.SHUT_WR), (source, socket.SHUT_RD)]:
            try:
                end.shutdown(side)
            except OSError:
                pass
