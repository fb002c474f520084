"""Every scene of the kit by its name."""

from collections.abc import Callable

from reelwright.render.scenes import (
    cafe,
    concert,
    cosmos,
    fields,
    gallery,
    green,
    heights,
    kitchen,
    library,
    market,
    neon,
    reef,
    sea,
    skatepark,
    sport,
    town,
    workshop,
)
from reelwright.render.sheet import Drawn, Stage

PAINTERS: dict[str, Callable[[Stage], Drawn]] = {
    "harbour": sea.harbour,
    "beach": sea.beach,
    "underwater": reef.underwater,
    "mountains": heights.mountains,
    "winter": heights.winter,
    "forest": green.forest,
    "campsite": green.campsite,
    "garden": fields.garden,
    "farm": fields.farm,
    "desert": heights.desert,
    "space": cosmos.space,
    "city": town.city,
    "neon_city": neon.neon_city,
    "road": town.road,
    "market": market.market,
    "kitchen": kitchen.kitchen,
    "cafe": cafe.cafe,
    "workshop": workshop.workshop,
    "library": library.library,
    "stadium": sport.stadium,
    "court": sport.court,
    "skatepark": skatepark.skatepark,
    "stage": concert.concert,
    "gallery": gallery.gallery,
    "podium": gallery.podium,
}
