"""The evidence gate: what a run's trials say of each category, and which trials are worth more."""
