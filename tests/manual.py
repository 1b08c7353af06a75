"""The README and the pages of `docs/`, as tests read them."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = (ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md")))
PAGES = {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in FILES}
README = PAGES["README.md"]
MANUAL = "\n".join(PAGES.values())


def anchors(page: str) -> set[str]:
    """Return what GitHub lets a link into this Markdown end in: its headings as slugs."""
    without_code = re.sub(r"^```.*?^```", "", page, flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", without_code, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}
