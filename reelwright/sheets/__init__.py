"""Pages for people: a clip over time, and everything that can be drawn."""
