"""Semantic IDs: vectors to short codes, codes to vectors and words."""
