"""Pictures are large and short-lived: the C library is told to give their memory back at once.

Left alone it learns to keep what was once large for what comes next, and layers of many sizes then
leave holes that nothing fits into: a clip of a minute ended with 700 MB instead of 530.
"""

import ctypes

MMAP_THRESHOLD = -3  # the number of this setting in glibc's malloc.h
LARGE_BYTES = (
    1_500_000  # a layer of 720x1280 has 3.7 MB; a frame for the encoder 1.4, and is used anew
)


def give_large_back(num_bytes: int = LARGE_BYTES) -> bool:
    """Whether the C library of this process could be told; others than glibc need not be."""
    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    return tell is not None and bool(tell(MMAP_THRESHOLD, num_bytes))


def give_holes_back() -> bool:
    """Whether any memory went back to the system that lay free between what is still held."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))
