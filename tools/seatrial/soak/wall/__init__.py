"""A soak in real time: a bot of its own process, watched for days, and every hour accounted for."""
