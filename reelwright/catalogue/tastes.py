"""The simulated viewers of the demo world: what each loves, and what they do with a video."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.catalogue.topics import Topic
from reelwright.domain import Attribute, Event, EventKind, Origin

# What a viewer feels for a topic or a style: these are shares of the greatest love.
LOVED, LIKED, NEUTRAL, DISLIKED = 1.0, 0.4, 0.06, 0.0
LOVED_STYLE, NEUTRAL_STYLE, DISLIKED_STYLE = 1.0, 0.5, 0.2
FAMILY_PULL = 0.6  # how often a further loved topic is of the family of the first
WHIM = 0.02  # of the videos are watched, or not, for no reason that a taste could tell
MISSING = 0.3  # of the attributes are not known
DAYPARTS = {"morning": 7.0, "noon": 12.0, "evening": 19.0, "night": 22.0}
LANGUAGES = ("en", "de", "fr", "es", "ja")


@dataclass(frozen=True, kw_only=True, slots=True)
class Taste:
    """One simulated viewer, whole."""

    viewer: str
    topics: Mapping[str, float]  # 0 to 1
    styles: Mapping[str, float]
    daypart: str
    language: str
    attributes: tuple[Attribute, ...]
    words: str  # for a person who chooses as whom to watch

    @property
    def favourites(self) -> tuple[str, ...]:
        """In a few words: three topics and a style."""
        topics = sorted(self.topics, key=lambda name: -self.topics[name])[:3]
        style = max(self.styles, key=lambda name: self.styles[name])
        return (*topics, f"{style.replace('_', ' ')} style")

    def love(self, topic: str, style: str) -> float:
        """How likely they are to enjoy such a video, 0 to 1, but for a whim."""
        return self.topics[topic] * self.styles[style]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a viewer did with one video."""

    share_watched: float  # of its length; above 1 where they let it run again
    liked: bool
    skipped: bool
    shared: bool

    @property
    def enjoyed(self) -> bool:
        return self.share_watched > 0.5

    def events(
        self, viewer: str, video: str, *, duration_s: float, at_s: float, impression: str
    ) -> Iterator[Event]:
        """The log's lines for it, the impression first."""
        left_s = at_s + self.share_watched * duration_s
        kinds = (
            (EventKind.IMPRESSION, at_s, 0.0, True),
            (EventKind.PLAY, left_s, self.share_watched * duration_s, True),
            (EventKind.LIKE, left_s, 0.0, self.liked),
            (EventKind.SHARE, left_s, 0.0, self.shared),
            (EventKind.SKIP, left_s, 0.0, self.skipped),
        )
        for kind, moment_s, value, happened in kinds:
            if happened:
                yield Event(
                    id=f"{impression}-{kind.value}",
                    viewer=viewer,
                    video=video,
                    kind=kind,
                    at_s=round(moment_s, 3),
                    value=round(value, 3),
                    impression=impression,
                )


def react(love: float, rng: np.random.Generator) -> Reaction:
    """What somebody does with a video that they love so much. Draws five numbers, always."""
    whim, enjoys, share, likes, shares = rng.random(5)
    if (whim < WHIM) != (enjoys < love):  # a whim turns the feeling round
        return Reaction(
            share_watched=0.7 + 0.5 * share,
            liked=likes < 0.25 + 0.4 * love,
            skipped=False,
            shared=shares < 0.12 * love,
        )
    return Reaction(
        share_watched=0.04 + 0.3 * share, liked=False, skipped=likes < 0.6, shared=False
    )


def tastes(
    count: int, topics: Sequence[Topic], styles: Sequence[str], rng: np.random.Generator
) -> list[Taste]:
    """`count` viewers. Some topics are loved by many and some by few; styles by about as many."""
    appeal = rng.permutation(1.0 / np.arange(1, len(topics) + 1) ** 0.45)
    return [_taste(number, topics, styles, appeal, rng) for number in range(count)]


def _taste(
    number: int,
    topics: Sequence[Topic],
    styles: Sequence[str],
    appeal: np.ndarray[tuple[int], np.dtype[np.float64]],
    rng: np.random.Generator,
) -> Taste:
    loved = _loved_topics(topics, appeal, rng)
    order = rng.permutation(len(styles))
    num_loved = 1 + int(rng.random() < 0.5)
    feelings = {topics[place].name: float(NEUTRAL) for place in range(len(topics))}
    feelings |= {topics[place].name: LIKED for place in loved[3:]}
    feelings |= {topics[place].name: LOVED for place in loved[:3]}
    ways = {styles[place]: NEUTRAL_STYLE for place in order}
    ways |= {styles[place]: LOVED_STYLE for place in order[:num_loved]}
    ways |= {styles[place]: DISLIKED_STYLE for place in order[-2:]}
    daypart = str(rng.choice(list(DAYPARTS)))
    language = str(rng.choice(LANGUAGES, p=[0.6, 0.1, 0.1, 0.1, 0.1]))
    favourites = [topics[place] for place in loved[:3]]
    return Taste(
        viewer=f"viewer-{number:03d}",
        topics=feelings,
        styles=ways,
        daypart=daypart,
        language=language,
        attributes=_attributes(favourites, daypart, language, rng),
        words=described(favourites, [styles[place] for place in order[:num_loved]], daypart),
    )


def _loved_topics(
    topics: Sequence[Topic],
    appeal: np.ndarray[tuple[int], np.dtype[np.float64]],
    rng: np.random.Generator,
) -> list[int]:
    """Five topics, the most loved first: one by appeal, the others often of its family."""
    loved: list[int] = []
    for place in range(5):
        chances = appeal.copy()
        if place and rng.random() < FAMILY_PULL:
            family = topics[loved[0]].family
            kin = np.array([topic.family == family for topic in topics])
            kin[loved] = False
            chances = np.where(kin, chances, 0.0) if kin.any() else chances
        chances[loved] = 0.0
        loved.append(int(rng.choice(len(topics), p=chances / chances.sum())))
    return loved


def _attributes(
    favourites: Sequence[Topic], daypart: str, language: str, rng: np.random.Generator
) -> tuple[Attribute, ...]:
    """What the program is told of a viewer. Some say nothing, and an empty value tells that."""
    known = rng.random(3) >= MISSING
    interests = ", ".join(topic.tags[0] for topic in favourites[:2])
    return (
        Attribute("interests", interests if known[0] else "", Origin.DECLARED),
        Attribute("language", language if known[1] else "", Origin.DECLARED),
        Attribute("daypart", daypart if known[2] else "", Origin.OBSERVED),
    )


def described(favourites: Sequence[Topic], styles: Sequence[str], daypart: str) -> str:
    """For people: `Loves harbours, coffee and trains, best in retro film; watches at night.`"""
    *first, last = [topic.name for topic in favourites]
    ways = " or ".join(style.replace("_", " ") for style in styles)
    moment = "in the " + daypart if daypart in ("morning", "evening") else "at " + daypart
    return f"Loves {', '.join(first)} and {last}, best in {ways}; watches {moment}."
