"""One performance, many worlds: the parts of an edit put together, ours drawn by the compositor."""
