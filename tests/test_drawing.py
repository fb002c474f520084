"""Many clips at once: each comes with its place, the same as if it were drawn alone."""

from dataclasses import replace
from pathlib import Path

import pytest
from plans import SMALL, plan

from reelwright.config import MediaConfig, RenderConfig
from reelwright.domain import Clip
from reelwright.drawing import draw_all
from reelwright.features.local import LocalEncoder
from reelwright.render.compositor import Compositor
from reelwright.render.kit import STYLES

RENDER, MEDIA = RenderConfig(threads=1), MediaConfig(preset="ultrafast")
OTHER = next(style.name for style in STYLES if style.name != "documentary")
SHORT = replace(SMALL, duration_s=1.0)
TAGS = (("harbour", "boats"), ("mountains",), ("bread", "oven"))


def test_every_clip_comes_with_its_place_as_if_it_were_drawn_alone(tmp_path: Path) -> None:
    plans = [plan(style, form=SHORT) for style in ("documentary", OTHER, "documentary")]
    said: list[tuple[str, int, int]] = []
    films: dict[int, bytes] = {}
    clips: dict[int, Clip] = {}
    drawn = draw_all(
        plans,
        TAGS,
        render=RENDER,
        media=MEDIA,
        what="drawing",
        progress=lambda *words: said.append(words),
        processes=2,
    )
    for place, one in drawn:
        films[place], clips[place] = one.clip.film.read_bytes(), one.clip
        assert one.clip.poster.exists()
        alone = LocalEncoder() if place == 1 else None
        if alone is not None:
            seen = alone.encode(one.clip.film, title=plans[1].title, tags=TAGS[1])
            assert seen.content.tolist() == pytest.approx(one.encoding.content.tolist(), abs=1e-5)
            assert seen.creative.tolist() == pytest.approx(one.encoding.creative.tolist(), abs=1e-5)
    assert sorted(films) == [0, 1, 2]
    assert films[0] == films[2]
    assert films[0] == Compositor(RENDER, MEDIA).render(plans[0], tmp_path).film.read_bytes()
    assert [clips[place].blueprint for place in range(3)] == plans
    assert not any(clip.film.exists() for clip in clips.values()), "files are only lent"
    assert said == [("drawing", done, 3) for done in range(4)]


def test_nothing_to_draw_is_drawn_at_once() -> None:
    assert list(draw_all([], [], render=RENDER, media=MEDIA)) == []


def test_whoever_stops_asking_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    plans = [plan(form=SHORT)] * 4
    drawn = draw_all(plans, [()] * 4, render=RENDER, media=MEDIA, processes=1)
    _, first = next(drawn)
    assert first.clip.film.is_relative_to(tmp_path)
    drawn.close()
    assert list(tmp_path.glob("reelwright-*")) == []
