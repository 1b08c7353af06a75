"""Scorers: each judges one output; stateless, one file a kind."""
