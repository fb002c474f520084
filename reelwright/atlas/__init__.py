"""The space of codes as somebody sees it: one video in words, the whole catalogue as a map."""
