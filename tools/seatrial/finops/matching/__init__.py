"""Which row of ours is which row of theirs, and in what the two differ."""
