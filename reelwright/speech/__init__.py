"""Words spoken aloud: voices, how they say words, and how long that takes."""
