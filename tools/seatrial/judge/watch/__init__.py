"""Watch: whether a run changed for the worse on its way, and what it was that changed."""
