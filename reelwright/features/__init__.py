"""What a video is about and how it is made, as two vectors."""
