"""The results of the clients as a Markdown table."""

from itertools import groupby

from harness.clients import STEPS, Outcome

Cells = tuple[str, ...]
SIGNS = {"ok": "✓", "failed": "✗", "absent": "–"}


def table(outcomes: list[Outcome]) -> str:
    names = [step["step"] for step in STEPS]
    head = f"| client | over | era | {' | '.join(names)} |\n|---|---|---|{'---|' * len(names)}\n"
    body = "".join(row for _, group in groupby(outcomes, lambda outcome: outcome.run.client) for row in rows(list(group)))
    return head + body + notes(outcomes)


def rows(of_client: list[Outcome]) -> list[str]:
    """Merges the rows of eras with equal results, and then those of transports with equal eras."""
    by_transport: dict[str, dict[Cells, list[str]]] = {}
    for outcome in of_client:
        alike = by_transport.setdefault(outcome.run.transport, {})
        alike.setdefault(signs(outcome), []).append(outcome.run.era)
    same: dict[tuple[tuple[Cells, str], ...], list[str]] = {}
    for transport, alike in by_transport.items():
        key = tuple((cells, ", ".join(eras)) for cells, eras in alike.items())
        same.setdefault(key, []).append(transport)
    name = of_client[0].run.client.name
    return [row(name, over, eras, cells) for lines, over in same.items() for cells, eras in lines]


def row(name: str, over: list[str], eras: str, cells: Cells) -> str:
    return f"| {name} | {', '.join(over)} | {eras} | {' | '.join(cells)} |\n"


def signs(outcome: Outcome) -> Cells:
    """Leaves out the connection, since without it every other step has failed."""
    return tuple(SIGNS[verdict.outcome] for verdict in outcome.verdicts if verdict.step != "connect")


def notes(outcomes: list[Outcome]) -> str:
    """Lists the reason for each dash."""
    reasons = {
        f"{outcome.run.client.name}: {verdict.step}: {verdict.why}"
        for outcome in outcomes
        for verdict in outcome.verdicts
        if verdict.outcome == "absent"
    }
    return "\n" + "".join(f"- – {reason}\n" for reason in sorted(reasons)) if reasons else ""
