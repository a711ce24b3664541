"""How the process's memory is given back to the system.

Knows the C library's allocator. Must not know what Postiche does with memory.
"""

import ctypes

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
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(_MMAP_THRESHOLD, LARGE))
