"""
The sequencer: many clients, one core, one order of things.

Whoever wants something of the core hands in a job; one thread runs them one after the other, so no
update is lost and nothing needs a lock. Jobs that wait together share one commit: the more there
are, the cheaper each is. An answer is given only when everything before it is on the disk.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, Final, Self, TypeVar

from ...model.errors import RefusedError
from .core import Execution

Result = TypeVar("Result")
Job = Callable[[Execution], Any]
BATCH_MAX: Final = 512


class Sequencer:
    """Runs jobs on one core in a thread of its own; use it as a context."""

    def __init__(self, core: Execution, *, batch_max: int = BATCH_MAX) -> None:
        self._core, self._batch_max = core, batch_max
        self._jobs: SimpleQueue[tuple[Job, Future[Any]] | None] = SimpleQueue()
        self._closed = threading.Event()
        self.largest_batch = 0
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)
        self._thread.start()

    def ask(self, job: Callable[[Execution], Result]) -> "Future[Result]":
        """Run a job on the core; its result comes when everything that it recorded is durable."""
        answer: Future[Result] = Future()
        if self._closed.is_set():
            answer.set_exception(RefusedError("the sequencer takes no more jobs"))
        else:
            self._jobs.put((job, answer))
        return answer

    @property
    def waiting(self) -> int:
        """Return how many jobs wait: what a back-log looks like."""
        return self._jobs.qsize()

    def close(self) -> None:
        """Finish what was handed in, and take nothing more."""
        if not self._closed.is_set():
            self._closed.set()
            self._jobs.put(None)
        self._thread.join()

    def __enter__(self) -> Self:
        """Return the sequencer; leaving the block closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        going = True
        while going:
            batch, going = self._gather()
            self.largest_batch = max(self.largest_batch, len(batch))
            done = [(answer, *_attempt(job, self._core)) for job, answer in batch]
            try:
                self._core.flush()
            except Exception as error:  # noqa: BLE001 - handed to everyone who waits, and nothing runs after it
                self._closed.set()
                self._fail([answer for answer, _, _ in done], error)
                return
            for answer, result, mistake in done:
                if mistake is None:
                    answer.set_result(result)
                else:
                    answer.set_exception(mistake)

    def _gather(self) -> tuple[list[tuple[Job, "Future[Any]"]], bool]:
        """Wait for a job, and take what waits with it; False when the end was asked for."""
        batch: list[tuple[Job, Future[Any]]] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) >= self._batch_max:
                return batch, True
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return batch, True
        return batch, False

    def _fail(self, answers: "list[Future[Any]]", error: Exception) -> None:
        """Give the error to everyone who waits, in the batch and behind it."""
        while True:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is not None:
                answers.append(job[1])
        for answer in answers:
            answer.set_exception(error)


def _attempt(job: Job, core: Execution) -> tuple[Any, Exception | None]:
    try:
        return job(core), None
    except Exception as error:  # noqa: BLE001 - the job's own mistake goes back to who handed it in
        return None, error
