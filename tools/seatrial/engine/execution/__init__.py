"""Positions and money: what the fills made of the balance."""
