"""The words that everyone in the city hall shares, and nothing that touches the world outside.

Everything here is a function of its arguments: no clock is read, no file opened, nothing logged.
"""
