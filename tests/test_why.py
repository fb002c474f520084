"""Why this: shares that are an attention, in words that are true of the viewer."""

import math

import numpy as np
import pytest

from reelwright.domain import (
    Attribute,
    Codes,
    Deed,
    EventKind,
    Origin,
    Reason,
    SemanticId,
    Viewer,
    Words,
)
from reelwright.viewers.why import FADES_BY_HALF, MOST_REASONS, SHARPNESS, STRANGENESS, Vector, Why

TOPICS = ("harbour", "train", "coffee", "forest", "rain", "dance")
STYLES = ("fast cuts", "warm light", "grain", "calm")


class Codes4:
    """A codebook whose codes all lie at right angles, so that likeness is 0 or 1."""

    def decode(self, sid: SemanticId, /) -> tuple[Vector, Vector]:
        return np.eye(len(TOPICS))[sid.content[0]], np.eye(len(STYLES))[sid.creative[0]]

    def told(self, sid: SemanticId, /) -> Words:
        return Words((TOPICS[sid.content[0]],), (STYLES[sid.creative[0]],))


def sid(content: int, creative: int) -> SemanticId:
    return SemanticId((content, 0), (creative, 0))


def deed(
    content: int, creative: int, weight: float = 1.0, kind: EventKind = EventKind.PLAY
) -> Deed:
    return Deed(f"v{content}{creative}", sid(content, creative), kind, weight, 0.0)


def reasons(
    *history: Deed,
    shown: SemanticId | None = None,
    attributes: tuple[Attribute, ...] = (),
    more_content: dict[Codes, float] | None = None,
    more_creative: dict[Codes, float] | None = None,
) -> tuple[Reason, ...]:
    viewer = Viewer(
        id="u",
        history=history,
        attributes=attributes,
        more_content=more_content or {},
        more_creative=more_creative or {},
    )
    [told] = Why(Codes4(), title_of={"v02": "Harbour at dawn"}.get)(viewer, [shown or sid(0, 0)])
    return told


def test_a_stranger_is_told_that_they_are_one() -> None:
    assert reasons() == (Reason("New here: popular with everyone", 1.0),)


def test_what_is_like_nothing_known_is_called_new() -> None:
    assert reasons(deed(1, 1), deed(2, 2)) == (Reason("Something new for you", 1.0),)
    assert reasons(deed(0, 0, weight=-1.0)) == (Reason("Something new for you", 1.0),)


def test_a_deed_speaks_by_its_title_and_a_style_by_its_words() -> None:
    (about,) = reasons(deed(0, 2))
    assert about.words == "You watched “Harbour at dawn” to the end"
    (made,) = reasons(deed(1, 0))
    assert made.words == "You often like fast cuts"
    (faint,) = reasons(deed(0, 2, weight=0.2))
    assert faint == Reason("You saw “Harbour at dawn”", 1.0)
    new, fainter = reasons(deed(0, 2, weight=0.02))
    assert (new.words, fainter.words) == ("Something new for you", "You saw “Harbour at dawn”")
    assert new.weight == pytest.approx(1 / (1 + 0.02 * math.exp(SHARPNESS * (1 - STRANGENESS))))


@pytest.mark.parametrize(
    ("kind", "weight", "words"),
    [
        (EventKind.PLAY, 0.8, "You watched videos about harbour to the end"),
        (EventKind.PLAY, 0.3, "You saw videos about harbour"),
        (EventKind.LIKE, 1.0, "You liked videos about harbour"),
        (EventKind.SHARE, 1.0, "You shared videos about harbour"),
        (EventKind.BUY, 1.0, "You bought something from videos about harbour"),
    ],
)
def test_a_deed_is_called_what_it_was(kind: EventKind, weight: float, words: str) -> None:
    assert words in {reason.words for reason in reasons(deed(0, 1, weight, kind))}


def test_the_shares_are_a_softmax_of_likeness_weight_and_age() -> None:
    history = (
        deed(0, 1, 2.0, EventKind.LIKE),
        *[deed(2, 2, -1.0)] * (FADES_BY_HALF - 1),
        deed(0, 2),
    )
    told = {reason.words: reason.weight for reason in reasons(*history)}
    loud = {
        "You liked videos about harbour": 2.0 * 0.5 * math.exp(SHARPNESS),
        "You watched “Harbour at dawn” to the end": math.exp(SHARPNESS),
    }
    assert told == pytest.approx({w: part / sum(loud.values()) for w, part in loud.items()})


def test_what_was_asked_for_is_a_reason_and_what_was_refused_is_not() -> None:
    told = reasons(more_content={(0,): 1.5}, more_creative={(0,): -1.5})
    assert told[0].words == "You asked for more like this topic"
    assert not any("style" in reason.words for reason in told)
    assert reasons(more_creative={(0,): 3.0})[0].words == "You asked for more of this style"
    assert len(reasons(more_content={(4,): 3.0})) == 1


def test_an_attribute_speaks_where_the_video_is_about_it() -> None:
    known = (
        Attribute("interests", "train, harbour", Origin.DECLARED),
        Attribute("language", "", Origin.DECLARED),
        Attribute("mood", "fast cuts", Origin.OBSERVED),
    )
    words = [reason.words for reason in reasons(attributes=known)]
    assert "You told us, interests: harbour" in words
    assert "We noticed, mood: fast cuts" in words
    assert not any("train" in said or "language" in said for said in words)


def test_there_are_few_reasons_the_strongest_first_and_they_sum_to_one() -> None:
    kinds = (EventKind.PLAY, EventKind.LIKE, EventKind.SHARE, EventKind.CLICK, EventKind.BUY)
    history = tuple(deed(0, 0, weight + 1.0, kind) for weight, kind in enumerate(kinds))
    told = reasons(*history, more_content={(0,): 4.5})
    assert len(told) == MOST_REASONS
    weights = [reason.weight for reason in told]
    assert sum(weights) == pytest.approx(1.0)
    assert weights == sorted(weights, reverse=True)
    assert len({reason.words for reason in told}) == MOST_REASONS


def slow_why(viewer: Viewer, shown: SemanticId, codes: "Crooked") -> dict[str, float]:
    """The slow twin: every voice by itself, and a softmax over all of them."""
    voices: list[tuple[str, float]] = [("Something new for you", SHARPNESS * STRANGENESS)]
    content, creative = codes.decode(shown)
    for back, deed in enumerate(reversed(viewer.history)):
        if deed.weight <= 0:
            continue
        meant = math.log(deed.weight) - math.log(2) * back / FADES_BY_HALF
        deed_content, deed_creative = codes.decode(deed.sid)
        for one, other, words in (
            (content, deed_content, f"You saw videos about {codes.told(deed.sid).about[0]}"),
            (creative, deed_creative, f"You often like {codes.told(shown).style[0]}"),
        ):
            like = float(one @ other) / math.sqrt(float(one @ one) * float(other @ other))
            if like > STRANGENESS:
                voices.append((words, SHARPNESS * like + meant))
    total = sum(math.exp(loud) for _, loud in voices)
    share: dict[str, float] = {}
    for words, loud in voices:
        share[words] = share.get(words, 0.0) + math.exp(loud) / total
    return share


class Crooked(Codes4):
    """Codes at all kinds of angles."""

    def decode(self, sid: SemanticId, /) -> tuple[Vector, Vector]:
        seed = np.random.default_rng([*sid.content, *sid.creative[:0]])
        style = np.random.default_rng([7, *sid.creative])
        return 0.7 + seed.normal(size=5), 0.7 + style.normal(size=5)


def test_many_videos_at_once_have_the_reasons_that_each_has_voice_by_voice() -> None:
    rng, codes = np.random.default_rng(1), Crooked()
    why = Why(codes)
    for number in range(20):
        history = tuple(
            deed(int(rng.integers(6)), int(rng.integers(4)), float(rng.uniform(-0.5, 0.5)))
            for _ in range(number)
        )
        viewer = Viewer(id="u", history=history)
        shown = [sid(int(rng.integers(6)), int(rng.integers(4))) for _ in range(5)]
        for one, told in zip(shown, why(viewer, shown), strict=True):
            slow = slow_why(viewer, one, codes)
            if not history:
                continue
            assert slow[told[0].words] == pytest.approx(max(slow.values()))
            named = sum(slow[reason.words] for reason in told)
            for reason in told:
                assert reason.weight == pytest.approx(slow[reason.words] / named)
