"""What the machines cost, per day, environment, run, order and million of notional."""
