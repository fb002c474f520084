"""Where type may stand: clear of the edges and of what a phone's player lays over a picture."""

from reelwright.render.lettering import Box


def shape(width: float, height: float) -> str:
    """The kind of a format: wide, square or tall."""
    if width > 1.2 * height:
        return "wide"
    return "square" if width > 0.8 * height else "tall"


# Shares of the frame: left, top, right, bottom. A tall film fills a phone, under the clock at its
# top, left of the buttons and above the words at its foot; a square one has a button in a lower
# corner; over a wide one lies its name at the top and the bar of time at the foot.
SAFE = {
    "tall": (0.05, 0.06, 0.86, 0.82),
    "square": (0.05, 0.05, 0.95, 0.90),
    "wide": (0.05, 0.09, 0.95, 0.86),
}


def safe_area(width: float, height: float) -> Box:
    """The part of a frame in which every letter stands."""
    left, top, right, bottom = SAFE[shape(width, height)]
    return Box(left * width, top * height, right * width, bottom * height)
