"""A filmed performance in another world: motion, timing and face stay, the rest changes."""
