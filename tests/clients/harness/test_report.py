"""Tests of the written tables, and of the failures of the conformance suite that count."""

import json
import tempfile
import unittest
from pathlib import Path

from harness import conformance, generated, matrix
from harness.clients import CLIENTS, STEPS, Outcome, Run
from harness.conformance import Check
from harness.judge import Verdict

REASONS = {"tools-call-image": "no pictures", "server-stateless/logs": "no logs"}


def check(scenario: str, name: str, status: str, revision: str = "2026-07-28") -> Check:
    return Check(revision, scenario, name, status, "")


class Conformance(unittest.TestCase):
    def test_a_failure_or_warning_that_no_entry_names_is_wrong(self) -> None:
        for scenario, name, status, wrong in [
            ("ping", "ping", "SUCCESS", 0),
            ("ping", "ping", "FAILURE", 1),
            ("ping", "ping", "WARNING", 1),
            ("ping", "ping", "SKIPPED", 0),
            ("tools-call-image", "any", "FAILURE", 0),
            ("tools-call-image", "wire-schema-valid", "FAILURE", 1),
            ("server-stateless", "logs", "FAILURE", 0),
            ("server-stateless", "other", "FAILURE", 1),
        ]:
            found = conformance.unexpected([check(scenario, name, status)], REASONS)
            self.assertEqual(len(found), wrong, (scenario, name, status))

    def test_an_entry_that_does_not_fail_any_more_is_wrong(self) -> None:
        passed = [check("tools-call-image", "a", "SUCCESS"), check("server-stateless", "logs", "WARNING")]
        [line] = conformance.stale(passed, REASONS)
        self.assertIn("tools-call-image", line)

    def test_checks_are_read_with_the_scenario_of_their_folder(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name in ["server-ping-2026-11-22T04-12-09-381Z", "server-server-stateless-2026-11-22T04-12-09-381Z"]:
                (Path(folder) / name).mkdir()
                (Path(folder) / name / "checks.json").write_text(json.dumps([{"id": "one", "status": "SUCCESS"}]))
            read = {check.name for check in conformance.read(Path(folder), "2026-07-28")}
        self.assertEqual(read, {"ping/one", "server-stateless/one"})

    def test_every_name_that_is_left_out_has_a_reason(self) -> None:
        for name, reason in conformance.left_out().items():
            self.assertGreater(len(reason), 20, name)

    def test_the_table_counts_what_is_left_out_apart(self) -> None:
        checks = [check("ping", "ping", "SUCCESS"), check("tools-call-image", "a", "FAILURE"), check("x", "y", "SKIPPED")]
        self.assertIn("| 2026-07-28 | 1 | 0 | 1 | 2 | 1 |", conformance.table(checks, REASONS))


class Report(unittest.TestCase):
    def outcome(self, transport: str, era: str, **outcomes: str) -> Outcome:
        verdicts = [Verdict(step["step"], outcomes.get(step["step"], "ok"), "why") for step in STEPS]
        return Outcome(Run(CLIENTS[1], transport, era), [Verdict("connect", "ok"), *verdicts], [])

    def test_runs_share_a_row_only_where_all_of_it_is_true(self) -> None:
        stdio = [self.outcome("stdio", "legacy"), self.outcome("stdio", "modern")]
        well = [self.outcome("http", "legacy"), self.outcome("http", "modern")]
        [row] = matrix.table(stdio + well).splitlines()[2:]
        self.assertIn("| stdio, http | legacy, modern | ✓", row)
        rows = matrix.table([*stdio, well[0], self.outcome("http", "modern", call="failed")]).splitlines()[2:]
        shown = [row.split(" | ")[1:3] for row in rows]
        self.assertEqual(shown, [["stdio", "legacy, modern"], ["http", "legacy"], ["http", "modern"]])
        self.assertEqual(["✗" in row for row in rows], [False, False, True])

    def test_a_dash_has_its_reason(self) -> None:
        self.assertIn("cancel: why", matrix.table([self.outcome("stdio", "legacy", cancel="absent")]))

    def test_a_section_is_replaced_and_nothing_else(self) -> None:
        before = "a\n<!-- x: written by tests/clients/run -->\nold\n<!-- x: end -->\nb\n"
        after = "a\n<!-- x: written by tests/clients/run -->\nnew\n<!-- x: end -->\nb\n"
        self.assertEqual(generated.replaced(before, "x", "new\n"), after)
        with self.assertRaises(RuntimeError):
            generated.replaced("no marks", "x", "new\n")


if __name__ == "__main__":
    unittest.main()
