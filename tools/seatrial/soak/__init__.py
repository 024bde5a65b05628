"""Repeat a run for hours or days, judge it as it goes, and go on after any interruption."""
