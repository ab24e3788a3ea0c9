"""A running city for all tests of a file that leave it running."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cities import RunningCity


@pytest.fixture(scope="module")
def city(request: pytest.FixtureRequest, open_folder: Path) -> Iterator[RunningCity]:
    found = RunningCity(open_folder / request.path.stem)
    found.start()
    yield found
    found.clean()
