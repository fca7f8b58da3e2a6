"""Three replicas on one PostgreSQL and the embedded HubSpot with the limits of the free tier, and customers over MCP, in the
inbox and on the chat page, while whatever can go wrong does.

    PYTHONPATH=tests python3 -m chaos [--binary FILE] [--seconds 300] [--customers 150] [--replicas 3] [--seed N]

The end is an error if a promise is broken: what was acknowledged is in HubSpot once, nothing is there twice, every customer
has an answer or a person, answers come in their order, and HubSpot refuses one request of a window at most. What was seen
is kept in target/chaos/.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from chaos import figures, invariants
from chaos.balancer import Balancer
from chaos.customers import ANSWER_MAX_SECONDS, World, begin
from chaos.house import SECRET, SETTINGS, STATE_KEY, TOKEN, HubSpot, Postgres, Replica, panics, wait_for
from chaos.ledger import Ledger
from chaos.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/frontdesk")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--customers", type=int, default=150)
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--delay", type=int, default=150, help="milliseconds of each answer of HubSpot")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--calm", action="store_true", help="nothing goes wrong")
    parser.add_argument("--repeat", action="store_true", help="agents repeat a broken call with its key")
    parser.add_argument("--flag", action="append", default=[], help="a further flag of the replicas")
    return parser.parse_args()


def main() -> int:
    chosen = options()
    output = ROOT / "target/chaos"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    print(f"chaos: seed {chosen.seed}, {chosen.seconds:.0f} s, {chosen.customers} customers, {chosen.replicas} replicas", flush=True)
    ledger = Ledger()
    # Its owner may not be able to reach the folder of the project.
    home = Path(tempfile.mkdtemp(prefix="chaos-"))
    home.chmod(0o755)
    postgres, hubspot, replicas = Postgres(home / "pg"), None, []
    try:
        hubspot = HubSpot(chosen.binary, output, chosen.delay)
        replicas = opened(chosen, output, postgres, hubspot)
        return played(chosen, output, ledger, postgres, hubspot, replicas)
    finally:
        for process in [replica.process for replica in replicas] + ([hubspot.process] if hubspot else []):
            if process is not None:
                process.kill()
                process.wait()
        postgres.control("stop", "immediate")
        shutil.rmtree(home, ignore_errors=True)


def opened(chosen: argparse.Namespace, output: Path, postgres: Postgres, hubspot: HubSpot) -> list[Replica]:
    (output / "autopilot.toml").write_text(SETTINGS)
    flags = ["--store", postgres.url, "--autopilot", str(output / "autopilot.toml"), "--allow-replies", "--tier", "free"]
    flags += ["--chat", "--handoff", "ticket", "--docs", str(ROOT / "taskgraphs/docs/richtech"), "--drain-delay", "2"]
    flags += chosen.flag
    secrets = {"HUBSPOT_ACCESS_TOKEN": TOKEN, "HUBSPOT_CLIENT_SECRET": SECRET, "FRONTDESK_STATE_KEY": STATE_KEY}
    environment = {"HUBSPOT_BASE_URL": hubspot.url, **secrets}
    replicas = [Replica(f"replica-{number + 1}", chosen.binary, output, flags, environment) for number in range(chosen.replicas)]
    balancer = Balancer([replica.port for replica in replicas])
    for replica in replicas:
        # HubSpot signs the address to which it sends.
        replica.command += ["--public-url", f"http://127.0.0.1:{balancer.port}"]
        replica.front = f"http://127.0.0.1:{balancer.port}"
        replica.start()
    for replica in replicas:
        wait_for(f"{replica.url}/readyz")
    hubspot.tell(balancer.port)
    return replicas


def played(chosen: argparse.Namespace, output: Path, ledger: Ledger, postgres: Postgres, hubspot: HubSpot, replicas: list[Replica]) -> int:
    world = World(replicas[0].front, replicas, hubspot, ledger, chosen)
    # What ends by an exception, such as a replica that does not end in time, is a finding and no lesser load.
    threading.excepthook = lambda ended: ledger.finding(f"{ended.thread.name}: {ended.exc_value!r}")
    threads = begin(world)
    if chosen.calm:
        time.sleep(chosen.seconds)
    else:
        Trouble(chosen.seed, ledger, replicas, postgres, hubspot).run(chosen.seconds)
    world.is_over.set()
    print("chaos: the trouble is over; waiting for the last answers", flush=True)
    end = time.monotonic() + ANSWER_MAX_SECONDS
    for thread in threads:
        thread.join(max(0.1, end - time.monotonic()))
    world.inbox.is_over.set()
    world.inbox.look()
    state, log = hubspot.admin("GET", "state"), hubspot.admin("GET", "requests")
    (output / "state.json").write_text(json.dumps(state, indent=1))
    (output / "requests.json").write_text(json.dumps(log, indent=1))
    broken = invariants.check(ledger, state, log, world.inbox) + panics([replica.log for replica in replicas])
    return report(ledger, broken, figures.figures(ledger, log, hubspot.admin("GET", "peaks"), postgres))


def report(ledger: Ledger, broken: list[str], measured: list[str]) -> int:
    for at, what in ledger.troubles:
        print(f"chaos: {invariants.clock(at)} {what}")
    for what, count in sorted(ledger.counts.items()):
        print(f"chaos: {count} × {what}")
    writes = list(ledger.writes.values())
    print(f"chaos: {sum(write.acknowledged for write in writes)} of {len(writes)} writes were acknowledged")
    for line in measured:
        print(f"chaos: {line}")
    for line in broken:
        print(f"chaos: BROKEN {line}")
    print("chaos: every promise was kept" if not broken else f"chaos: FAILED, {len(broken)} promises broken", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
