"""What was learned, opened again: codes, the recommender, viewers, the catalogue in codes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwright.assemble.homes import Home, kept_home
from reelwright.config import Config
from reelwright.domain import SemanticId, Video
from reelwright.errors import ReelwrightError
from reelwright.storage.database import is_there

if TYPE_CHECKING:
    from reelwright.atlas.atlas import Atlas
    from reelwright.recommender.recommender import Recommender
    from reelwright.sids.codebook import Codebook
    from reelwright.viewers.viewers import Viewers

UNTRAINED = "Nothing has been learned in {home} yet."
UNTRAINED_HINT = "Run reelwright train, after reelwright ingest FOLDER --events FILE."


def recommender(home: Home) -> "Recommender":
    """The newest one, with everything that can be watched on its trie."""
    from reelwright.recommender.recommender import Recommender

    learned = Recommender.from_bytes(_learned(home, "recommender"), config=home.config.recommender)
    for video, sid in home.videos.sids(learned.codebook).items():
        learned.add(video, sid)
    return learned


def codebook(home: Home, version: str) -> "Codebook":
    from reelwright.sids.codebook import Codebook
    from reelwright.training import codebook_name

    return Codebook.from_bytes(_learned(home, codebook_name(version)))


def _learned(home: Home, name: str) -> bytes:
    kept = home.models.newest(name)
    if kept is None:
        raise ReelwrightError(UNTRAINED.format(home=home.config.home), hint=UNTRAINED_HINT)
    return kept[1]


def viewers(home: Home, known: "Known") -> "Viewers":
    from reelwright.viewers.viewers import Viewers

    return Viewers(
        home.log,
        home.profiles.of,
        known.sid_of,
        known.duration_of,
        home.config.viewers,
        home.config.recommender.history,
    )


class Known:
    """What viewers' histories need of videos, in memory; asks the store for what is new to it."""

    def __init__(self, home: Home, codebook: str) -> None:
        self.home = home
        self.codebook = codebook
        self._found: dict[str, tuple[Video, SemanticId]] = {}
        self._seq = 0

    def sid_of(self, video: str) -> SemanticId | None:
        found = self._find(video)
        return found and found[1]

    def duration_of(self, video: str) -> float | None:
        found = self._find(video)
        return found and found[0].duration_s

    def title_of(self, video: str) -> str | None:
        found = self._find(video)
        return found and found[0].title

    def video_of(self, video: str) -> Video | None:
        found = self._find(video)
        return found and found[0]

    def _find(self, id_: str) -> tuple[Video, SemanticId] | None:
        if id_ not in self._found:
            new = self.home.videos.named_after(self.codebook, self._seq, gone_too=True)
            for seq, video, sid in new:
                self._found[video.id] = video, sid
                self._seq = max(self._seq, seq)
        return self._found.get(id_)


def atlas(home: Home) -> "Atlas":
    """The catalogue in the codes of the newest recommender."""
    from reelwright.atlas.atlas import Atlas
    from reelwright.features.local import LocalEncoder

    codes = codebook(home, recommender(home).codebook)
    known = home.videos.encodings(LocalEncoder().version)
    named = [(video, sid) for _, video, sid in home.videos.named_after(codes.version, 0)]
    seen = [  # a clip made for a wish was named by the worker that looked at it
        known.get(video.id) or (*codes.decode(sid), codes.meaning(sid).traits)
        for video, sid in named
    ]
    return Atlas(
        codebook=codes,
        videos=[video for video, _ in named],
        sids=[sid for _, sid in named],
        contents_ND=np.stack([content for content, _, _ in seen]),
        creatives_ND=np.stack([creative for _, creative, _ in seen]),
        traits=[traits for _, _, traits in seen],
    )


def posters(home: Home, atlas: "Atlas") -> Callable[[int], bytes]:
    """The JPEG of a row of the atlas; nothing where there is none."""

    def poster(row: int) -> bytes:
        key = atlas.videos[row].poster
        return home.blobs.get(key) if home.blobs.has(key) else b""

    return poster


def video(home: Home, name: str) -> Video:
    """The video with this title or id, or the beginning of its id."""
    known = atlas(home)
    return known.videos[known.find(name)]


def learned_codes(config: Config) -> "Codebook | None":
    """The codes that the newest recommender speaks, if any was learned."""
    if not has_learned(config):
        return None
    with kept_home(config) as opened:
        return codebook(opened, recommender(opened).codebook)


def has_learned(config: Config) -> bool:
    if not is_there(Path(config.home), config=config.storage):
        return False
    with kept_home(config) as opened:
        return opened.models.newest("recommender") is not None


def refuse_other_eyes(home: Home, codebook: str, version: str) -> None:
    """Raises where codes would be read from vectors of another kind than they were learned from."""
    from reelwright.training import encoder_name

    learned = _learned(home, encoder_name(codebook)).decode()
    if learned != version:
        raise ReelwrightError(
            f"What was learned in {home.config.home} was learned with the encoder {learned}, "
            f"and the settings say {version}.",
            hint="Run reelwright train, or set features.encoder as it was.",
        )
