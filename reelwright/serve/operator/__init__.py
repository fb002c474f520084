"""The operator's pages: what is being made and why, what is kept, and what it costs."""
