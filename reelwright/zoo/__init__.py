"""Pretrained weights: which there are, where they lie, and how they are had."""
