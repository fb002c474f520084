"""What can be watched now, and the rows that promise what cannot yet."""
