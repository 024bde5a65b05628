"""Dependencies between transactions: who must come before whom, and a cycle if that cannot be."""

from collections import deque
from collections.abc import Iterable
from typing import Any, Final

from .operation import Operation

# The edges' names, as the literature has them.
WW: Final = "ww"
WR: Final = "wr"
RW: Final = "rw"
PROCESS: Final = "process"
REALTIME: Final = "realtime"


class Graph:
    """
    Edges with the reason for each.

    Real time is kept as a chain of the moments at which somebody finished, so that it costs one edge
    per operation and not one per pair.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = list(operations)
        self.edges: list[dict[int, str]] = [{} for _ in self.operations]

    def add(self, before: int | None, after: int | None, why: str) -> None:
        """Say that one transaction comes before another; an unknown or equal one says nothing."""
        if before is not None and after is not None and before != after:
            self.edges[before].setdefault(after, why)

    def add_time(self) -> None:
        """Add the order of each client and the order of time."""
        latest: dict[Any, int] = {}
        events: list[tuple[int, bool, int]] = []
        for index, operation in enumerate(self.operations):
            self.add(latest.get(operation.process), index, PROCESS)
            latest[operation.process] = index
            events.append((operation.called, False, index))
            if operation.returned is not None:
                events.append((operation.returned, True, index))
        moment: int | None = None
        for _, finished, index in sorted(events):
            if finished:
                self.edges.append({})
                self.add(index, len(self.edges) - 1, REALTIME)
                self.add(moment, len(self.edges) - 1, REALTIME)
                moment = len(self.edges) - 1
            else:
                self.add(moment, index, REALTIME)

    def cycle(self) -> list[tuple[int, str]] | None:
        """Return a shortest cycle through some transaction as (transaction, edge that leaves it)."""
        count = len(self.operations)
        for component in sorted(self._components(), key=len):
            inside = set(component)
            start = min(index for index in component if index < count)
            path = self._back_to(start, inside)
            return [(index, why) for index, why in path if index < count]
        return None

    def _back_to(self, start: int, inside: set[int]) -> list[tuple[int, str]]:
        came: dict[int, tuple[int, str]] = {}
        queue = deque([start])
        while queue:
            index = queue.popleft()
            for after, why in self.edges[index].items():
                if after == start:
                    path = [(index, why)]
                    while path[-1][0] != start:
                        path.append(came[path[-1][0]])
                    return path[::-1]
                if after in inside and after not in came:
                    came[after] = (index, why)
                    queue.append(after)
        raise AssertionError("a component of a graph holds a cycle through each of its nodes")

    def _components(self) -> list[list[int]]:
        """Return the strongly connected components of more than one node (Tarjan, without recursion)."""
        found: list[list[int]] = []
        number = [0] * len(self.edges)
        low = [0] * len(self.edges)
        on_path = bytearray(len(self.edges))
        path: list[int] = []
        clock = 0
        for root in range(len(self.edges)):
            work = [] if number[root] else [(root, iter(self.edges[root]))]
            while work:
                node, rest = work[-1]
                if not number[node]:
                    clock += 1
                    number[node] = low[node] = clock
                    path.append(node)
                    on_path[node] = 1
                step = self._next(node, rest, (number, low, on_path))
                if step is not None:
                    work.append((step, iter(self.edges[step])))
                    continue
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    self._close(node, path, on_path, found)
        return found

    @staticmethod
    def _next(node: int, rest: Any, marks: tuple[list[int], list[int], bytearray]) -> int | None:
        number, low, on_path = marks
        for after in rest:
            if not number[after]:
                return int(after)
            if on_path[after]:
                low[node] = min(low[node], number[after])
        return None

    @staticmethod
    def _close(node: int, path: list[int], on_path: bytearray, found: list[list[int]]) -> None:
        component: list[int] = []
        while not component or component[-1] != node:
            component.append(path.pop())
            on_path[component[-1]] = 0
        if len(component) > 1:
            found.append(component)


def anomaly(cycle: list[tuple[int, str]]) -> str:
    """Return Adya's name of a cycle, with `-realtime` or `-process` when only time closes it."""
    kinds = [why for _, why in cycle]
    back = kinds.count(RW)
    name = "G2" if back > 1 else "G-single" if back else "G1c" if WR in kinds else "G0"
    return f"{name}-realtime" if REALTIME in kinds else f"{name}-process" if PROCESS in kinds else name
