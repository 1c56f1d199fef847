"""Several pieces of work side by side in threads of one process: for models that let others run while they work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from threading import Event, Lock
from typing import TypeAlias, TypeVar

from service.errors import Stopped

Task = TypeVar("Task")
Result = TypeVar("Result")

Tell = Callable[[int], None]
"""Called by the work with how much more of it is done. Raises `Stopped` when nobody waits for it any longer."""

Work: TypeAlias = Callable[[Task, Tell], Result]

LOOK_SECONDS = 0.5
"""Between two reports."""


def side_by_side(work: Work[Task, Result], tasks: Iterable[Task], streams: int, report: Tell = lambda _: None) -> list[Result]:
    """What comes of each task, in their order; `streams` are worked on at once. `report` is told, here, how much is done in all.

    Raises what `work` or `report` raises: then no more is begun, and what has begun ends when it next tells how far it is.
    """
    done, lock, over = 0, Lock(), Event()

    def tell(more: int) -> None:
        nonlocal done
        if over.is_set():
            raise Stopped
        with lock:
            done += more

    with ThreadPoolExecutor(streams) as pool:
        try:
            under_way = [pool.submit(work, task, tell) for task in tasks]
            while _unfinished(under_way):
                report(done)
            report(done)
            return [future.result() for future in under_way]
        except BaseException:
            over.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def forwards(tell: Tell) -> Tell:
    """Called with how far the work is: tells how much farther than ever that is, also of work that is begun again.

    >>> told: list[int] = []
    >>> reach = forwards(told.append)
    >>> for place in (10, 30, 10, 40):
    ...     reach(place)
    >>> told
    [10, 20, 0, 10]
    """
    farthest = 0

    def reach(place: int) -> None:
        nonlocal farthest
        tell(max(0, place - farthest))
        farthest = max(farthest, place)

    return reach


def dealt(groups: Sequence[tuple[Task, ...]], streams: int) -> list[tuple[Task, ...]]:
    """The groups; where they are fewer than the streams, each dealt out to all of them: to begin a group twice takes less than to wait.

    >>> dealt([(1, 2, 3), (4,)], 2), dealt([(1, 2, 3)], 2)
    ([(1, 2, 3), (4,)], [(1, 3), (2,)])
    """
    shares = 1 if len(groups) >= streams else streams
    return [group[share::shares] for group in groups for share in range(min(shares, len(group)))]


def _unfinished(under_way: list[Future[Result]]) -> bool:
    """Whether any goes on after a moment. Raises what went wrong."""
    finished, others = wait(under_way, LOOK_SECONDS, FIRST_EXCEPTION)
    for future in finished:
        future.result()
    return bool(others)
