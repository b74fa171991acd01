"""The tests: a package that mirrors the others."""
