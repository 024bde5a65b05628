"""A bot that is a program of its own: started, watched from outside, stopped, and never left behind."""
