"""Processes that do a part of the work, and end with the one that started them."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process

from hyperlocal.errors import HyperlocalError, Problem

Submit = Callable[..., "Future[object]"]
STOPS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def processes(number: int) -> Iterator[Submit]:
    """Give a function that has something called in one of several processes.

    They are started anew and not forked: what draws figures runs threads of its own. What they
    have begun is waited for when the block ends; what they have not is left where it fails.

    Parameters
    ----------
    number
        How many processes.

    Yields
    ------
    callable
        It takes a function and its arguments, and returns what holds the result when it is there.

    Raises
    ------
    HyperlocalError
        Where a process was ended from outside, as happens where memory is short.
    """
    with ProcessPoolExecutor(number, get_context("spawn"), _end_with_parent) as pool:

        def submit(task: Callable[..., object], *arguments: object) -> Future[object]:
            with _undisturbed():
                return pool.submit(task, *arguments)

        try:
            yield submit
        except BrokenProcessPool as error:
            said = "a process that does a part of the work was ended from outside"
            raise HyperlocalError(Problem(said, "free memory, and try again")) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let nothing stop this process while it starts another; what comes takes effect afterwards.

    The other inherits that Ctrl-C is blocked: the one that started it deals with it.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {one: signal.signal(one, lambda number, _: came.append(number)) for one in STOPS}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for one, handler in before.items():
            signal.signal(one, signal.SIG_DFL if handler is None else handler)
        for number in came:
            signal.raise_signal(number)


def _end_with_parent() -> None:
    """End this process when its parent is gone, which would else wait for work for ever."""
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
