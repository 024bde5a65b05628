"""Statistics that judgements share: dependence, sequences, ranks, multiplicity, change detection."""
