"""Gates: bounds on KPIs, given as data, and the proof that each of them can fail."""
