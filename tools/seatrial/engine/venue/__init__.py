"""Where real orders go: one adapter a file, all behind the port of `port.py`."""
