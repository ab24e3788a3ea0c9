"""Keys of a purpose in memory, where no key store is needed."""


class Ring:
    """What a key store would keep, the oldest first."""

    def __init__(self, *values: bytes) -> None:
        self._values = list(values)

    def values(self) -> list[bytes]:
        return list(self._values)

    def put(self, number: int, value: bytes) -> None:
        self._values[number : number + 1] = [value]
