"""Draws a simulated grid for a city of which only the townships have outlines."""
