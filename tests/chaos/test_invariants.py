"""The checks find what they look for: each is shown a world in which its promise is broken."""

import unittest

from chaos import invariants
from chaos.ledger import Ledger


def message(name: str, direction: str, text: str) -> dict:
    return {"id": name, "content": {"type": "MESSAGE", "direction": direction, "text": text}}


def state(*messages: dict, tickets: int = 0) -> dict:
    ticket = {"id": 1, "properties": {"subject": "chaos-1-1 beeps"}}
    return {"records": {"0-5": [ticket] * tickets}, "threads": [{"id": 7, "messages": list(messages)}]}


def throttled(*seconds: int) -> list[dict]:
    return [{"status": 429, "at": f"2026-12-01T12:00:{second:02}.000Z"} for second in seconds]


class Writes(unittest.TestCase):
    def found(self, acknowledged: bool, times: int) -> int:
        ledger = Ledger()
        ledger.write("ticket", "chaos-1-1").acknowledged = acknowledged
        return len(invariants.writes(ledger, state(tickets=times)))

    def test_an_acknowledged_write_is_there_once(self) -> None:
        self.assertEqual([self.found(True, times) for times in range(3)], [1, 0, 1])

    def test_a_write_of_unknown_end_is_there_once_at_most(self) -> None:
        self.assertEqual([self.found(False, times) for times in range(3)], [0, 0, 1])

    def test_a_mark_is_a_whole_word(self) -> None:
        ledger = Ledger()
        ledger.write("ticket", "chaos-1")
        self.assertEqual(invariants.writes(ledger, state(tickets=2)), [])


class Replies(unittest.TestCase):
    def found(self, *messages: dict, answered: float | None = 1.0) -> int:
        ledger = Ledger()
        ledger.says("7", ["a"]).answered = answered
        return len(invariants.replies(ledger, state(*messages)))

    def test_one_turn_has_one_answer(self) -> None:
        asked, told = message("a", "INCOMING", "Hi"), message("b", "OUTGOING", "Hello")
        self.assertEqual(self.found(asked, told), 0)
        self.assertEqual(self.found(asked, told, message("c", "OUTGOING", "Hello")), 1)
        self.assertEqual(self.found(told), 1, "the message of the customer is gone")

    def test_an_answer_comes_before_the_next_words(self) -> None:
        asked, more = message("a", "INCOMING", "Hi"), message("b", "INCOMING", "And?")
        late = message("c", "OUTGOING", "Hello")
        self.assertEqual(self.found(asked, more, late), 1)
        self.assertEqual(self.found(asked, more, late, answered=None), 0, "the customer has not waited")


class Throttled(unittest.TestCase):
    def test_of_a_window_one_request_is_refused(self) -> None:
        self.assertEqual(invariants.throttled(throttled(1, 12, 40)), [])
        self.assertEqual(len(invariants.throttled(throttled(1, 3, 5, 30))), 1)
        self.assertEqual(len(invariants.throttled(throttled(1, 3, 30, 31))), 2)


if __name__ == "__main__":
    unittest.main()
