"""Chaos: several replicas on one PostgreSQL, while whatever can go wrong does. Python's standard library alone."""
