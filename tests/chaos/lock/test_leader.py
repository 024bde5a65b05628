"""The mirrored module is the lock as its holder sees it."""

from seatrial.chaos.lock.leader import Answer, LeaderLock

TTL = 100


def held() -> LeaderLock:
    """A lock that was asked for at 0 and granted at 30."""
    lock = LeaderLock("a", TTL)
    lock.hear(lock.grant(0), Answer(done=True, fence=(1, 1)), 30)
    return lock


def test_a_hold_counts_from_the_asking() -> None:
    """The store began to count before its answer arrived."""
    lock = held()

    assert (lock.holds(99), lock.holds(100)) == (True, False)


def test_an_unheard_renewal_adds_nothing() -> None:
    """It may have been refused; the hold that is known goes on to its own end."""
    lock = held()

    lock.hear(lock.renew(50), None, 60)

    assert (lock.holds(99), lock.holds(100)) == (True, False)


def test_an_answer_to_an_older_attempt_is_not_heard() -> None:
    """A late grant of the last attempt is not a hold under the token of this one."""
    lock = LeaderLock("a", TTL)
    late = lock.grant(0)
    lock.grant(10)

    assert not lock.hear(late, Answer(done=True, fence=(1, 1)), 20)


def test_a_grant_that_no_replica_has_is_not_believed() -> None:
    """A failover would give the same lock to somebody else."""
    lock = LeaderLock("a", TTL)

    assert not lock.hear(lock.grant(0), Answer(done=True, fence=(1, 1), replicated=False), 1)


def test_a_refused_renewal_ends_the_hold() -> None:
    """Somebody else may hold the lock already."""
    lock = held()

    assert not lock.hear(lock.renew(50), Answer(done=False), 60)
