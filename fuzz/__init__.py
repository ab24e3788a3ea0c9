"""Fuzzers of every reader of bytes from outside. `make fuzz` runs them; `fuzz/targets.py` names them.

A reader answers with what it read or with a refusal; whatever else it raises, and whatever takes long, is a bug. What
found one stays among the seeds of its target.
"""
