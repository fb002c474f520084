"""What viewers would like next, kept until they do something, so that a page need not search."""
