"""The notations that histories come in."""
