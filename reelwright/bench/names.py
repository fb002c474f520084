"""What the viewers and clips of `bench feed` are called, on both sides of the wire."""


def viewer_name(number: int) -> str:
    return f"viewer-{number:06d}"


def video_name(number: int) -> str:
    return f"clip-{number:05d}"
