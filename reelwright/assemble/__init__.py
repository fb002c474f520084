"""The choice of parts: what stands behind each name, opened from a home and its settings."""
