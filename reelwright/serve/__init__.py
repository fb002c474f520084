"""The door: HTTP, and the page on which people watch."""
