"""What goes wrong: replicas are killed, stopped and told to end, the database restarts, and HubSpot is late, silent or busy."""

import random
import signal
import threading
import time

from chaos.house import HubSpot, Postgres, Replica
from chaos.ledger import Ledger

PAUSE_SECONDS = (2.0, 5.0)
DOWN_SECONDS = (0.5, 4.0)
STOPPED_SECONDS = (2.0, 25.0)
"""Shorter and longer than the lives of leases."""
THROTTLED_EVERY_SECONDS = 15.0
"""One injected 429 in a window: further ones are the server's own."""


class Trouble:
    """Makes trouble until its end, and never takes the last replica. Then everything runs again."""

    def __init__(self, seed: int, ledger: Ledger, replicas: list[Replica], postgres: Postgres, hubspot: HubSpot) -> None:
        self.random = random.Random(seed)
        self.ledger, self.replicas, self.postgres, self.hubspot = ledger, replicas, postgres, hubspot
        self.is_over = threading.Event()
        self.throttled = 0.0
        self.mending: list[threading.Thread] = []

    def run(self, seconds: float) -> None:
        kinds = [self.kill, self.kill, self.stop, self.stop, self.leave, self.database, self.fault, self.fault, self.fault]
        end = time.monotonic() + seconds
        # Each kind once in a random order, then any.
        deck = self.random.sample(kinds, len(kinds))
        while (pause := self.random.uniform(*PAUSE_SECONDS)) < end - time.monotonic():
            time.sleep(pause)
            (deck.pop() if deck else self.random.choice(kinds))()
        for thread in self.mending:
            thread.join()
        self.hubspot.admin("DELETE", "faults")

    def victim(self) -> Replica | None:
        running = [replica for replica in self.replicas if not replica.is_in_trouble]
        if len(running) < 2:
            return None
        replica = self.random.choice(running)
        replica.is_in_trouble = True
        return replica

    def later(self, seconds: float, mend: object) -> None:
        thread = threading.Timer(seconds, mend)
        thread.start()
        self.mending.append(thread)

    def kill(self) -> None:
        if (replica := self.victim()) is None:
            return
        self.ledger.kills.append(time.time())
        replica.end(signal.SIGKILL)
        self.ledger.trouble(f"{replica.name} killed")
        self.later(self.random.uniform(*DOWN_SECONDS), replica.start)

    def stop(self) -> None:
        if (replica := self.victim()) is None:
            return
        seconds = self.random.uniform(*STOPPED_SECONDS)
        replica.signal(signal.SIGSTOP)
        self.ledger.trouble(f"{replica.name} stopped for {seconds:.1f} s")

        def resume() -> None:
            replica.signal(signal.SIGCONT)
            replica.is_in_trouble = False

        self.later(seconds, resume)

    def leave(self) -> None:
        if (replica := self.victim()) is None:
            return
        self.ledger.trouble(f"{replica.name} told to end, and started again")

        def restart() -> None:
            begun = time.monotonic()
            code = replica.end(signal.SIGTERM)
            if code != 0:
                self.ledger.finding(f"{replica.name} ended with {code} after SIGTERM")
            self.ledger.trouble(f"{replica.name} ended after {time.monotonic() - begun:.1f} s")
            replica.start()

        self.later(0, restart)

    def database(self) -> None:
        mode = self.random.choice(["fast", "immediate"])
        seconds = self.random.uniform(*DOWN_SECONDS)
        self.ledger.trouble(f"the database ends ({mode}) and is away for {seconds:.1f} s")
        self.postgres.control("stop", mode)
        time.sleep(seconds)
        self.postgres.control("start")

    def fault(self) -> None:
        effects = ["silence", "silence_after", "lost_answer", "cut_body", {"delay_ms": 6000}, {"status": {"status": 503}}]
        if time.monotonic() - self.throttled >= THROTTLED_EVERY_SECONDS:
            effects.append({"rate_limited": {"policy": "TEN_SECONDLY_ROLLING"}})
        effect = self.random.choice(effects)
        if isinstance(effect, dict) and "rate_limited" in effect:
            self.throttled = time.monotonic()
            match, times = {}, 1
        else:
            match = self.random.choice([{"method": "POST"}, {"path_contains": "/messages"}, {"path_contains": "/tickets"}, {}])
            times = self.random.randint(1, 4)
        self.ledger.trouble(f"HubSpot: {effect} for {times} requests like {match}")
        self.hubspot.admin("POST", "faults", {"match": match, "effect": effect, "times": times})
