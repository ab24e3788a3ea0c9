"""What the page says of misses is what the model's card says, and the card adds up."""

import re
from pathlib import Path

from onecity.governance.detecting import MEASURED

CARD = Path(__file__).parents[2] / "docs" / "models" / "masks.md"


def test_the_page_and_the_card_tell_the_same_misses() -> None:
    rows = re.findall(r"^\| (\**)(faces|plates), .*?(\d+) of (\d+)", CARD.read_text("utf-8"), re.MULTILINE)
    for kind in ("faces", "plates"):
        parts = [(int(found), int(asked)) for bold, of, found, asked in rows if of == kind and not bold]
        [whole] = [(int(found), int(asked)) for bold, of, found, asked in rows if of == kind and bold]
        assert whole == (sum(found for found, _ in parts), sum(asked for _, asked in parts))
        assert whole == (getattr(MEASURED, f"{kind}_found"), getattr(MEASURED, kind))
