"""How this evalci was installed, as the installer noted it."""

from importlib.metadata import PackageNotFoundError, distribution


def direct_url() -> str:
    """Return the text of `direct_url.json` (PEP 610), empty after an ordinary installation."""
    try:
        return distribution("evalci").read_text("direct_url.json") or ""
    except PackageNotFoundError:
        return ""
