"""The service around the matching engine."""
