"""Canary beside control, region by region: compared at any time, promoted or rolled back with a trail."""
