"""What the videos of the demo world are about: topics as data, each with its own words."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """One thing that a video can be about."""

    name: str  # as it stands in "loves ..."
    family: str  # viewers who love one topic of a family often love another
    tags: tuple[str, ...]  # the first belongs to no other topic
    titles: tuple[str, ...]
    lines: tuple[str, ...]  # short enough to be read in a second
    scenes: tuple[str, ...]  # what is seen, in free words


TOPICS = (
    Topic(
        name="harbours",
        family="water",
        tags=("harbours", "boats", "sea"),
        titles=(
            "Harbour, before the city wakes",
            "Boats coming home",
            "The last ferry of the day",
            "Low tide at the old harbour",
            "Sails in the morning wind",
            "A small boat, a wide sea",
        ),
        lines=("salt air", "ropes and sails", "out to sea", "the tide turns"),
        scenes=(
            "a harbour with sailing boats and a lighthouse",
            "a beach with waves",
        ),
    ),
    Topic(
        name="surfing",
        family="water",
        tags=("surfing", "waves", "beach"),
        titles=(
            "One clean wave",
            "Surf check, six in the morning",
            "Paddle out",
            "Learning to surf, slowly",
            "The wave that got away",
            "Wax, board, water",
        ),
        lines=("paddle", "stand up", "hold the line", "one more wave"),
        scenes=(
            "a sandy beach with breaking waves and palm trees",
            "a harbour at the sea with a pier",
        ),
    ),
    Topic(
        name="coral reefs",
        family="water",
        tags=("reefs", "fish", "diving"),
        titles=(
            "Down at the reef",
            "A fish with a plan",
            "Ten metres under",
            "Reef, early light",
            "The octopus next door",
            "Slow life under water",
        ),
        lines=("breathe out", "look closer", "no hurry here", "blue all around"),
        scenes=("under water, a coral reef with fish in the ocean",),
    ),
    Topic(
        name="mountains",
        family="outdoors",
        tags=("mountains", "hiking", "summit"),
        titles=(
            "The long way to the summit",
            "Mountains, above the clouds",
            "A trail with no name",
            "Hut to hut",
            "First step, last ridge",
            "What the summit looks like",
        ),
        lines=("keep climbing", "thin air", "one more ridge", "look back once"),
        scenes=(
            "high mountains with peaks and ridges",
            "a mountain trail above the forest",
        ),
    ),
    Topic(
        name="forests",
        family="outdoors",
        tags=("forests", "trees", "owls"),
        titles=(
            "Forest after rain",
            "Two owls, one branch",
            "Where the tall trees are",
            "Quiet under the pines",
            "A walk among old trees",
            "Moss, bark, light",
        ),
        lines=("soft ground", "listen", "green on green", "stay a while"),
        scenes=(
            "a deep forest with tall trees and mist",
            "a garden meadow at the edge of the trees",
        ),
    ),
    Topic(
        name="camping",
        family="outdoors",
        tags=("camping", "tents", "campfire"),
        titles=(
            "Tent up before dark",
            "Campfire, no signal",
            "One night, one tent",
            "Breakfast at the campsite",
            "Everything fits in the pack",
            "A campfire worth the walk",
        ),
        lines=("no signal", "pack light", "sparks", "sleep outside"),
        scenes=(
            "a campsite by a lake with a tent and a camp fire",
            "a forest with tall trees",
        ),
    ),
    Topic(
        name="snow",
        family="outdoors",
        tags=("snow", "skiing", "winter"),
        titles=(
            "First tracks in the snow",
            "Skiing the empty slope",
            "The cold side of the valley",
            "Winter, finally",
            "Snow on everything",
            "Two skis and a hill",
        ),
        lines=("fresh powder", "cold hands", "let it run", "first tracks"),
        scenes=(
            "winter snow on a slope with fir trees",
            "snowy mountain peaks",
        ),
    ),
    Topic(
        name="the night sky",
        family="wonder",
        tags=("stars", "moon", "telescope"),
        titles=(
            "Stars, away from town",
            "The moon through a telescope",
            "Counting stars",
            "A clear night, at last",
            "Look up",
            "The slow turn of the stars",
        ),
        lines=("look up", "light years", "so far away", "clear tonight"),
        scenes=(
            "outer space with stars and galaxies",
            "a campsite in the wild under the stars",
        ),
    ),
    Topic(
        name="rockets",
        family="wonder",
        tags=("rockets", "space", "launch"),
        titles=(
            "Rocket launch in ten seconds",
            "Leaving the ground",
            "Space, the short version",
            "Countdown to orbit",
            "What a launch sounds like",
            "Into orbit before lunch",
        ),
        lines=("three, two, one", "lift off", "to orbit", "engines on"),
        scenes=(
            "outer space with planets, for rockets",
            "a hot desert with sand and red rocks",
        ),
    ),
    Topic(
        name="robots",
        family="wonder",
        tags=("robots", "machines", "computers"),
        titles=(
            "A robot learns to wave",
            "Small robot, big plans",
            "Teaching machines to dance",
            "The robot at the door",
            "Built from spare parts",
            "Hello, says the robot",
        ),
        lines=("hello, human", "beep", "still learning", "spare parts"),
        scenes=(
            "a workshop desk with tools and computers",
            "a modern city with skyscrapers",
        ),
    ),
    Topic(
        name="cats",
        family="animals",
        tags=("cats", "kittens", "armchairs"),
        titles=(
            "A cat owns this room",
            "Kitten versus curtain",
            "Cat, window, afternoon",
            "How a cat says no",
            "The nine lives of a kitten",
            "Whiskers at work",
        ),
        lines=("do not move", "mine now", "purr", "nap time"),
        scenes=(
            "a living room with bookshelves, an armchair and a lamp",
            "a cosy cafe with a window",
        ),
    ),
    Topic(
        name="dogs",
        family="animals",
        tags=("dogs", "puppies", "meadows"),
        titles=(
            "A dog hears the word walk",
            "Puppy meets the park",
            "Fetch, and fetch again",
            "The dog who loved puddles",
            "Good dog, great day",
            "Ears in the wind",
        ),
        lines=("good dog", "again!", "throw it", "tail on"),
        scenes=(
            "a garden meadow with grass",
            "a sandy beach with waves",
            "fields in the countryside",
        ),
    ),
    Topic(
        name="birds",
        family="animals",
        tags=("birds", "wings", "birdsong"),
        titles=(
            "Birds, first song of the day",
            "Wings over the field",
            "An owl looks back",
            "The robin at the feeder",
            "Learning to fly",
            "Birdsong at five",
        ),
        lines=("take off", "listen", "wide wings", "first song"),
        scenes=(
            "a forest with birds and mist",
            "a garden meadow with flowers",
        ),
    ),
    Topic(
        name="coffee",
        family="kitchen",
        tags=("coffee", "espresso", "cafe"),
        titles=(
            "Coffee, the slow way",
            "First espresso of the day",
            "A cafe for one",
            "Pour over, patience",
            "The corner cafe at seven",
            "Milk, foam, art",
        ),
        lines=("wake up", "one more cup", "slow pour", "smell that"),
        scenes=(
            "a cosy cafe with cups and a counter",
            "a kitchen with a table and shelves",
        ),
    ),
    Topic(
        name="baking",
        family="kitchen",
        tags=("bread", "baking", "dough"),
        titles=(
            "Bread, from scratch",
            "Dough has its own clock",
            "The crust that sings",
            "Baking before sunrise",
            "Flour everywhere",
            "A loaf for the neighbours",
        ),
        lines=("knead", "let it rise", "golden crust", "still warm"),
        scenes=(
            "a kitchen for cooking and baking food",
            "a market with food stalls",
        ),
    ),
    Topic(
        name="street food",
        family="kitchen",
        tags=("noodles", "ramen", "market"),
        titles=(
            "Noodles at the night market",
            "Ramen in the rain",
            "The queue is worth it",
            "Street food, street light",
            "Two minutes for noodles",
            "A bowl of ramen, extra hot",
        ),
        lines=("extra hot", "slurp", "queue here", "one more bowl"),
        scenes=(
            "a street market with food stalls and lanterns",
            "a rainy city street at night with neon signs",
        ),
    ),
    Topic(
        name="cycling",
        family="sport",
        tags=("cycling", "bicycles", "rides"),
        titles=(
            "Cycling before work",
            "One gear, no hurry",
            "The bicycle knows the way",
            "Downhill, both brakes",
            "A ride around the block",
            "Spokes and sunlight",
        ),
        lines=("tailwind", "one more hill", "ride on", "hands off"),
        scenes=(
            "an open road to the horizon for cycling",
            "fields and hills in the countryside",
        ),
    ),
    Topic(
        name="football",
        family="sport",
        tags=("football", "goals", "matches"),
        titles=(
            "Football until dark",
            "The goal nobody saw",
            "Late match, wet grass",
            "One touch, then the goal",
            "Last minute of the match",
            "Jumpers for goalposts",
        ),
        lines=("goal!", "pass it", "extra time", "full time"),
        scenes=(
            "a sports stadium with a playing field and a crowd",
            "a garden meadow with grass",
        ),
    ),
    Topic(
        name="skateboarding",
        family="sport",
        tags=("skateboards", "ramps", "tricks"),
        titles=(
            "Skating, take thirty",
            "First ollie, finally",
            "The ledge behind the school",
            "Tricks that almost worked",
            "Push, pop, land",
            "Concrete and a skateboard",
        ),
        lines=("drop in", "land it", "again", "take thirty"),
        scenes=(
            "a skate park with concrete ramps and graffiti",
            "a modern city with streets and traffic",
        ),
    ),
    Topic(
        name="night drives",
        family="city",
        tags=("driving", "cars", "neon"),
        titles=(
            "Night drive, windows down",
            "The car knows the way home",
            "Neon and wet streets",
            "A drive with no reason",
            "Midnight, one car, one road",
            "Headlights through the rain",
        ),
        lines=(
            "windows down",
            "no hurry home",
            "green lights",
            "turn it up",
        ),
        scenes=(
            "a rainy city street at night with neon signs",
            "an open road to the horizon for driving a car",
            "a modern city with skyscrapers",
        ),
    ),
    Topic(
        name="trains",
        family="city",
        tags=("trains", "railways", "countryside"),
        titles=(
            "Night train, window seat",
            "The station at rush hour",
            "Train through the valley",
            "Railway lines, going north",
            "Platform four, on time",
            "Doors close, train leaves",
        ),
        lines=("mind the gap", "all aboard", "window seat", "next stop"),
        scenes=(
            "fields and hills in the countryside",
            "high mountains and a valley",
            "a modern city with streets and offices",
        ),
    ),
    Topic(
        name="jazz",
        family="culture",
        tags=("jazz", "saxophones", "concerts"),
        titles=(
            "Jazz on vinyl, side A",
            "The saxophone upstairs",
            "Late set at the jazz club",
            "Needle down",
            "Vinyl, found in the attic",
            "Blue notes after ten",
        ),
        lines=("side A", "needle down", "late set", "play it again"),
        scenes=(
            "a concert stage with spotlights for music",
            "a quiet room with bookshelves and a lamp",
        ),
    ),
    Topic(
        name="painting",
        family="culture",
        tags=("painting", "colours", "galleries"),
        titles=(
            "Painting the same apple",
            "One brush, three colours",
            "Wet paint, warm light",
            "The colours of a Tuesday",
            "A painting nobody ordered",
            "Blue first, then the rest",
        ),
        lines=("mix", "one more layer", "blue first", "let it dry"),
        scenes=(
            "an art gallery with framed paintings",
            "a workshop desk with tools",
        ),
    ),
    Topic(
        name="flowers",
        family="culture",
        tags=("flowers", "gardens", "spring"),
        titles=(
            "Flowers, first warm day",
            "The garden in May",
            "A rose takes its time",
            "Tulips by the hundred",
            "What the bees know",
            "Spring, in one garden",
        ),
        lines=("in bloom", "spring is here", "petals", "grow"),
        scenes=(
            "a garden meadow with flowers and butterflies",
            "fields in the countryside",
        ),
    ),
)
