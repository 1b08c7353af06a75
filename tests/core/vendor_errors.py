"""What a vendor's client raises."""


class VendorError(Exception):
    """What a vendor's client raises."""

    def __init__(self, text: str, status: int | None = None) -> None:
        """Keep a status as litellm does."""
        super().__init__(text)
        self.status_code = status
