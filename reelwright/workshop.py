"""A wish is made: planned, looked at, drawn and signed for. The other story is `feed.py`."""

import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np

from reelwright import __version__
from reelwright.allowance import Allowance, endless
from reelwright.config import WorkshopConfig
from reelwright.domain import Blueprint, Clip, Made, Manifest, SemanticId, Video, Wish, digest
from reelwright.features.encoder import Encoder
from reelwright.media.probe import Prober
from reelwright.progress import Progress, silent
from reelwright.render.compositor import NAME, Compositor, clip_in
from reelwright.render.synth import Sound
from reelwright.secondlook.look import SecondLook
from reelwright.secondlook.rounds import (
    Round,
    Step,
    best,
    burden,
    replayed,
    to_cells,
    to_step,
    told,
)
from reelwright.sids.codebook import Codebook
from reelwright.storage.blobs import Blobs
from reelwright.storage.milestones import Milestones
from reelwright.studio import steps as studio
from reelwright.studio.saying import said
from reelwright.studio.steps import PLANNER, blueprint_of, plans_of
from reelwright.studio.studio import Studio

STEPS, SOUND = "steps.json", "sound.npy"


class Workshop:
    """Turns one wish into one video that can be kept. Made again, it comes out the same."""

    def __init__(
        self,
        *,
        codebook: Codebook,
        studio: Studio,
        compositor: Compositor,
        encoder: Encoder,
        prober: Prober,
        blobs: Blobs,
        desk: Path,
        config: WorkshopConfig,
        milestones: Milestones | None = None,
    ) -> None:
        self.codebook = codebook
        self.studio = studio
        self.compositor = compositor
        self.encoder = encoder
        self.second_look = SecondLook(
            self.codes,
            codebook.words,
            compositor.media,
            materials=compositor.materials,
            voice=compositor.voice,
        )
        self.prober = prober
        self.blobs = blobs
        self.desk = desk  # a folder of its own, swept by whoever opens the next workshop
        self.config = config
        self.milestones = milestones  # without any every making begins at its beginning

    def make(
        self,
        wish: Wish,
        *,
        now_s: float,
        allowance: Allowance | None = None,
        progress: Progress = silent,
    ) -> Made:
        """The finished video, its files already among the blobs, and where it comes from.

        Three stages. What an earlier attempt has done of them is not done again.
        """
        allowance = allowance or endless()
        self.desk.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.desk) as folder:
            milestones = self.milestones or Milestones(Path(folder))
            steps, sound = self._planned(wish, milestones, allowance, progress)
            clip = self._drawn(wish, replayed(steps), sound, milestones, allowance, progress)
            return self._kept(wish, clip, steps, now_s, allowance)

    def _planned(
        self, wish: Wish, milestones: Milestones, allowance: Allowance, progress: Progress
    ) -> tuple[Sequence[Step], Sound | None]:
        """The steps of all rounds, and the sound of the best, where a look has heard it."""

        def plan(folder: Path) -> None:
            allowance.begin("planning")
            rounds = list(self.rounds(wish, folder, allowance=allowance, progress=progress))
            (folder / STEPS).write_text(json.dumps([*map(to_cells, told(rounds))]))
            if (heard := rounds[best(rounds)].sound) is not None:
                np.save(folder / SOUND, heard)

        folder = milestones.reached("plan", self._what_plans_depend_on(wish), plan)
        steps = [to_step(cells) for cells in json.loads((folder / STEPS).read_text())]
        heard = folder / SOUND
        return steps, np.load(heard) if heard.exists() else None

    def _drawn(
        self,
        wish: Wish,
        blueprint: Blueprint,
        sound: Sound | None,
        milestones: Milestones,
        allowance: Allowance,
        progress: Progress,
    ) -> Clip:
        """The film and its company, with a narrator where one speaks the wish's language."""
        voice = self.compositor.voice
        if voice and voice.speaks(wish.locale):
            blueprint, sound = said(blueprint, wish.locale), None

        def draw(folder: Path) -> None:
            allowance.begin("drawing")
            heard = allowance.heard(progress)
            self.compositor.render(blueprint, folder, sound=sound, progress=heard)

        inputs = self._what_films_depend_on() | {"blueprint": digest(blueprint)}
        return clip_in(milestones.reached("film", inputs, draw), blueprint)

    def rounds(
        self,
        wish: Wish,
        folder: Path,
        *,
        allowance: Allowance | None = None,
        progress: Progress = silent,
    ) -> Iterator[Round]:
        """A plan, looked at, then others that heed what was complained of in the one before.

        Where a model changes nothing, or what is no better, the rules plan the next one. It ends
        when nothing is wrong, when nothing changes any more, or after `config.rounds`.
        """
        allowance = allowance or endless()
        meaning = self.codebook.meaning(wish.sid)
        plan = self.studio.plan(wish, meaning, left_s=allowance.left_s())
        planned = tuple(allowance.through(plan))
        if not self.config.rounds:
            yield Round(planned)
            return
        steps: list[studio.Step] = []
        weighed = math.inf  # what was complained of in the round before
        for further in range(1 + self.config.rounds):
            allowance.begin("looking at its plan")
            seen = self.second_look.look(wish, planned, folder, allowance=allowance)
            yield seen
            steps += planned
            progress("looking at plans", further, self.config.rounds)
            if further == self.config.rounds or not seen.complaints:
                break
            allowance.begin("planning again")
            before, weighed = weighed, burden(seen.complaints)
            planning = partial(self.studio.again, wish, meaning, steps, seen.complaints)
            for by_rules in (False, True) if weighed < before else (True,):
                again = planning(left_s=allowance.left_s(), by_rules=by_rules)
                planned = tuple(allowance.through(again))
                if blueprint_of(planned) not in plans_of(steps):
                    break
            else:  # not even the rules change anything
                break
        progress("looking at plans", self.config.rounds, self.config.rounds)

    def codes(self, wish: Wish, film: Path, title: str) -> SemanticId:
        """What a film for a wish reads as, by the eyes that read the catalogue."""
        tags = self.codebook.meaning(wish.sid).about
        encoding = self.encoder.encode(film, title=title, tags=tags)
        return self.codebook.encode(encoding.content, encoding.creative)

    def _kept(
        self, wish: Wish, clip: Clip, steps: Sequence[Step], now_s: float, allowance: Allowance
    ) -> Made:
        allowance.begin("keeping its film")
        probe = self.prober.probe(clip.film)
        title = clip.blueprint.title
        manifest = Manifest(
            wish=wish.key,
            sid=str(wish.sid),
            codebook=wish.codebook,
            blueprint=digest(clip.blueprint),
            planner=clip.blueprint.planner,
            renderer=clip.renderer,
            program=__version__,
            made_at_s=now_s,
            measured_sid=str(self.codes(wish, clip.film, title)),
        )
        video = Video(
            id=wish.key,
            title=title,
            film=self.blobs.put_file(clip.film),
            poster=self.blobs.put_file(clip.poster),
            preview=self.blobs.put_file(clip.preview),
            captions=self.blobs.put_file(clip.captions),
            duration_s=probe.duration_s,
            width=probe.width,
            height=probe.height,
            fps=probe.fps,
            has_sound=probe.has_sound,
            tags=self.codebook.meaning(wish.sid).about,
            wish=wish.key,
        )
        files = {video.film, video.poster, video.preview, video.captions}
        return Made(
            video=video,
            manifest=manifest,
            blueprint=clip.blueprint,
            steps=tuple(map(to_cells, steps)),
            bytes=sum(map(self.blobs.size, files)),
        )

    def _what_plans_depend_on(self, wish: Wish) -> dict[str, object]:
        return {
            "program": [__version__, PLANNER, NAME],
            "wish": wish.key,
            "codes": [self.codebook.version, self.encoder.version],
            "studio": [self.studio.backbone.name, self.studio.within_s, self.studio.num_calls],
            "rounds": self.config.rounds,
            "media": asdict(self.compositor.media),
            "voice": self.compositor.voice.name if self.compositor.voice else "",
        }

    def _what_films_depend_on(self) -> dict[str, object]:
        return {
            "program": [__version__, NAME],
            "media": asdict(self.compositor.media),
            "voice": self.compositor.voice.name if self.compositor.voice else "",
        }
