"""Where the edge goes and when it goes: audit, change detection, anomaly radar."""
