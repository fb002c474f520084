"""Where work runs: the worker that claims rows and makes what they promise."""
