"""A wish is made: planned, looked at, drawn and signed for. The other story is `feed.py`."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from reelwright import __version__
from reelwright.config import WorkshopConfig
from reelwright.domain import Clip, Made, Manifest, SemanticId, Video, Wish, digest
from reelwright.features.encoder import Encoder
from reelwright.media.probe import Prober
from reelwright.progress import Progress, silent
from reelwright.render.compositor import Compositor
from reelwright.secondlook.look import SecondLook
from reelwright.secondlook.rounds import Round, Step, best, plans, to_cells, told
from reelwright.sids.codebook import Codebook
from reelwright.storage.blobs import Blobs
from reelwright.studio import steps as studio
from reelwright.studio.saying import said
from reelwright.studio.steps import blueprint_of
from reelwright.studio.studio import Studio


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

    def make(self, wish: Wish, *, now_s: float, progress: Progress = silent) -> Made:
        """The finished video, its files already among the blobs, and where it comes from."""
        self.desk.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.desk) as folder:
            rounds = list(self.rounds(wish, Path(folder), progress=progress))
            chosen = rounds[best(rounds)]
            blueprint, sound = chosen.blueprint, chosen.sound
            if self.compositor.voice and self.compositor.voice.speaks(wish.locale):
                blueprint, sound = said(blueprint, wish.locale), None
            clip = self.compositor.render(blueprint, Path(folder), sound=sound, progress=progress)
            return self._keep(wish, clip, told(rounds), now_s)

    def rounds(self, wish: Wish, folder: Path, *, progress: Progress = silent) -> Iterator[Round]:
        """A plan, looked at, then others that heed what was complained of in the one before.

        It ends when nothing is wrong, when nothing changes any more, or after `config.rounds`.
        """
        meaning = self.codebook.meaning(wish.sid)
        planned = tuple(self.studio.plan(wish, meaning))
        if not self.config.rounds:
            yield Round(planned)
            return
        steps: list[studio.Step] = []
        for further in range(1 + self.config.rounds):
            seen = self.second_look.look(wish, planned, folder)
            yield seen
            steps += planned
            progress("looking at plans", further, self.config.rounds)
            if further == self.config.rounds or not seen.complaints:
                break
            planned = tuple(self.studio.again(wish, meaning, steps, seen.complaints))
            if blueprint_of(planned) in plans(steps):
                break
        progress("looking at plans", self.config.rounds, self.config.rounds)

    def codes(self, wish: Wish, film: Path, title: str) -> SemanticId:
        """What a film for a wish reads as, by the eyes that read the catalogue."""
        tags = self.codebook.meaning(wish.sid).about
        encoding = self.encoder.encode(film, title=title, tags=tags)
        return self.codebook.encode(encoding.content, encoding.creative)

    def _keep(self, wish: Wish, clip: Clip, steps: Sequence[Step], now_s: float) -> Made:
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
