"""Faults with proof and undo, the leader lock, and the checkers of what they did."""
