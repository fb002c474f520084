"""The worlds that the compositor can draw, one function each."""
