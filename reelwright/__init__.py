"""Reelwright turns recommendation into generation. Read `feed.py` first, then `workshop.py`."""

__version__ = "0.1.0"
