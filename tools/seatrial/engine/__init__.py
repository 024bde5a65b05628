"""One bot against one exchange: the matching core, the session and the bots."""
