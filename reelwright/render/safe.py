"""Where type may stand: clear of the edges and of what a phone's player lays over a picture."""

from reelwright.render.framing import Shape
from reelwright.render.lettering import Box

# Shares of the frame: left, top, right, bottom. A tall film fills a phone, under the clock at its
# top, left of the buttons and above the words at its foot; a square one has a button in a lower
# corner; over a wide one lies its name at the top and the bar of time at the foot.
SAFE = {
    Shape.VERTICAL: (0.05, 0.06, 0.86, 0.82),
    Shape.SQUARE: (0.05, 0.05, 0.95, 0.90),
    Shape.WIDE: (0.05, 0.09, 0.95, 0.86),
}


def safe_area(width: float, height: float) -> Box:
    """The part of a frame in which every letter stands."""
    left, top, right, bottom = SAFE[Shape.of(width, height)]
    return Box(left * width, top * height, right * width, bottom * height)
