"""The record of what customers did and what they were promised. All threads write into it."""

import threading
import time
from dataclasses import dataclass, field


@dataclass
class Write:
    """A write that was asked for: its mark stands in what HubSpot has then."""

    kind: str
    mark: str
    begun: float
    acknowledged: bool = False
    outcome: str = "under way"


@dataclass
class Said:
    """Words of a customer in HubSpot's inbox, which want one answer."""

    thread: str
    messages: list[str]
    at: float
    answered: float | None = None


@dataclass
class Ledger:
    """What was done."""

    writes: dict[str, Write] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    troubles: list[tuple[float, str]] = field(default_factory=list)
    kills: list[float] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, kind: str, mark: str) -> Write:
        with self.lock:
            return self.writes.setdefault(mark, Write(kind, mark, time.time()))

    def says(self, thread: str, messages: list[str]) -> Said:
        said = Said(thread, messages, time.time())
        with self.lock:
            self.said.append(said)
        return said

    def trouble(self, what: str) -> None:
        with self.lock:
            self.troubles.append((time.time(), what))

    def finding(self, what: str) -> None:
        with self.lock:
            self.findings.append(what)

    def count(self, what: str) -> None:
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1
