"""What a viewer would like to see next: wishes beyond the catalogue, or videos within it."""

import dataclasses
import hashlib
import io
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from reelwright.config import RecommenderConfig
from reelwright.domain import Codes, Format, Outlook, RankedWish, SemanticId, Viewer, Wish
from reelwright.errors import ReelwrightError
from reelwright.recommender.company import Company
from reelwright.recommender.context import read
from reelwright.recommender.coverage import Calibration, Spread, hidden
from reelwright.recommender.folded import Folded
from reelwright.recommender.foresight import Foresight
from reelwright.recommender.joint import Joint
from reelwright.recommender.known import Known
from reelwright.recommender.many import Many
from reelwright.recommender.model import Model, grouped_log_softmax
from reelwright.recommender.search import Beams, Floats, Variety, beam_search
from reelwright.recommender.trie import Flags, Ints, LiveTrie, Mask, Trie

DIGEST_BYTES = 16
ABOUT = "about"  # the name of the JSON among the arrays
CODES, FEATURES, COMPANY = "known codes", "known features", "known company "
# IDs over which a wish is spread, the likeliest. A page of the feed waits for them: 4 ms of
# processor time, where all 11,831 of a larger catalogue take 28 ms and no page would wait.
SPREAD = 1024
TOGETHER_FROM = 3  # viewers: one or two are quicker with what was folded for one
WISHES = 100_000  # remembered, so that they are kept once


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The videos of the leaves that a search found, leaf after leaf."""

    names: list[str]
    beam_N: Ints
    codes_NL: Ints
    logp_N: Floats  # of the leaf
    open_N: Flags

    @classmethod
    def of(cls, trie: Trie, beams: Beams, shut_S: Flags | None) -> "_Found":
        first_B, num_B = trie.row[-1][beams.leaf_B], trie.row[-1][beams.leaf_B + 1]
        num_B = num_B - first_B
        beam_N = np.repeat(np.arange(len(num_B)), num_B)
        slot_N = trie.slot_N[np.arange(len(beam_N)) + (first_B - np.cumsum(num_B) + num_B)[beam_N]]
        return cls(
            names=[trie.slots.names[slot] for slot in slot_N.tolist()],
            beam_N=beam_N,
            codes_NL=beams.codes_BL[beam_N],
            logp_N=beams.logp_B[beam_N],
            open_N=np.ones(len(slot_N), bool) if shut_S is None else ~shut_S[slot_N],
        )


class Recommender:
    """Answers from one trained model. Any number of threads may ask while videos come and go."""

    def __init__(
        self, model: Model, *, codebook: str, format: Format, config: RecommenderConfig
    ) -> None:
        self.model = model.eval()
        self.folded = Folded(model)
        self.codebook = codebook
        self.format = format
        self.config = config
        self.trie = LiveTrie(self.depth)
        self._there: tuple[Trie, frozenset[Codes]] = self.trie.now(), frozenset()
        self.rows = {video: row for row, video in enumerate(model.known.ids, start=1)}
        self.calibration = Calibration()
        self.many = Many(
            model, beyond=config.beyond, variety=Variety(self.depth // 2, config.variants)
        )
        self._wish = lru_cache(WISHES)(self._new_wish)  # many viewers wish for the same

    @property
    def depth(self) -> int:
        """Levels of both branches together."""
        return len(self.model.sizes)

    def wishes(self, viewer: Viewer, *, count: int) -> list[RankedWish]:
        """The likeliest wishes, best first, existing or not.

        What there is confounds what is wanted: every content came in few styles so far. So the
        style of a wish leans, by `config.beyond`, on what is likely for this viewer whatever the
        content. At most `config.variants` wishes are of the same content. The probabilities are
        of the whole semantic ID, after leaning and steering. `coverage` tells, for all wishes at
        once, whether the catalogue has what this viewer wants.
        """
        return self._wishes(self._foresight(viewer), count)

    def outlook(self, viewer: Viewer, *, count: int) -> Outlook:
        """`wishes`, and the `coverage` of what this viewer has not met. They are read once."""
        foresight = self._foresight(viewer)
        return Outlook(
            tuple(self._wishes(foresight, count)), self._coverage(foresight, viewer.seen)
        )

    def wishes_of(self, viewers: Sequence[Viewer], *, count: int) -> list[list[RankedWish]]:
        """`wishes` of many viewers, searched for together where that is quicker."""
        if len(viewers) < TOGETHER_FROM:
            return [self.wishes(viewer, count=count) for viewer in viewers]
        readings = [
            read(viewer, history=self.config.history, depth=self.depth, rows=self.rows)
            for viewer in viewers
        ]
        codes_BKL, logp_BK = self.many(viewers, readings, width=max(count, self.config.beam_width))
        found = zip(codes_BKL[:, :count].tolist(), logp_BK[:, :count].exp().tolist(), strict=True)
        return [self.ranked(codes_KL, chance_K) for codes_KL, chance_K in found]

    def within(
        self,
        viewer: Viewer,
        *,
        count: int,
        without: Collection[str] = (),
        among: Mask | None = None,
        width: int | None = None,
        joint: Joint | None = None,
    ) -> list[tuple[str, float]]:
        """The likeliest videos that exist, in `among` if that is given, never in `without`; best
        first.

        Videos that share a semantic ID share its probability by what the model knows of them; a
        `joint` scorer has a second opinion on all that was recalled. Exact where `width` (by
        default the larger of `count` and the configured beam) reaches the number of different IDs.
        """
        trie, foresight = self.trie.now(), self._foresight(viewer)
        beams = beam_search(
            foresight,
            depth=self.depth,
            width=max(count, width or self.config.beam_width),
            trie=trie,
            barred=trie.barred(without, among),
        )
        found = _Found.of(trie, beams, trie.shut(without, among))
        row_N = np.array([self.rows.get(name, 0) for name in found.names], np.int64)
        chance_N = np.exp(found.logp_N) * _shares(foresight, found, row_N)
        if joint is None and self.config.dense:
            joint = Joint(lambda _: foresight.dense(found.codes_NL, row_N), self.config.dense)
        if joint is not None:
            chance_N = joint.ranked(found.names, chance_N)
        order = np.argsort(-chance_N, kind="stable")
        best = order[found.open_N[order]][:count].tolist()
        return [(found.names[place], float(chance_N[place])) for place in best]

    def coverage(self, viewer: Viewer, *, without: Collection[str] = ()) -> float:
        """How likely it is that what this viewer wants next exists and is not among `without`.

        This is the model's probability of all IDs that exist, calibrated; where there are more
        than SPREAD, of the likeliest, from which it was calibrated too. What they want is taken to
        be none of `without`.
        """
        return self._coverage(self._foresight(viewer), without)

    def calibrate(
        self, cases: Iterable[tuple[Viewer, SemanticId]], *, rounds: int, rng: np.random.Generator
    ) -> None:
        """Learn how far `coverage` is to be believed, from cases that the model was not trained
        on: a viewer, and the ID that they turned out to want. IDs that do not exist are left out.
        """
        raw_N, true_N = hidden(self.spreads(cases), rounds=rounds, rng=rng)
        if len(raw_N):
            self.calibration = Calibration.fit(raw_N, true_N)

    def spreads(self, cases: Iterable[tuple[Viewer, SemanticId]]) -> Iterator[tuple[Spread, int]]:
        """For each case whose ID exists, how its viewer's wish is spread, and the ID's leaf."""
        trie = self.trie.now()
        for viewer, sid in cases:
            leaf = trie.leaf(sid.codes)
            if leaf is not None:
                yield self._spread(trie, self._foresight(viewer), viewer.seen), leaf

    def mask(self, videos: Collection[str]) -> Mask:
        """These videos for `within` to keep to: a category, what is fresh. To be made once."""
        return self.trie.mask(videos)

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
            "calibration": dataclasses.asdict(self.calibration),
            "known": self.model.known.ids,
        }
        file = io.BytesIO()
        weights = {name: tensor.numpy() for name, tensor in self.model.state_dict().items()}
        weights |= {CODES: self.model.known.codes_IL, FEATURES: self.model.known.features_IF}
        if (company := self.model.known.company) is not None:
            weights |= {f"{COMPANY}{name}": array for name, array in company.arrays().items()}
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
            if "known" not in about:
                raise _earlier()
            company = {
                name.removeprefix(COMPANY): arrays[name] for name in arrays if COMPANY in name
            }
            known = Known(
                tuple(about["known"]),
                arrays[CODES],
                arrays[FEATURES],
                Company.from_arrays(company) if company else None,
            )
            rest = {ABOUT, CODES, FEATURES, *(f"{COMPANY}{name}" for name in company)}
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
        if model.state_dict().keys() != weights.keys():
            raise _earlier()
        model.load_state_dict(weights)
        kept = cls(
            model, codebook=about["codebook"], format=Format(**about["format"]), config=learned
        )
        kept.calibration = Calibration(**about["calibration"])
        return kept

    def _foresight(self, viewer: Viewer) -> Foresight:
        return Foresight(
            self.folded, viewer, history=self.config.history, rows=self.rows, beyond=0.0
        )

    def _wishes(self, foresight: Foresight, count: int) -> list[RankedWish]:
        beams = beam_search(
            foresight.leaning(self.config.beyond),
            depth=self.depth,
            width=max(count, self.config.beam_width),
            variety=Variety(self.depth // 2, self.config.variants),
        )
        codes_KL, chance_K = beams.codes_BL[:count].tolist(), np.exp(beams.logp_B[:count]).tolist()
        return self.ranked(codes_KL, chance_K)

    def ranked(
        self, codes_KL: Sequence[Sequence[int]], chance_K: Sequence[float]
    ) -> list[RankedWish]:
        """The wishes of these codes, and how likely each is; those alone that have a chance."""
        there = self._leaves_of(self.trie.now())
        return [
            RankedWish(self._wish(tuple(codes)), chance, exists=tuple(codes) in there)
            for codes, chance in zip(codes_KL, chance_K, strict=True)
            if chance > 0  # many are searched for as widely as one of them
        ]

    def _leaves_of(self, trie: Trie) -> frozenset[Codes]:
        """All IDs that exist, to be looked up one by one."""
        if self._there[0] is not trie:
            leaves = np.unique(trie.codes_LN, axis=1).T.tolist() if len(trie) else []
            self._there = trie, frozenset(map(tuple, leaves))
        return self._there[1]

    def _coverage(self, foresight: Foresight, without: Collection[str]) -> float:
        spread = self._spread(self.trie.now(), foresight, without)
        raw = spread.within(np.ones(len(spread.p_F), bool))
        return float(self.calibration(np.array([raw]))[0]) if raw > 0 else 0.0

    def _spread(self, trie: Trie, foresight: Foresight, met: Collection[str]) -> Spread:
        beams = beam_search(foresight, depth=self.depth, width=SPREAD, trie=trie)
        p_F = np.zeros(trie.leaves)
        p_F[beams.leaf_B] = np.exp(beams.logp_B)
        barred = trie.barred(met)
        return Spread(p_F, barred[-1] if barred else np.zeros(trie.leaves, bool))

    def _new_wish(self, codes: Codes) -> Wish:
        half = self.depth // 2
        sid = SemanticId(codes[:half], codes[half:])
        return Wish(sid=sid, codebook=self.codebook, format=self.format)


def _earlier() -> ReelwrightError:
    return ReelwrightError(
        "The recommender was trained by an earlier version.", hint="Run reelwright train again."
    )


def _shares(foresight: Foresight, found: _Found, row_N: Ints) -> Floats:
    """Of its semantic ID's probability, each video's share. A video that the model never met is
    told from others of its ID by nothing."""
    num_B = np.bincount(found.beam_N)
    if num_B.max(initial=0) <= 1 or not row_N.any():
        return 1 / num_B[found.beam_N]
    logit_N = foresight.which(found.codes_NL, row_N)
    logp_N = grouped_log_softmax(
        torch.from_numpy(logit_N), torch.from_numpy(found.beam_N), len(num_B)
    )
    share_N: Floats = logp_N.exp().double().numpy()
    return share_N
