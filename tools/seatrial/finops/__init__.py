"""Every fill, fee and funding payment accounted for: statements, ledger, reconciliation, cost."""
