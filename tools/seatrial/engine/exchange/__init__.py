"""The simulated exchange: memory layout, matching kernel, desk."""
