"""What the clients saw, as a Markdown table."""

from itertools import groupby

from harness.clients import STEPS, Outcome

SIGNS = {"ok": "✓", "failed": "✗", "absent": "–"}


def table(outcomes: list[Outcome]) -> str:
    """Runs of a client that went alike share a row."""
    names = [step["step"] for step in STEPS]
    head = f"| client | over | era | {' | '.join(names)} |\n|---|---|---|{'---|' * len(names)}\n"
    body = "".join(row for _, group in groupby(outcomes, lambda outcome: outcome.run.client) for row in rows(list(group)))
    return head + body + notes(outcomes)


def rows(of_client: list[Outcome]) -> list[str]:
    alike: dict[tuple[tuple[str, ...], str], list[Outcome]] = {}
    for outcome in of_client:
        eras = ", ".join(outcome.run.client.eras[outcome.run.transport])
        alike.setdefault((signs(outcome), eras), []).append(outcome)
    return [row(cells, group) for (cells, _), group in alike.items()]


def row(cells: tuple[str, ...], group: list[Outcome]) -> str:
    over = ", ".join(dict.fromkeys(outcome.run.transport for outcome in group))
    eras = ", ".join(dict.fromkeys(outcome.run.era for outcome in group))
    return f"| {group[0].run.client.name} | {over} | {eras} | {' | '.join(cells)} |\n"


def signs(outcome: Outcome) -> tuple[str, ...]:
    """The connection itself has no column: without one every other step has failed."""
    return tuple(SIGNS[verdict.outcome] for verdict in outcome.verdicts if verdict.step != "connect")


def notes(outcomes: list[Outcome]) -> str:
    """Nothing is passed over in silence: each dash has its reason."""
    reasons = {
        f"{outcome.run.client.name}: {verdict.step}: {verdict.why}"
        for outcome in outcomes
        for verdict in outcome.verdicts
        if verdict.outcome == "absent"
    }
    return "\n" + "".join(f"- – {reason}\n" for reason in sorted(reasons)) if reasons else ""
