"""Real Redis for drills: servers, Sentinels, and the leader lock on them."""
