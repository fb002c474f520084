"""The demo world: a catalogue to be drawn and viewers to watch it, whose truth is known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.catalogue.tastes import DAYPARTS, Reaction, Taste, react, tastes
from reelwright.catalogue.topics import TOPICS, Topic
from reelwright.config import WorldConfig
from reelwright.domain import Event, Format, Instruction, Kit, ShotInstruction, StyleKind

DAY_S = 86_400.0
DAYS = 21  # that the history covers
SESSION = 8  # videos watched in one go
LENGTHS_S = (4.0, 4.25, 4.5, 5.0, 6.0)
MIN_SHOTS = 1.7  # a clip is that many of its style's shortest shots, so that it cuts at least once
FIRST_SHARE = 1.3  # the title wants reading
# How the videos that viewers met were chosen, as shares; what is left was chosen by chance.
BY_POPULARITY, BY_TASTE = 0.25, 0.45
POPULARITY_SLOPE = 0.4
COMMISSIONS, VIEWERS, HISTORIES, REACTIONS = 1, 2, 3, 4  # streams of chance

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Commission:
    """One video of the catalogue, as it is to be made."""

    name: str  # also of its file
    topic: str
    style: str
    tags: tuple[str, ...]
    instruction: Instruction
    format: Format
    seed: int

    @property
    def title(self) -> str:
        return self.instruction.title


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Everything that is true of the demo. The same settings and kit give the same world."""

    config: WorldConfig
    topics: tuple[Topic, ...]
    styles: tuple[str, ...]
    commissions: tuple[Commission, ...]
    tastes: tuple[Taste, ...]

    @property
    def unmet(self) -> list[tuple[str, str]]:
        """The pairs of topic and style of which the catalogue has no video."""
        met = {(commission.topic, commission.style) for commission in self.commissions}
        pairs = [(topic.name, style) for topic in self.topics for style in self.styles]
        return [pair for pair in pairs if pair not in met]

    def taste(self, viewer: str) -> Taste:
        return next(taste for taste in self.tastes if taste.viewer == viewer)

    def love(self, viewer: str, topic: str, style: str) -> float:
        """How likely the viewer is to enjoy a video of this topic in this style, 0 to 1."""
        return self.taste(viewer).love(topic, style)

    def react(self, viewer: str, topic: str, style: str, *, draw: int = 0) -> Reaction:
        """What the viewer does with any such video, made or not yet; each draw anew."""
        places = (
            [taste.viewer for taste in self.tastes].index(viewer),
            [one.name for one in self.topics].index(topic),
            self.styles.index(style),
        )
        rng = np.random.default_rng([self.config.seed, REACTIONS, *places, draw])
        return react(self.love(viewer, topic, style), rng)

    def topic_of(self, words: Sequence[str]) -> str | None:
        """The topic whose tags are named first and most among some words; None for none."""
        scores = {
            topic.name: sum(0.5**place for place, word in enumerate(words) if word in topic.tags)
            for topic in self.topics
        }
        best = max(scores, key=lambda name: scores[name])
        return best if scores[best] > 0 else None

    def events(self, video_of: Mapping[str, str], *, now_s: float) -> Iterator[Event]:
        """What all viewers did up to now, one viewer after the other, each oldest first.

        `video_of` gives the id that each commission's video came to have, by its name.
        """
        love = self._love()
        popularity = self._popularity()
        for place, taste in enumerate(self.tastes):
            rng = np.random.default_rng([self.config.seed, HISTORIES, place])
            met = _exposures(love[place], popularity, self.config.events_per_viewer, rng)
            moments = _moments(len(met), DAYPARTS[taste.daypart], now_s, rng)
            for number, (video, at_s) in enumerate(zip(met, moments, strict=True)):
                commission = self.commissions[video]
                yield from react(love[place, video], rng).events(
                    taste.viewer,
                    video_of[commission.name],
                    duration_s=commission.format.duration_s,
                    at_s=at_s,
                    impression=f"world-{self.config.seed}-{taste.viewer}-{number}",
                )

    def _love(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """Of every viewer for every video."""
        return np.array(
            [
                [taste.love(commission.topic, commission.style) for commission in self.commissions]
                for taste in self.tastes
            ]
        )

    def _popularity(self) -> Vector:
        """How often each video is put before people for no reason but that it is popular."""
        rng = np.random.default_rng([self.config.seed, HISTORIES])
        ranks = rng.permutation(len(self.commissions)) + 1
        shares = 1.0 / ranks**POPULARITY_SLOPE
        return np.asarray(shares / shares.sum())


def build(config: WorldConfig, kit: Kit) -> World:
    """The world of these settings, to be drawn with this kit."""
    styles = tuple(style.name for style in kit.styles)
    rng = np.random.default_rng([config.seed, VIEWERS])
    return World(
        config=config,
        topics=TOPICS,
        styles=styles,
        commissions=tuple(_commissions(config, kit)),
        tastes=tuple(tastes(config.viewers, TOPICS, styles, rng)),
    )


def pairs(
    num_topics: int, num_styles: int, count: int, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """`count` different (topic, style) pairs, every topic and every style about equally often."""
    assert count <= num_topics * num_styles, f"{count} of {num_topics} x {num_styles} pairs"
    used = np.zeros(num_styles)
    chosen = []
    for place, topic in enumerate(rng.permutation(num_topics)):
        share = count // num_topics + (place < count % num_topics)
        least_used = np.lexsort((rng.random(num_styles), used))[:share]
        used[least_used] += 1
        chosen += [(int(topic), int(style)) for style in least_used]
    return sorted(chosen)


def _commissions(config: WorldConfig, kit: Kit) -> Iterator[Commission]:
    rng = np.random.default_rng([config.seed, COMMISSIONS])
    orders = [rng.permutation(len(topic.titles)) for topic in TOPICS]
    made = [0] * len(TOPICS)
    for topic_place, style_place in pairs(len(TOPICS), len(kit.styles), config.videos, rng):
        topic, style = TOPICS[topic_place], kit.styles[style_place]
        order = orders[topic_place]
        title = topic.titles[order[made[topic_place] % len(order)]]
        made[topic_place] += 1
        length_s = float(
            rng.choice([seconds for seconds in LENGTHS_S if seconds > MIN_SHOTS * style.shot_s[0]])
        )
        yield Commission(
            name=f"{topic.name} {style.name}".replace(" ", "-").replace("_", "-"),
            topic=topic.name,
            style=style.name,
            tags=topic.tags,
            instruction=_instruction(topic, style, title, length_s, kit, rng),
            format=Format(
                width=config.width, height=config.height, fps=config.fps, duration_s=length_s
            ),
            seed=int(rng.integers(2**31)),
        )


def _instruction(
    topic: Topic,
    style: StyleKind,
    title: str,
    length_s: float,
    kit: Kit,
    rng: np.random.Generator,
) -> Instruction:
    """A video of the topic as one who knows the style would tell it."""
    count = max(1, round(length_s / (sum(style.shot_s) / 2)))
    cameras = style.cameras or kit.cameras
    first = int(rng.integers(len(cameras)))
    words = [title, *[""] * (count - 1)]
    lines = rng.permutation(topic.lines)
    for place, line in zip((count - 1, count // 2)[: count - 1], lines, strict=False):
        words[place] = str(line)
    return Instruction(
        title=title,
        about=topic.tags,
        style=style.name,
        mood=style.mood or kit.moods[0],
        tempo_bpm=round(float(rng.uniform(*style.tempo_bpm)), 1),
        shots=tuple(
            ShotInstruction(
                scene=topic.scenes[_elsewhere(place) % len(topic.scenes)],
                camera=cameras[(first + place) % len(cameras)],
                share=float((1.0 if place else FIRST_SHARE) + 0.1 * rng.standard_normal()),
                words=words[place],
            )
            for place in range(count)
        ),
    )


def _elsewhere(place: int) -> int:
    """Every second shot is at the topic's first scene, those between go round all of them."""
    return 0 if place % 2 == 0 else 1 + place // 2


def _exposures(love: Vector, popularity: Vector, count: int, rng: np.random.Generator) -> list[int]:
    """The videos that one viewer met, in order and none twice: by three mixed policies."""
    left = np.ones(len(love))
    met: list[int] = []
    for _ in range(min(count, len(love))):
        policy = rng.random()
        if policy < BY_POPULARITY:
            weights = popularity
        elif policy < BY_POPULARITY + BY_TASTE:
            weights = love + 1e-3
        else:
            weights = np.ones(len(love))
        chances = weights * left
        met.append(int(rng.choice(len(love), p=chances / chances.sum())))
        left[met[-1]] = 0.0
    return met


def _moments(count: int, hour: float, now_s: float, rng: np.random.Generator) -> list[float]:
    """When they watched: in sessions around their hour of the day, over the days before now."""
    sessions = -(-count // SESSION)
    days_ago = np.sort(rng.choice(DAYS, size=min(sessions, DAYS), replace=False) + 1)[::-1]
    midnight_s = now_s - now_s % DAY_S
    moments: list[float] = []
    for number in range(count):
        day = days_ago[min(number // SESSION, len(days_ago) - 1)]
        if number % SESSION == 0 or not moments:
            moment_s = midnight_s - day * DAY_S + (hour + rng.uniform(-1.0, 1.0)) * 3600
            moments.append(max(moment_s, moments[-1] + 15.0 if moments else moment_s))
        else:
            moments.append(moments[-1] + rng.uniform(8.0, 40.0))
    return [float(min(moment_s, now_s)) for moment_s in moments]
