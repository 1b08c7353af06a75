"""What the installer noted about this evalci."""

import json

from evalci.edges.installed import direct_url


def test_the_note_of_an_installer_is_json_or_nothing() -> None:
    note = direct_url()

    assert note == "" or "url" in json.loads(note)
