"""From a wish to a blueprint, in typed steps."""
