"""The leader lock: its rules, its stores, and what it guards."""
