"""OneCity 一城: a city's public services and daily governance, as one.

The source tree is the city's own sentence: 一脑赋城 (`brain`), 一网治城 (`governance`),
一码通城 (`citycode`), 一端惠城 (`portal`), on top of 一网通办 (`services`). Below them lies the
ground floor that they share; `docs/architecture.md` draws the order, and `pyproject.toml` enforces it.
"""

__version__ = "0.1.0"
