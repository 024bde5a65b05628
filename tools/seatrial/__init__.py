"""Sea trials for trading bots: dry runs, soaks and the verdict that a release is gated on."""
