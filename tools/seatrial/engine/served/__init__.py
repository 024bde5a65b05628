"""The simulated exchange behind the Bybit v5 protocol, for bots that speak to the venue itself."""
