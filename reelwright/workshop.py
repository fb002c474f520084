"""A wish is made: planned, drawn, looked at and signed for. The other story is `feed.py`."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from reelwright import __version__
from reelwright.domain import Clip, Made, Manifest, SemanticId, Video, Wish, digest
from reelwright.features.encoder import Encoder
from reelwright.media.probe import Prober
from reelwright.progress import Progress, silent
from reelwright.render.compositor import Compositor
from reelwright.sids.codebook import Codebook
from reelwright.storage.blobs import Blobs
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
    ) -> None:
        self.codebook = codebook
        self.studio = studio
        self.compositor = compositor
        self.encoder = encoder
        self.prober = prober
        self.blobs = blobs
        self.desk = desk  # a folder of its own, swept by whoever opens the next workshop

    def make(self, wish: Wish, *, now_s: float, progress: Progress = silent) -> Made:
        """The finished video, its files already among the blobs, and where it comes from."""
        meaning = self.codebook.meaning(wish.sid)
        blueprint = blueprint_of(self.studio.plan(wish, meaning))
        if self.compositor.voice and self.compositor.voice.speaks(wish.locale):
            blueprint = said(blueprint, wish.locale)
        self.desk.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.desk) as folder:
            clip = self.compositor.render(blueprint, Path(folder), progress=progress)
            return self._keep(wish, clip, now_s)

    def _keep(self, wish: Wish, clip: Clip, now_s: float) -> Made:
        probe = self.prober.probe(clip.film)
        title, tags = clip.blueprint.title, self.codebook.meaning(wish.sid).about
        manifest = Manifest(
            wish=wish.key,
            sid=str(wish.sid),
            codebook=wish.codebook,
            blueprint=digest(clip.blueprint),
            planner=clip.blueprint.planner,
            renderer=clip.renderer,
            program=__version__,
            made_at_s=now_s,
            measured_sid=str(self._measured(clip, title, tags)),
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
            tags=tags,
            wish=wish.key,
        )
        return Made(video=video, manifest=manifest, blueprint=clip.blueprint)

    def _measured(self, clip: Clip, title: str, tags: Sequence[str]) -> SemanticId:
        """The codes of the finished clip by the eyes that read the catalogue."""
        encoding = self.encoder.encode(clip.film, title=title, tags=tags)
        return self.codebook.encode(encoding.content, encoding.creative)
