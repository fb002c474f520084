"""Who asks: history, attributes and steering as one state, and why they are shown something."""
