"""Calibration: how often each judge is wrong, measured on series whose truth is known."""
