"""What a viewer would like to see next: wishes beyond the catalogue, or videos within it.

Shapes: B beams, S ways to know a beam, N = S x B, l codes chosen so far, V codes of one level,
D width of the model.
"""

import dataclasses
import hashlib
import io
import json
from collections.abc import Collection

import numpy as np
import torch
from torch import Tensor

from reelwright.config import RecommenderConfig
from reelwright.domain import Format, RankedWish, SemanticId, Viewer, Wish
from reelwright.errors import ReelwrightError
from reelwright.recommender.context import read, side_by_side
from reelwright.recommender.known import Known
from reelwright.recommender.model import Model
from reelwright.recommender.search import Floats, Variety, beam_search, steered
from reelwright.recommender.trie import Ints, LiveTrie

DIGEST_BYTES = 16
ABOUT = "about"  # the name of the JSON among the arrays
CODES, FEATURES = "known codes", "known features"


class Recommender:
    """Answers from one trained model. Any number of threads may ask while videos come and go."""

    def __init__(
        self, model: Model, *, codebook: str, format: Format, config: RecommenderConfig
    ) -> None:
        self.model = model.eval()
        self.codebook = codebook
        self.format = format
        self.config = config
        self.trie = LiveTrie(self.depth)
        self.rows = {video: row for row, video in enumerate(model.known.ids, start=1)}

    @property
    def depth(self) -> int:
        """Levels of both branches together."""
        return len(self.model.sizes)

    def wishes(self, viewer: Viewer, *, count: int) -> list[RankedWish]:
        """The likeliest wishes, best first, existing or not.

        What there is confounds what is wanted: every content came in few styles so far. So the
        style of a wish leans, by `config.beyond`, on what is likely for this viewer whatever the
        content. At most `config.variants` wishes are of the same content. The probabilities are
        of the whole semantic ID, after leaning and steering.
        """
        beams = beam_search(
            _Foresight(self, viewer, self.config.beyond),
            depth=self.depth,
            width=max(count, self.config.beam_width),
            variety=Variety(self.depth // 2, self.config.variants),
        )
        return [
            RankedWish(
                Wish(sid=self._sid(codes), codebook=self.codebook, format=self.format), chance
            )
            for codes, chance in zip(
                beams.codes_BL[:count].tolist(), np.exp(beams.logp_B[:count]).tolist(), strict=True
            )
        ]

    def within(
        self, viewer: Viewer, *, count: int, without: Collection[str], width: int | None = None
    ) -> list[tuple[str, float]]:
        """The likeliest videos that exist and are not among `without`, best first.

        Videos that share a semantic ID share its probability. Exact where `width` (by default the
        larger of `count` and the configured beam) reaches the number of different IDs.
        """
        trie, shunned = self.trie.now(), frozenset(without)
        beams = beam_search(
            _Foresight(self, viewer, beyond=0.0),
            depth=self.depth,
            width=max(count, width or self.config.beam_width),
            trie=trie,
            barred=trie.barred(shunned),
        )
        found = [
            (video, chance / len(trie.videos(leaf)))
            for leaf, chance in zip(beams.leaf_B.tolist(), np.exp(beams.logp_B), strict=True)
            for video in trie.videos(leaf)
            if video not in shunned
        ]
        best = sorted(found, key=lambda pair: -pair[1])[:count]
        return [(video, float(chance)) for video, chance in best]

    def add(self, video_id: str, sid: SemanticId) -> None:
        """From the next call on, `within` may answer with this video. Nothing is trained."""
        assert all(
            0 <= code < size for code, size in zip(sid.codes, self.model.sizes, strict=True)
        ), f"{sid} lies outside of {self.model.sizes}"
        self.trie.add(video_id, sid.codes)

    def remove(self, video_id: str) -> None:
        self.trie.remove(video_id)

    def to_bytes(self) -> bytes:
        """The model and what it needs to be used, without the videos."""
        about = {
            "sizes": self.model.sizes,
            "codebook": self.codebook,
            "format": dataclasses.asdict(self.format),
            "config": dataclasses.asdict(self.config),
            "known": self.model.known.ids,
        }
        file = io.BytesIO()
        weights = {name: tensor.numpy() for name, tensor in self.model.state_dict().items()}
        weights |= {CODES: self.model.known.codes_IL, FEATURES: self.model.known.features_IF}
        np.savez(file, allow_pickle=False, **{ABOUT: np.array(json.dumps(about))}, **weights)
        return hashlib.blake2b(file.getvalue(), digest_size=DIGEST_BYTES).digest() + file.getvalue()

    @classmethod
    def from_bytes(
        cls, payload: bytes, *, config: RecommenderConfig | None = None
    ) -> "Recommender":
        """The inverse of `to_bytes`; a given `config` decides how to search, not what was learned.

        The videos have to be added again. A damaged payload is a ReelwrightError.
        """
        digest, body = payload[:DIGEST_BYTES], payload[DIGEST_BYTES:]
        if hashlib.blake2b(body, digest_size=DIGEST_BYTES).digest() != digest:
            raise ReelwrightError(
                f"The recommender's {len(payload)} bytes are damaged.", hint="Train it again."
            )
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            about = json.loads(str(arrays[ABOUT]))
            known = Known(tuple(about["known"]), arrays[CODES], arrays[FEATURES])
            rest = {ABOUT, CODES, FEATURES}
            weights = {name: torch.from_numpy(arrays[name]) for name in arrays if name not in rest}
        learned = RecommenderConfig(**about["config"])
        if config is not None:
            learned = dataclasses.replace(
                learned,
                beam_width=config.beam_width,
                beyond=config.beyond,
                variants=config.variants,
            )
        with torch.random.fork_rng(devices=[]):  # building the model draws weights, to no end
            model = Model(tuple(about["sizes"]), learned, known)
        model.load_state_dict(weights)
        return cls(
            model, codebook=about["codebook"], format=Format(**about["format"]), config=learned
        )

    def _sid(self, codes: list[int]) -> SemanticId:
        half = self.depth // 2
        return SemanticId(tuple(codes[:half]), tuple(codes[half:]))


class _Foresight:
    """A search's step for one viewer, who is read once."""

    @torch.inference_mode()
    def __init__(self, recommender: Recommender, viewer: Viewer, beyond: float) -> None:
        model = recommender.model
        reading = read(
            viewer,
            history=recommender.config.history,
            depth=recommender.depth,
            rows=recommender.rows,
        )
        self.model = model
        self.beyond = beyond
        self.branches = (viewer.more_content, viewer.more_creative)
        self.memory = model.read(side_by_side([reading]))
        self.view = self.memory.view(torch.tensor([[len(reading)]]))
        self.begun_LD = model.begin(self.memory, self.view)[0, 0]

    @torch.inference_mode()
    def __call__(self, codes_Bl: Ints) -> Floats:
        before_Bl, depth = torch.from_numpy(codes_Bl), len(self.model.sizes) // 2
        if self.beyond and codes_Bl.shape[1] >= depth:
            logp_2BV = self._logp(before_Bl, known_from=(0, depth))
            logp_BV = logp_2BV[0].lerp(logp_2BV[1], self.beyond).log_softmax(-1)
        else:
            (logp_BV,) = self._logp(before_Bl, known_from=(0,))
        return steered(logp_BV.double().numpy(), codes_Bl, depth=depth, branches=self.branches)

    def _logp(self, before_Bl: Tensor, *, known_from: tuple[int, ...]) -> Tensor:
        """The next code's log-probabilities, (..., B, V): as states foretell it that know the
        codes chosen from this level on, for each of these levels."""
        level = before_Bl.shape[1]
        x_SBD = self.begun_LD[level].repeat(len(known_from), len(before_Bl), 1)
        for earlier in range(level):
            chosen_BD = self.model.chosen(earlier, before_Bl[:, earlier])
            for states_BD, first in zip(x_SBD, known_from, strict=True):
                if earlier >= first:
                    states_BD += chosen_BD
        x_11ND = self.model.finish(x_SBD.view(1, 1, -1, self.model.dim), self.memory, self.view)
        before_11Nl = before_Bl.repeat(len(known_from), 1)[None, None]
        logits_11NV = self.model.logits(level, x_11ND, before_11Nl, self.memory, self.view)
        return logits_11NV.log_softmax(-1).view(*x_SBD.shape[:2], -1)
