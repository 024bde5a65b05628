"""The bot with real orders: mode ladder, limits, kill switch, secrets."""
