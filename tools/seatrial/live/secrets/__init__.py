"""The keys that a bot trades with: where they are kept, who read them, when they must change."""
