"""Video files in and out: probing strangers' files, decoding, encoding."""
