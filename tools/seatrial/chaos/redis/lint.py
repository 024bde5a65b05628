"""
What the settings of a Sentinel set-up promise before anything is broken.

The bounds are measured ones: an isolated primary stops taking writes one second after its replicas'
largest lag, and a new one takes writes about 1.4 s after the old was called down.
"""

from .fleet import FleetSettings


def lint(settings: FleetSettings, *, wait: bool) -> list[str]:
    """Return what is wrong with the settings, worst first."""
    found = []
    if not wait and not settings.min_replicas:
        found.append("an acknowledged write may be on one server only: min-replicas-to-write 1, or WAIT 1")
    if settings.quorum > settings.sentinels:
        found.append("the quorum is larger than the number of Sentinels: there is never a failover")
    elif settings.quorum > settings.sentinels // 2 + 1:
        found.append("the quorum is larger than a majority: one Sentinel down and there is no failover")
    if settings.sentinels < 3:
        found.append("fewer than three Sentinels: one failure leaves no majority")
    if settings.min_replicas >= settings.replicas > 0:
        found.append("min-replicas leaves no replica to lose: the first failure stops all writes")
    if settings.down_after_ms < 2_000:
        found.append("down-after below 2000 ms: a slow primary is deposed, and its successor too")
    if settings.min_replicas and settings.max_lag_s + 1 > settings.down_after_ms / 1_000 + 1.4:
        found.append("max-lag + 1 s is longer than down-after + 1.4 s: two primaries take writes meanwhile")
    return found
