"""How the process's memory is looked after.

Knows the C library's allocator and Python's search for garbage. Must not know
what Postiche does with memory.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

LARGE = 1024 * 1024
"""Blocks of at least so many bytes go back to the system as soon as they are free."""

_MMAP_THRESHOLD = -3
"""glibc's name for the setting: M_MMAP_THRESHOLD in malloc.h."""


def give_back_large_blocks() -> bool:
    """Let large blocks go back to the system when they are freed; whether that is possible here.

    Left alone, glibc raises the threshold to the size of what is freed, up to
    32 MiB, and from then on a collection of 20 MB leaves a hole behind with
    every step it passes through. Other C libraries have no such setting.
    """
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(_MMAP_THRESHOLD, LARGE))


def set_apart() -> None:
    """Let Python's search for cycles of garbage pass over all that is alive now.

    What a server has loaded when it is ready lives as long as it does, and a
    walk through it would make some call wait.
    """
    gc.collect()
    gc.freeze()


@contextmanager
def staying() -> Iterator[None]:
    """Take all that is alive at the end of the block for alive until the process ends.

    Python's search for cycles of garbage pauses in the block and from then on
    passes over what was there: loading is quicker for it, and no call waits
    for a walk through a large collection. Without such a cycle to find,
    nothing is lost; counted references free what they freed before.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
