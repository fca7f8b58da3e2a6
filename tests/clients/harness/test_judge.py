"""Tests of the verdicts: `python -m unittest harness.test_judge`, from the folder above."""

import unittest

from harness.judge import Verdict, faults, verdicts, version_faults

STEP = {"step": "call", "kind": "call", "tool": "greet", "expect": {"is_error": False, "fields": {"id": "^[0-9]+$"}}}
SEEN = {"is_error": False, "text": '{"id":"7"}', "structured": {"id": "7"}}
RUN = {"era": "legacy", "transport": "stdio"}
CONNECTED = {"step": "connect", "seen": {"version": "2025-11-25"}}
LISTED = {"step": "list", "seen": {"tools": ["greet"]}}


def judged(*lines: dict) -> Verdict:
    return verdicts(RUN, [STEP], list(lines))[-1]


class Judge(unittest.TestCase):
    def test_what_is_as_expected_passes(self) -> None:
        self.assertEqual(judged(CONNECTED, LISTED, {"step": "call", "seen": SEEN}), Verdict("call", "ok"))

    def test_a_wrong_field_fails_and_says_what_was_seen(self) -> None:
        verdict = judged(CONNECTED, LISTED, {"step": "call", "seen": SEEN | {"structured": {"id": "x"}}})
        self.assertEqual(verdict.outcome, "failed")
        self.assertIn("`id`", verdict.why)
        self.assertIn('"x"', verdict.why)

    def test_a_step_the_client_never_reached_fails(self) -> None:
        self.assertEqual(judged(CONNECTED, LISTED).outcome, "failed")
        self.assertEqual(judged({"step": "connect", "failed": "refused"}).outcome, "failed")

    def test_what_client_or_server_lack_is_absent_not_passed(self) -> None:
        self.assertEqual(judged(CONNECTED, {"step": "list", "seen": {"tools": ["other"]}}).outcome, "absent")
        self.assertEqual(judged(CONNECTED, LISTED, {"step": "call", "absent": "it cannot"}).outcome, "absent")

    def test_the_agreed_revision_is_the_newest_of_its_era(self) -> None:
        for era, transport, version, right in [
            ("legacy", "http", "2025-11-25", True),
            ("legacy", "http", "2025-06-18", False),
            ("modern", "http", "2026-07-28", True),
            ("auto", "stdio", "2025-11-25", False),
            ("auto", "sse", "2025-11-25", True),
            ("auto", "stdio", None, True),
        ]:
            found = version_faults({"era": era, "transport": transport}, version)
            self.assertEqual(not found, right, (era, transport, version))

    def test_each_rule_can_fail(self) -> None:
        listed = {"tools": ["a", "a"], "prompts": [], "resources": []}
        failure = {"is_error": True, "text": "no JSON", "structured": {}, "asked": 0}
        cancelled = {"ended_ms": 9, "still_answers": False, "hubspot_request_dropped": False}
        for expect, seen in [
            ({"tools": ["b"]}, listed),
            ({"tools": ["a"]}, listed),
            ({"is_error": False}, failure),
            ({"asked": 1}, failure),
            ({"text_fields": {"code": "."}}, failure),
            ({"text_contains": "x"}, failure),
            ({"text_is_the_structured_content": True}, failure),
            ({"no_structured_content": True}, failure),
            ({"ended_within_ms": 8}, cancelled),
            ({"still_answers": True}, cancelled),
            ({"hubspot_request_dropped": True}, cancelled),
        ]:
            self.assertTrue(faults(expect, seen), expect)


if __name__ == "__main__":
    unittest.main()
