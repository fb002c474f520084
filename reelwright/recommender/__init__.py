"""What a viewer would like to see next, as semantic IDs, existing or not."""
