"""Tests of what the benchmarks conclude from their figures: python3 -m pytest bench."""
