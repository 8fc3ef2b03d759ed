"""Pier's benchmarks: what they share. Each benchmark is a package of its own, such as bench.http."""
