"""Does a series grow: slopes and tests that hold for the noisy, stepping series of real processes."""
