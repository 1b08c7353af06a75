"""Where the history of runs is kept: a database, or a branch of the repository."""
