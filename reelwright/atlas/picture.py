"""The map of the codes, drawn: posters on islands of content, framed in their creative colour."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import skia

from reelwright.atlas.atlas import Atlas
from reelwright.atlas.islands import Island, Tile, islands
from reelwright.atlas.land import Box, isolines
from reelwright.atlas.layout import apart, neighbour_map, spread
from reelwright.atlas.tints import tints
from reelwright.domain import Colour
from reelwright.errors import ReelwrightError
from reelwright.render.page import (
    FAINT,
    GROUND,
    INK,
    NAME,
    SMOOTH,
    STRONG,
    TEXT,
    TITLE,
    colour,
    write,
)
from reelwright.sids.kmeans import distance

WIDTH, HEIGHT = 3200, 2000
FIELD = skia.Rect.MakeLTRB(70, 280, 2440, 1920)
PLANE = skia.Rect.MakeLTRB(2530, 366, 3130, 1010)
LEGEND = skia.Rect.MakeLTRB(2530, 1080, 3130, 1890)
MOST_IN_LEGEND, LEGEND_STEP = 14, 78.0
LAND = (46, 58, 72)
SOFT = 60.0  # pixels: a shore keeps away from posters and runs around them smoothly
RIM = 4.0  # in the colour of the creative code
FINE = 2  # pixels of a poster for each of the sheet's
MOST_FACES = 220  # videos on the creative plane that show their poster
MOST_DOTS = 600
KINDS = (".png", ".jpg", ".svg")
QUALITY = 82  # of a JPEG

Poster = Callable[[int], bytes]  # the JPEG of a row, nothing where there is none


@dataclass(frozen=True, kw_only=True)
class Map:
    """Everything on the sheet, in its place."""

    atlas: Atlas
    poster: Poster

    def save(self, path: Path, *, width: int = WIDTH) -> None:
        """A .png, .jpg or .svg; an SVG is as wide as its reader wants it."""
        refuse_unknown_kind(path)
        kind = path.suffix.lower()
        try:
            if kind == ".svg":
                stream = skia.FILEWStream(str(path))
                canvas = skia.SVGCanvas.Make(
                    skia.Rect.MakeWH(WIDTH, HEIGHT),
                    stream,
                    skia.SVGCanvas.kConvertTextToPaths_Flag,  # our typefaces are not everywhere
                )
                self.draw(canvas)
                del canvas
                stream.flush()
                return
            form = skia.kPNG if kind == ".png" else skia.kJPEG
            surface = skia.Surface(width, round(width * HEIGHT / WIDTH))
            with surface as canvas:
                canvas.scale(width / WIDTH, width / WIDTH)
                self.draw(canvas)
            path.write_bytes(bytes(surface.makeImageSnapshot().encodeToData(form, QUALITY)))
        except OSError as error:
            raise ReelwrightError(
                f"The map cannot be written to {path} ({error.strerror}).",
                hint="Give a path that can be written with --out.",
            ) from error

    def draw(self, canvas: skia.Canvas) -> None:
        canvas.clear(colour(GROUND))
        placed = islands(self.atlas, FIELD.width(), FIELD.height())
        canvas.save()
        canvas.translate(FIELD.left(), FIELD.top())
        tiles = [tile for island in placed for tile in island.tiles]
        self._land(canvas, [tile.box for tile in tiles], FIELD, soft=SOFT)
        for island in placed:
            self._island(canvas, island)
        canvas.restore()
        self._title(canvas)
        self._plane(canvas)
        self._legend(canvas)

    # ---- the content map -----------------------------------------------------------------------

    def _land(
        self, canvas: skia.Canvas, boxes: Iterable[Box], field: skia.Rect, *, soft: float
    ) -> None:
        lines = isolines(boxes, field.width(), field.height(), soft)
        for number, path in enumerate(lines):
            canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=colour(LAND, 0.24)))
            line = skia.Paint(
                AntiAlias=True,
                Style=skia.Paint.kStroke_Style,
                StrokeWidth=1.2,
                Color=colour(INK, 0.2 if number == 0 else 0.07),
            )
            canvas.drawPath(path, line)

    def _island(self, canvas: skia.Canvas, island: Island) -> None:
        for tile in island.tiles:
            self._tile(canvas, tile)
        name, *more = island.words
        hidden = island.videos - len(island.tiles)
        extra = [f"and {hidden} more films"] if hidden else []
        write(canvas, name.capitalize(), NAME, 38, island.x, island.top - 82, align=0.5)
        under = " · ".join([*more[:2], *extra])
        write(canvas, under, TEXT, 18, island.x, island.top - 33, align=0.5, ink=FAINT)

    def _tile(self, canvas: skia.Canvas, tile: Tile) -> None:
        box = skia.Rect.MakeXYWH(*tile.box)
        turn = 0.07 * tile.height
        tint = self.tints[self.atlas.sids[tile.row].creative[0]]
        frame = skia.RRect.MakeRectXY(box.makeOutset(RIM, RIM), turn + RIM, turn + RIM)
        canvas.drawRRect(frame, skia.Paint(AntiAlias=True, Color=colour(tint)))
        self._picture(canvas, tile.row, box, turn)

    def _picture(self, canvas: skia.Canvas, row: int, box: skia.Rect, turn: float) -> None:
        """A poster in a box whose corners turn with this radius."""
        image = self._cut(row, round(box.width()), round(box.height()))
        canvas.save()
        canvas.clipRRect(skia.RRect.MakeRectXY(box, turn, turn), True)
        if image is None:
            canvas.drawRect(box, skia.Paint(Color=colour(LAND)))
        else:
            canvas.drawImageRect(image, box, SMOOTH)
        canvas.restore()

    def _cut(self, row: int, width: int, height: int) -> skia.Image | None:
        """The middle of a poster in this shape, no finer than anybody will see it."""
        image = skia.Image.MakeFromEncoded(skia.Data.MakeWithCopy(self.poster(row)))
        if image is None:
            return None
        surface = skia.Surface(FINE * width, FINE * height)
        scale = max(surface.width() / image.width(), surface.height() / image.height())
        wide, tall = surface.width() / scale, surface.height() / scale
        cut = skia.Rect.MakeXYWH(
            (image.width() - wide) / 2, (image.height() - tall) / 2, wide, tall
        )
        whole = skia.Rect.MakeIWH(surface.width(), surface.height())
        with surface as canvas:
            canvas.drawImageRect(image, cut, whole, SMOOTH)
        return surface.makeImageSnapshot()

    # ---- the creative plane ----------------------------------------------------------------------

    @cached_property
    def tints(self) -> dict[int, Colour]:
        """Each first creative code's colour."""
        colours: dict[int, list[Colour]] = {}
        for sid, traits in zip(self.atlas.sids, self.atlas.traits, strict=True):
            colours.setdefault(sid.creative[0], []).extend(traits.palette)
        return tints(colours)

    def _plane(self, canvas: skia.Canvas) -> None:
        write(canvas, "How they are made", TITLE, 50, PLANE.left(), 226)
        count = len(self.atlas.sids)
        rows = np.unique(np.linspace(0, count - 1, min(count, MOST_DOTS)).astype(int))
        places = neighbour_map(self.atlas.seen["creative"][rows])
        places = spread(places, PLANE.width(), PLANE.height())
        faces = count <= MOST_FACES
        radius = 21.0 if faces else 6.0
        if faces:
            sizes = np.full((count, 2), 2 * radius + 2)
            places = apart(places, sizes, PLANE.width(), PLANE.height())
        canvas.save()
        canvas.translate(PLANE.left(), PLANE.top())
        middles = places.tolist()
        boxes = [(x - radius, y - radius, 2 * radius, 2 * radius) for x, y in middles]
        self._land(canvas, boxes, PLANE, soft=SOFT / 2)
        for row, (x, y) in zip(rows.tolist(), middles, strict=True):
            tint = self.tints[self.atlas.sids[row].creative[0]]
            canvas.drawCircle(x, y, radius, skia.Paint(AntiAlias=True, Color=colour(tint)))
            if faces:
                inner = radius - RIM
                box = skia.Rect.MakeXYWH(x - inner, y - inner, 2 * inner, 2 * inner)
                self._picture(canvas, row, box, inner)
        canvas.restore()

    def _legend(self, canvas: skia.Canvas) -> None:
        counts = Counter(sid.creative[0] for sid in self.atlas.sids)
        left, right = LEGEND.left(), LEGEND.right()
        common = counts.most_common(MOST_IN_LEGEND)
        step = min(LEGEND_STEP, LEGEND.height() / len(common))
        for place, (code, count) in enumerate(common):
            y = LEGEND.top() + place * step
            swatch = skia.Rect.MakeXYWH(left, y + 3, 26, 38)
            canvas.drawRoundRect(
                swatch, 7, 7, skia.Paint(AntiAlias=True, Color=colour(self.tints[code]))
            )
            first, *more = self.atlas.words("creative", (code,))
            write(canvas, first.capitalize(), STRONG, 21, left + 44, y - 3 if more else y + 9)
            write(canvas, " · ".join(more[:3]), TEXT, 17, left + 44, y + 24, ink=FAINT)
            write(canvas, str(count), TEXT, 19, right, y + 10, align=1.0, ink=FAINT)
            self._chips(canvas, code, right - 44, y + 16)

    def _chips(self, canvas: skia.Canvas, code: int, right: float, y: float) -> None:
        """The palette of the video that is most like the code."""
        rows = self.atlas.holders("creative", (code,))
        centre = self.atlas.codebook.creative.stands[0][code]
        nearest = int(distance(self.atlas.creatives_ND[rows], centre).argmin())
        palette = self.atlas.traits[rows[nearest]].palette
        for place, chip in enumerate(reversed(palette)):
            canvas.drawCircle(
                right - 17 * place, y + 6, 9.5, skia.Paint(AntiAlias=True, Color=colour(chip))
            )

    def _title(self, canvas: skia.Canvas) -> None:
        count, sizes = len(self.atlas.videos), self.atlas.codebook.sizes
        write(canvas, "A map of what there is", TITLE, 92, 90, 74)
        said = (
            f"{count:,} films lie where their content lies; the colour of a frame tells how a film"
            " is made."
        )
        write(canvas, said, TEXT, 26, 94, 196, ink=FAINT)
        depth = len(sizes) // 2
        shape = " and ".join(" x ".join(map(str, part)) for part in (sizes[:depth], sizes[depth:]))
        foot = f"{shape} codes of content and creative   ·   codebook {self.atlas.codebook.version}"
        write(canvas, foot, TEXT, 17, 94, HEIGHT - 52, ink=FAINT)


def refuse_unknown_kind(path: Path) -> None:
    """Raises, before the work, where a map cannot be written in the form that a name asks for."""
    if path.suffix.lower() not in KINDS:
        raise ReelwrightError(
            f"A map cannot be written as {path.name!r}.", hint=f"Use one of {', '.join(KINDS)}."
        )
