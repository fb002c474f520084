"""What is known of videos that exist: taking them in, and the demo world whose truth is known."""
