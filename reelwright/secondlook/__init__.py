"""The second look: a plan drawn small and quickly, measured, and told of."""
