"""Keys are carried to another machine only from where they lie."""

from pathlib import Path

import pytest

from onecity.bootstrap.renewing import carry_keys
from onecity.bootstrap.settings import Settings
from onecity.kernel.errors import CannotStart
from onecity.machinery.keystore import KeyStore


def test_a_folder_without_a_city_has_no_keys_to_carry(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="There are no keys in"):
        carry_keys(Settings(tmp_path), tmp_path / "whole")
    assert list(tmp_path.iterdir()) == []


def test_keys_that_lie_on_key_hosts_are_copied_there(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "hosts").touch()
    with pytest.raises(CannotStart, match="onecity keystore copy"):
        carry_keys(Settings(tmp_path), tmp_path / "whole")


def test_a_place_that_is_none_is_told(tmp_path: Path) -> None:
    KeyStore(tmp_path / "keys").close()
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="cannot be used"):
        carry_keys(Settings(tmp_path), tmp_path / "file" / "whole")
