"""Histories of operations: read them in any usual form, and judge them."""
