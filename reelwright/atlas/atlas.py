"""A catalogue in its codes: which video somebody means, what lies near it, who shares its codes."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reelwright.domain import Codes, SemanticId, Traits, Video
from reelwright.errors import ReelwrightError
from reelwright.sids.codebook import Codebook
from reelwright.sids.kmeans import distance
from reelwright.sids.residual import Branch
from reelwright.sids.rows import Floats

# N videos, D dimensions.

NEAR_MATCHES = 3
FEWEST_LETTERS = 4  # of an id that name its video
BRANCHES = ("content", "creative")


@dataclass(frozen=True, kw_only=True)
class Atlas:
    """Every video that has a name in a codebook; rows of the same number belong together."""

    codebook: Codebook
    videos: Sequence[Video]
    sids: Sequence[SemanticId]
    contents_ND: Floats  # as the encoder saw them
    creatives_ND: Floats
    traits: Sequence[Traits]

    def find(self, name: str) -> int:
        """The row of the video with this id, the beginning of its id, or this title."""
        wanted = name.strip().casefold()
        keys = [(video.id.casefold(), video.title.casefold()) for video in self.videos]
        found = [row for row, key in enumerate(keys) if wanted and wanted in key]
        if len(wanted) >= FEWEST_LETTERS:
            found += [row for row, (id_, _) in enumerate(keys) if id_.startswith(wanted)]
        if found:
            return found[0]
        raise ReelwrightError(f"There is no video {name!r}.", hint=self._meant(wanted))

    def _meant(self, wanted: str) -> str:
        known = {video.title.casefold(): video.title for video in self.videos if video.title}
        near = difflib.get_close_matches(wanted, known, n=NEAR_MATCHES, cutoff=0.55)
        near += [title for title in known if wanted and wanted in title and title not in near]
        if not near:
            return "Give a title, an id or the beginning of one."
        return f"Did you mean {' or '.join(repr(known[one]) for one in near[:NEAR_MATCHES])}?"

    def branch(self, which: str) -> tuple[Branch, Floats, list[Codes]]:
        """A branch, what its encoder saw of each video, and the codes of each."""
        assert which in BRANCHES, f"no branch {which}"
        codes = [getattr(sid, which) for sid in self.sids]
        if which == "content":
            return self.codebook.content, self.contents_ND, codes
        return self.codebook.creative, self.creatives_ND, codes

    @cached_property
    def seen(self) -> dict[str, Floats]:
        """The vectors in which what is near is alike.

        A creative head takes away what a film shows. A content head parts topics, and forgets which
        of them are akin: there the encoder knows better.
        """
        head = self.codebook.creative.head
        creatives_NE = head(self.creatives_ND) if head else self.creatives_ND
        return {"content": self.contents_ND, "creative": creatives_NE}

    def nearest(self, row: int, which: str, count: int) -> list[int]:
        """The videos that are most like one in a branch, the most alike first."""
        far_N = distance(self.seen[which], self.seen[which][row])
        far_N[row] = np.inf
        return [int(one) for one in np.argsort(far_N, kind="stable")[:count] if one != row]

    def holders(self, which: str, beginning: Codes) -> list[int]:
        """The rows of the videos whose codes begin so."""
        depth = len(beginning)
        _, _, codes = self.branch(which)
        return [row for row, one in enumerate(codes) if one[:depth] == beginning]

    def holders_of(self, sid: SemanticId) -> list[int]:
        """The rows of the videos with this whole ID."""
        return [row for row, one in enumerate(self.sids) if one == sid]

    def words(self, which: str, beginning: Codes) -> tuple[str, ...]:
        """What the beginning of some codes says."""
        return self.codebook.words(which, beginning)
