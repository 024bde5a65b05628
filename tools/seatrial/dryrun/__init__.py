"""One run of a bot against the simulated exchange, and what every longer run is made of."""
