"""Measurements that repeat themselves with one command: `reelwright bench NAME`."""
