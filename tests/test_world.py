"""The demo world: its truth is known, the same everywhere, and worth learning."""

import dataclasses
from collections import Counter

import numpy as np
import pytest

from reelwright.catalogue.tastes import LOVED, LOVED_STYLE, react
from reelwright.catalogue.topics import TOPICS
from reelwright.catalogue.world import World, build, pairs
from reelwright.config import WorldConfig
from reelwright.domain import Event, EventKind
from reelwright.render.kit import kit

NOW_S = 1_800_000_000.0
CONFIG = WorldConfig()


@pytest.fixture(scope="module")
def world() -> World:
    return build(CONFIG, kit())


@pytest.fixture(scope="module")
def events(world: World) -> list[Event]:
    return events_of(world)


def events_of(world: World) -> list[Event]:
    ids = {commission.name: f"id of {commission.name}" for commission in world.commissions}
    return list(world.events(ids, now_s=NOW_S))


def test_the_same_settings_give_the_same_world(world: World, events: list[Event]) -> None:
    again = build(CONFIG, kit())
    assert again == world
    assert events_of(again) == events


def test_another_seed_gives_another_world(world: World) -> None:
    other = build(dataclasses.replace(CONFIG, seed=8), kit())
    assert other.commissions != world.commissions
    assert other.tastes != world.tastes


def test_topics_are_many_and_their_words_their_own() -> None:
    assert len(TOPICS) >= 24
    first_tags = [topic.tags[0] for topic in TOPICS]
    all_tags = Counter(tag for topic in TOPICS for tag in topic.tags)
    assert all(all_tags[tag] == 1 for tag in first_tags)
    titles = [title for topic in TOPICS for title in topic.titles]
    assert len(set(titles)) == len(titles)
    for topic in TOPICS:
        assert 2 <= len(topic.tags) <= 4
        assert len(topic.titles) >= 5
        assert len(topic.lines) >= 3
        assert all(len(title) <= 32 for title in topic.titles)
        assert all(len(line) <= 18 for line in topic.lines)


def test_the_catalogue_meets_every_topic_and_style_and_leaves_pairs_unmet(world: World) -> None:
    met = [(commission.topic, commission.style) for commission in world.commissions]
    assert len(met) == len(set(met)) == CONFIG.videos
    assert set(Counter(topic for topic, _ in met).values()) == {5}
    assert set(Counter(style for _, style in met).values()) == {15}
    assert len(world.unmet) == 72
    assert not set(world.unmet) & set(met)


@pytest.mark.parametrize("count", [1, 7, 24, 100, 192])
def test_pairs_are_spread_evenly(count: int) -> None:
    chosen = pairs(24, 8, count, np.random.default_rng(3))
    assert len(set(chosen)) == count
    for place, size in ((0, 24), (1, 8)):
        times = Counter(pair[place] for pair in chosen)
        assert max(times.values()) - min(times.get(one, 0) for one in range(size)) <= 1


def test_commissions_can_be_drawn(world: World) -> None:
    names = [commission.name for commission in world.commissions]
    assert len(set(names)) == len(names)
    styles = {style.name: style for style in kit().styles}
    for commission in world.commissions:
        style, told = styles[commission.style], commission.instruction
        assert 4.0 <= commission.format.duration_s <= 6.0
        assert (commission.format.width, commission.format.height) == (360, 640)
        assert style.tempo_bpm[0] <= told.tempo_bpm <= style.tempo_bpm[1]
        assert told.mood in kit().moods
        assert all(shot.camera in kit().cameras and shot.share > 0 for shot in told.shots)
        assert len(told.shots) >= 2


def test_viewers_love_a_few_topics_and_one_or_two_styles(world: World) -> None:
    assert len(world.tastes) == CONFIG.viewers
    loved: Counter[str] = Counter()
    for taste in world.tastes:
        topics = [topic for topic, love in taste.topics.items() if love == LOVED]
        styles = [style for style, love in taste.styles.items() if love == LOVED_STYLE]
        assert len(topics) == 3
        assert len(styles) in (1, 2)
        assert all(topic in taste.words for topic in topics)
        assert world.love(taste.viewer, topics[0], styles[0]) == 1.0
        loved.update(topics)
    assert len(loved) == len(TOPICS)
    assert max(loved.values()) > 2 * min(loved.values())  # popularity is skewed


def test_some_attributes_are_known_to_be_missing(world: World) -> None:
    values = [attribute.value for taste in world.tastes for attribute in taste.attributes]
    names = {attribute.name for taste in world.tastes for attribute in taste.attributes}
    assert names == {"interests", "language", "daypart"}
    assert 0.2 < sum(not value for value in values) / len(values) < 0.4


def test_histories_end_now_and_no_video_is_met_twice(world: World, events: list[Event]) -> None:
    assert len({event.id for event in events}) == len(events)
    assert max(event.at_s for event in events) <= NOW_S
    assert min(event.at_s for event in events) > NOW_S - 30 * 86_400
    shown = [event for event in events if event.kind is EventKind.IMPRESSION]
    assert len(shown) == CONFIG.viewers * CONFIG.events_per_viewer
    assert len({(event.viewer, event.video) for event in shown}) == len(shown)
    times: dict[str, float] = {}
    for event in shown:
        assert event.at_s > times.get(event.viewer, 0.0)
        times[event.viewer] = event.at_s


def test_love_decides_what_is_watched() -> None:
    rng = np.random.default_rng(0)
    enjoyed = [np.mean([react(love, rng).enjoyed for _ in range(2000)]) for love in (0.0, 0.5, 1.0)]
    assert enjoyed == pytest.approx([0.02, 0.5, 0.98], abs=0.04)


def test_a_reaction_to_any_video_is_known_beforehand(world: World) -> None:
    viewer, (topic, style) = world.tastes[0].viewer, world.unmet[0]
    assert world.react(viewer, topic, style) == world.react(viewer, topic, style)
    draws = {world.react(viewer, topic, style, draw=draw).share_watched for draw in range(9)}
    assert len(draws) == 9


def test_words_lead_back_to_their_topic(world: World) -> None:
    for topic in TOPICS:
        assert world.topic_of((*topic.tags, "wind")) == topic.name
    assert world.topic_of(("tax", "return")) is None


def test_taste_is_worth_learning(world: World, events: list[Event]) -> None:
    """Recall@10 of the last enjoyed video, held out: true taste against popularity."""
    place = {f"id of {one.name}": number for number, one in enumerate(world.commissions)}
    love = {
        taste.viewer: np.array([taste.love(one.topic, one.style) for one in world.commissions])
        for taste in world.tastes
    }
    plays: dict[str, list[tuple[int, bool]]] = {}
    for event in events:
        if event.kind is EventKind.PLAY:
            video = place[event.video]
            length_s = world.commissions[video].format.duration_s
            plays.setdefault(event.viewer, []).append((video, event.value > 0.5 * length_s))
    last = {
        viewer: max(number for number, (_, enjoyed) in enumerate(met) if enjoyed)
        for viewer, met in plays.items()
        if any(enjoyed for _, enjoyed in met)
    }
    popular = np.zeros(len(place))
    for viewer, end in last.items():
        for video, enjoyed in plays[viewer][:end]:
            popular[video] += enjoyed
    found: Counter[str] = Counter()
    for viewer, end in last.items():
        seen = [video for video, _ in plays[viewer][:end]]
        target = plays[viewer][end][0]
        for name, scores in (("popular", popular), ("taste", love[viewer] + 1e-6 * popular)):
            left = scores.copy()
            left[seen] = -1.0
            found[name] += int((left > left[target]).sum() < 10)
    recall = {name: hits / len(last) for name, hits in found.items()}
    assert len(last) > 0.98 * CONFIG.viewers
    assert 0.1 < recall["popular"] < 0.22
    assert recall["taste"] > 3.5 * recall["popular"]
    assert recall["taste"] > 0.7
