"""Pure judgement of a record: what happened, what it was worth, and whether that is enough."""
