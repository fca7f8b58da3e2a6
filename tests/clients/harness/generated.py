"""The tables of docs/clients.md that these runs write."""

import os
from pathlib import Path

PAGE = "docs/clients.md"


def check(root: Path, name: str, content: str) -> bool:
    """Writes the section with UPDATE=1; without it, says whether the section is up to date."""
    page = root / PAGE
    before = page.read_text()
    after = replaced(before, name, content)
    if os.environ.get("UPDATE"):
        page.write_text(after)
    elif before != after:
        print(f"clients: FAILED {PAGE} is out of date: run `UPDATE=1 bash tests/clients/run {name}`")
        return False
    return True


def replaced(text: str, name: str, content: str) -> str:
    """The page with this content between the two marks of the section."""
    begin, end = f"<!-- {name}: written by tests/clients/run -->\n", f"<!-- {name}: end -->"
    if begin not in text or end not in text:
        raise RuntimeError(f"{PAGE} has no section between `{begin.strip()}` and `{end}`")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return before + begin + content + end + after
