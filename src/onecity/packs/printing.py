"""A declaration as it stands in a file of a pack: what is read from there, the other way round."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import yaml

_WIDE: Final = 110


class _Plainly(yaml.SafeDumper):
    """Writes each value where it belongs: packs know no anchors."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def written(value: msgspec.Struct) -> str:
    """The YAML of a declaration, without what is the same anyway; reading it gives the same value again."""
    return yaml.dump(_plain(value), Dumper=_Plainly, allow_unicode=True, sort_keys=False, width=_WIDE)


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        fields = [(one, getattr(value, one.name)) for one in msgspec.structs.fields(value)]
        return {one.encode_name: _plain(part) for one, part in fields if one.required or part != one.default}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return msgspec.to_builtins(value)
