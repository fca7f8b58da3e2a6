"""The parts of the README that these runs write."""

import os
from pathlib import Path


def settle(readme: Path, name: str, content: str) -> bool:
    """Writes the section with UPDATE=1; without it, says whether it is as it should be."""
    before = readme.read_text()
    after = replaced(before, name, content)
    if os.environ.get("UPDATE"):
        readme.write_text(after)
    elif before != after:
        print(f"clients: FAILED README.md is behind: run `UPDATE=1 bash tests/clients/run {name}`")
        return False
    return True


def replaced(text: str, name: str, content: str) -> str:
    """The README with this content between the two marks of the section."""
    begin, end = f"<!-- {name}: written by tests/clients/run -->\n", f"<!-- {name}: end -->"
    if begin not in text or end not in text:
        raise RuntimeError(f"README.md has no section between `{begin.strip()}` and `{end}`")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return before + begin + content + end + after
