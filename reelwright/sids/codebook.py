"""The language of wishes: vectors into codes, codes back into vectors, and codes into words."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from reelwright.config import SidsConfig
from reelwright.domain import Codes, Colour, Meaning, SemanticId, Traits, Video, Words
from reelwright.errors import ReelwrightError
from reelwright.progress import Progress, silent
from reelwright.sids import words
from reelwright.sids.heads import Alike, Head, Heads
from reelwright.sids.kmeans import distance
from reelwright.sids.residual import Branch
from reelwright.sids.rows import Floats, Rows

# N videos, D and E dimensions of content and creative vectors, S samples kept for reading back.

T = TypeVar("T")

FORMAT = 2
TITLES = 3  # named in a meaning
KEPT = 3  # videos nearest to each combination of codes, kept to take titles and palettes from
MEANINGS = 20_000  # remembered
VECTORS = 4_096  # likewise, some 2 KB each


@dataclass(frozen=True, kw_only=True)
class Codebook:
    """Codes of both branches and what they mean. Equal codebooks have equal versions."""

    content: Branch
    creative: Branch
    about: Mapping[Codes, tuple[str, ...]]  # words, by the beginnings of content codes
    made: Mapping[Codes, Traits]  # middle traits, by the beginnings of creative codes
    spread: words.Quantiles  # of the traits over the catalogue
    titles: tuple[str, ...]
    titled_SD: Floats  # the content vector of each of `titles`
    palettes: tuple[tuple[Colour, ...], ...]
    painted_SE: Floats  # the creative vector of each of `palettes`

    @classmethod
    def fit(
        cls,
        contents: Rows,
        creatives: Rows,
        videos: Sequence[Video],
        traits: Sequence[Traits],
        *,
        config: SidsConfig,
        rng: np.random.Generator,
        progress: Progress = silent,
    ) -> "Codebook":
        """The codes of a catalogue: row, video and traits of the same number belong together.

        Vectors may lie in a file: they are read in chunks.
        """
        assert len(contents) == len(creatives) == len(videos) == len(traits) > 0, (
            f"{len(contents)} contents, {len(creatives)} creatives,"
            f" {len(videos)} videos, {len(traits)} traits"
        )
        count = min(config.width, max(1, len(videos) // config.videos_per_code))
        heads: tuple[Head | None, Head | None] = (None, None)
        if config.heads and len(videos) >= config.heads_from:
            alike = Alike.of(videos, traits)
            learned = Heads.learn(contents, creatives, alike, dim=config.heads_dim, rng=rng)
            heads = learned.content, learned.creative
        progress("learning codes", 1, 4)
        fit = partial(Branch.fit, depth=config.depth, count=count, rng=rng)
        content = fit(contents, head=heads[0])
        progress("learning codes", 2, 4)
        creative = fit(creatives, head=heads[1])
        progress("learning codes", 3, 4)
        content_codes, creative_codes = _coded(content, contents), _coded(creative, creatives)
        titled = _nearest_members(content, contents, content_codes)
        painted = _nearest_members(creative, creatives, creative_codes)
        codebook = cls(
            content=content,
            creative=creative,
            about=_about(videos, content_codes),
            made=_made(traits, creative_codes),
            spread=words.quantiles(traits),
            titles=tuple(videos[row].title for row in titled),
            titled_SD=np.asarray(contents[np.array(titled)], np.float32),
            palettes=tuple(traits[row].palette for row in painted),
            painted_SE=np.asarray(creatives[np.array(painted)], np.float32),
        )
        progress("learning codes", 4, 4)
        return codebook

    @property
    def sizes(self) -> tuple[int, ...]:
        """Codes in use at each position of a semantic ID, content first."""
        return self.content.sizes + self.creative.sizes

    @cached_property
    def version(self) -> str:
        """A hash of everything in it."""
        hashed = hashlib.blake2b(self._text().encode(), digest_size=8)
        for name, array in sorted(self._arrays().items()):
            hashed.update(f"{name}{array.shape}".encode())
            hashed.update(np.ascontiguousarray(array, "<f4").tobytes())
        return hashed.hexdigest()

    def encode(self, content: NDArray[np.float32], creative: NDArray[np.float32]) -> SemanticId:
        """The semantic ID of one video's vectors."""
        return self.encode_all(content[None], creative[None])[0]

    def encode_all(self, contents: Rows, creatives: Rows) -> list[SemanticId]:
        """The semantic ID of each row."""
        codes = zip(_coded(self.content, contents), _coded(self.creative, creatives), strict=True)
        return [SemanticId(*both) for both in codes]

    def decode(self, sid: SemanticId) -> tuple[Floats, Floats]:
        """The content and the creative vector that a semantic ID stands for. Remembered, so that
        nobody may write to them."""
        return self._decoded(sid)

    @cached_property
    def _decoded(self) -> Callable[[SemanticId], tuple[Floats, Floats]]:
        return lru_cache(VECTORS)(self._summed)

    def _summed(self, sid: SemanticId) -> tuple[Floats, Floats]:
        both = self.content.decode(sid.content), self.creative.decode(sid.creative)
        for vector in both:
            vector.flags.writeable = False
        return both

    def meaning(self, sid: SemanticId) -> Meaning:
        """What any codes say, also a combination that no video has. Remembered, so cheap."""
        return self._remembered(sid)

    @cached_property
    def _remembered(self) -> Callable[[SemanticId], Meaning]:
        return lru_cache(MEANINGS)(self._read)

    def _read(self, sid: SemanticId) -> Meaning:
        content, creative = self.decode(sid)
        palette = self.palettes[int(distance(self.painted_SE, creative).argmin())]
        traits = replace(_deepest(self.made, sid.creative), palette=palette)
        return Meaning(
            about=_deepest(self.about, sid.content),
            titles=self._titles_near(content),
            style=words.style(traits, self.spread),
            traits=traits,
            creative=tuple(map(float, creative)),
            kind=tuple(map(float, self.creative.stands[0][sid.creative[0]])),
        )

    def words(self, which: str, beginning: Codes) -> tuple[str, ...]:
        """What the beginning of the codes of a branch says, level by level."""
        if which == "content":
            return _deepest(self.about, beginning)
        return words.style(_deepest(self.made, beginning), self.spread)

    def told(self, sid: SemanticId) -> Words:
        """What people are told of any codes: the words of their meaning, at a fraction of its cost.
        Remembered."""
        return self._told(sid)

    @cached_property
    def _told(self) -> Callable[[SemanticId], Words]:
        said = lru_cache(MEANINGS)(self.words)  # many IDs share the codes of a branch
        return lru_cache(MEANINGS)(
            lambda sid: Words(said("content", sid.content), said("creative", sid.creative))
        )

    def _titles_near(self, content: Floats) -> tuple[str, ...]:
        order = np.argsort(distance(self.titled_SD, content), kind="stable")
        titles = dict.fromkeys(self.titles[row] for row in order if self.titles[row])
        return tuple(titles)[:TITLES]

    # ---- kept on disk, as arrays and text, without pickle --------------------------------------

    def to_bytes(self) -> bytes:
        """The codebook as a file. Equal codebooks give equal bytes."""
        text = np.frombuffer(self._text().encode(), np.uint8)
        file = io.BytesIO()
        np.savez_compressed(file, text=text, **self._arrays())  # type: ignore[arg-type]
        return file.getvalue()

    @classmethod
    def from_bytes(cls, payload: bytes) -> "Codebook":
        """The inverse of `to_bytes`."""
        try:
            with np.load(io.BytesIO(payload), allow_pickle=False) as kept:
                arrays = {name: kept[name] for name in kept.files}
            text = json.loads(arrays.pop("text").tobytes())
            if text["format"] != FORMAT:
                raise ValueError(f"format {text['format']}, not {FORMAT}")
            return cls._from_parts(text, arrays)
        except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise ReelwrightError(
                f"The codebook cannot be read ({error}).", hint="Train again."
            ) from error

    @classmethod
    def _from_parts(cls, text: Mapping[str, Any], arrays: Mapping[str, Floats]) -> "Codebook":
        def branch(name: str) -> Branch:
            def each(kind: str) -> tuple[Floats, ...]:
                return tuple(arrays[f"{name}_{kind}_{level}"] for level in range(text["depth"]))

            if not text["heads"]:
                return Branch(each("level"), each("level"))
            head = Head(arrays[f"{name}_weight"], arrays[f"{name}_bias"])
            return Branch(each("level"), each("stands"), head)

        return cls(
            content=branch("content"),
            creative=branch("creative"),
            about={_codes(key): tuple(terms) for key, terms in text["about"].items()},
            made={_codes(key): Traits(**one, palette=()) for key, one in text["made"].items()},
            spread={name: tuple(places) for name, places in text["spread"].items()},
            titles=tuple(text["titles"]),
            titled_SD=arrays["titled"],
            palettes=tuple(tuple((r, g, b) for r, g, b in one) for one in text["palettes"]),
            painted_SE=arrays["painted"],
        )

    def _text(self) -> str:
        made = {_key(codes): asdict(traits) for codes, traits in self.made.items()}
        for traits in made.values():
            del traits["palette"]
        parts = {
            "format": FORMAT,
            "depth": len(self.content.levels),
            "heads": self.content.head is not None,
            "about": {_key(codes): terms for codes, terms in self.about.items()},
            "made": made,
            "spread": self.spread,
            "titles": self.titles,
            "palettes": self.palettes,
        }
        return json.dumps(parts, sort_keys=True, ensure_ascii=False)

    def _arrays(self) -> dict[str, Floats]:
        branches = (("content", self.content), ("creative", self.creative))
        arrays = {"titled": self.titled_SD, "painted": self.painted_SE}
        for name, branch in branches:
            arrays |= {f"{name}_level_{number}": one for number, one in enumerate(branch.levels)}
            if branch.head is not None:
                arrays |= {f"{name}_stands_{place}": one for place, one in enumerate(branch.stands)}
                arrays |= {
                    f"{name}_weight": branch.head.weight_DH,
                    f"{name}_bias": branch.head.bias_H,
                }
        return arrays


def _coded(branch: Branch, vectors: Rows) -> list[Codes]:
    return [tuple(map(int, row)) for row in branch.encode(vectors)]


def _beginnings(codes: Sequence[Codes]) -> list[list[Codes]]:
    """For each depth, the first so many codes of every video; the empty one is the catalogue."""
    return [[one[:depth] for one in codes] for depth in range(len(codes[0]) + 1)]


def _about(videos: Sequence[Video], codes: Sequence[Codes]) -> dict[Codes, tuple[str, ...]]:
    """Words for every beginning of codes that a video has."""
    said: dict[Codes, tuple[str, ...]] = {}
    scores: dict[Codes, dict[str, float]] = {}
    for groups in _beginnings(codes):
        scores |= words.about(videos, groups)
        for group in set(groups):
            wider = scores[group[:-1]] if len(group) > 1 else {}
            said[group] = words.telling(scores[group], wider)
    return said


def _made(traits: Sequence[Traits], codes: Sequence[Codes]) -> dict[Codes, Traits]:
    """The middle traits of the videos behind every beginning of codes."""
    members: dict[Codes, list[Traits]] = {}
    for groups in _beginnings(codes):
        for group, one in zip(groups, traits, strict=True):
            members.setdefault(group, []).append(one)
    return {group: words.middle(some, palette=()) for group, some in members.items()}


def _nearest_members(branch: Branch, vectors: Rows, codes: Sequence[Codes]) -> list[int]:
    """The KEPT videos of each combination of codes that lie nearest to what it stands for."""
    members: dict[Codes, list[int]] = {}
    for row, one in enumerate(codes):
        members.setdefault(one, []).append(row)
    kept: list[int] = []
    for one, rows in sorted(members.items()):
        order = np.argsort(distance(vectors[np.array(rows)], branch.decode(one)), kind="stable")
        kept += [rows[place] for place in order[:KEPT]]
    return kept


def _deepest(known: Mapping[Codes, T], codes: Codes) -> T:
    """What is known of the longest beginning of `codes` that a video has."""
    return next(
        known[codes[:depth]] for depth in range(len(codes), -1, -1) if codes[:depth] in known
    )


def _key(codes: Codes) -> str:
    return ".".join(map(str, codes))


def _codes(key: str) -> Codes:
    return tuple(map(int, key.split("."))) if key else ()
