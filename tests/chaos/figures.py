"""What was measured: how long customers waited, how soon others went on after a kill, and what a conversation takes."""

from chaos.house import Postgres
from chaos.invariants import refusals, time_of
from chaos.ledger import Ledger


def figures(ledger: Ledger, log: list[dict], peaks: dict, postgres: Postgres) -> list[str]:
    return [*requests(log, peaks), *waits(ledger), *fail_over(ledger, log), *sizes(ledger, postgres)]


def requests(log: list[dict], peaks: dict) -> list[str]:
    lines = [f"requests to HubSpot: {len(log)}; answered with 429: {len(refusals(log))}; peaks: {peaks}"]
    messages = [request for request in log if "/conversations/" in request["path"]]
    sent = [request for request in messages if request["method"] == "POST" and request["path"].endswith("/messages")]
    if sent:
        lines.append(f"requests about conversations for each message that was sent: {len(messages) / len(sent):.1f}")
    return lines


def waits(ledger: Ledger) -> list[str]:
    times = sorted(said.answered - said.at for said in ledger.said if said.answered)
    if not times:
        return ["no customer of the inbox was answered"]
    shares = {share: times[min(len(times) - 1, int(len(times) * share / 100))] for share in (50, 90, 99)}
    told = ", ".join(f"{share} of 100 within {seconds:.1f} s" for share, seconds in shares.items())
    return [f"{len(times)} of {len(ledger.said)} turns in the inbox were ended: {told}, the longest {times[-1]:.1f} s"]


def fail_over(ledger: Ledger, log: list[dict]) -> list[str]:
    """From a kill to the next message that any replica sends, and to the answer of whoever waited at the kill."""
    sent = sorted(time_of(one) for one in log if one["method"] == "POST" and one["path"].endswith("/messages") and one["status"] == 201)
    nexts = [min((at - kill for at in sent if at > kill), default=None) for kill in ledger.kills]
    waited = [
        said.answered - kill
        for kill in ledger.kills
        for said in ledger.said
        if said.answered and said.at < kill < said.answered
    ]
    known = [f"{time:.1f}" for time in nexts if time is not None]
    return [
        f"from {len(ledger.kills)} kills to the next reply of the others (s): {', '.join(known) or 'none'}",
        f"from a kill to the answer of customers who waited then (s): {', '.join(f'{time:.1f}' for time in sorted(waited)) or 'none'}",
    ]


def sizes(ledger: Ledger, postgres: Postgres) -> list[str]:
    threads = len({said.thread for said in ledger.said})
    statements = postgres.query("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'postgres'")
    transactions = [f"transactions of the database since its last start: {statements[0][0]}"]
    if not threads:
        return transactions
    postgres.query("VACUUM ANALYZE")
    lines, rows_in_all, bytes_in_all = [], 0, 0
    for table in ["event", "conversation", "outbox", "autopilot_thread", "autopilot_unanswered", "taskgraph_session"]:
        [[rows, size, row]] = postgres.query(
            f"SELECT count(*), pg_total_relation_size('{table}'), coalesce(avg(pg_column_size(t.*))::int, 0) FROM {table} t"
        )
        rows_in_all, bytes_in_all = rows_in_all + int(rows), bytes_in_all + int(size)
        lines.append(f"table {table}: {rows} rows, {row} bytes a row, {size} bytes with indexes")
    lines.append(f"{threads} conversations in the inbox: {rows_in_all / threads:.1f} rows and {bytes_in_all / threads:.0f} bytes each")
    return [*lines, *transactions]
