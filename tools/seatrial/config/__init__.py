"""Where every setting comes from: defaults, profile, environment, command line."""
