"""What a bot's own files tell: orders, fills and fees as facts, with everything odd about them listed."""
