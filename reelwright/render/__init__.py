"""From a blueprint to a clip, on a CPU."""
