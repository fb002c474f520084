"""Where small patches of one picture are found again in another, wherever they lie: PatchMatch.

Motion loses what was hidden or went too far. Good matches come in runs: a pixel tries what its
neighbours found, then places at random around what it has (Barnes et al. 2009).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# H rows, W columns, C colours, Q numbers of a whole patch, K of its short form, P pixels that
# search. A field says for each pixel how far across and down its match lies, as whole numbers.

Floats = NDArray[np.float32]
Field = NDArray[np.int32]

SIDE = 5  # of a patch
KEPT = 12  # numbers of a patch's short form; for 75 of a real one they hold some 98 % of it
STEPS = (8, 4, 2, 1)  # how far the neighbours are whose matches are tried
ASIDE = ((1, 0), (-1, 0), (0, 1), (0, -1))


@dataclass(frozen=True, slots=True)
class Short:
    """Patches as short vectors whose distances are nearly those of the patches."""

    basis_QK: Floats

    @classmethod
    def learned(cls, picture_HWC: Floats, kept: int = KEPT) -> "Short":
        """From the patches of a picture: the directions in which they differ most."""
        patches = windows(picture_HWC).reshape(-1, SIDE * SIDE * picture_HWC.shape[2])
        spread = np.cov(patches[:: max(1, len(patches) // 20_000)], rowvar=False)
        return cls(np.asarray(np.linalg.eigh(spread)[1][:, : -kept - 1 : -1], np.float32))

    def of(self, picture_HWC: Floats) -> Floats:
        """A vector for the patch about each pixel."""
        return np.asarray(windows(picture_HWC) @ self.basis_QK, np.float32)


def windows(picture_HWC: Floats) -> Floats:
    """The patch about each pixel; beyond the edge the picture goes on as in a mirror."""
    rim = SIDE // 2
    wide = cv2.copyMakeBorder(picture_HWC, rim, rim, rim, rim, cv2.BORDER_REFLECT_101)
    wide = wide.reshape(*wide.shape[:2], -1)
    cut = np.lib.stride_tricks.sliding_window_view(wide, (SIDE, SIDE), axis=(0, 1))
    return np.asarray(cut.reshape(*picture_HWC.shape[:2], -1), np.float32)


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """Some pixels of a picture that look for their like in another one."""

    wanted_PK: Floats
    there_HWK: Floats
    x_P: NDArray[np.intp]
    y_P: NDArray[np.intp]
    expected_P2: Field  # where motion would have them
    pull: float  # cost of each pixel away from there, squared

    def inside(self, offsets_P2: Field) -> Field:
        """The same, but none leads out of the picture."""
        height, width = self.there_HWK.shape[:2]
        x_P = np.clip(self.x_P + offsets_P2[:, 0], 0, width - 1) - self.x_P
        y_P = np.clip(self.y_P + offsets_P2[:, 1], 0, height - 1) - self.y_P
        return np.stack([x_P, y_P], axis=1).astype(np.int32)

    def cost(self, offsets_P2: Field) -> Floats:
        """How unlike the patches are there, and how far that is from where they should be."""
        found = self.there_HWK[self.y_P + offsets_P2[:, 1], self.x_P + offsets_P2[:, 0]]
        unlike_P = ((found - self.wanted_PK) ** 2).sum(axis=1)
        away_P = ((offsets_P2 - self.expected_P2) ** 2).sum(axis=1)
        return np.asarray(unlike_P + self.pull * away_P, np.float32)


def matched(
    wanted_HWK: Floats,
    there_HWK: Floats,
    starts: Sequence[Field],
    mask_HW: NDArray[np.bool_],
    *,
    pull: float,
    rounds: int,
    rng: np.random.Generator,
) -> Field:
    """The first of `starts`, with better matches where the mask is; each start is tried there."""
    field_HW2 = starts[0].copy()
    y_P, x_P = np.nonzero(mask_HW)
    search = Search(
        wanted_PK=wanted_HWK[y_P, x_P],
        there_HWK=there_HWK,
        x_P=x_P,
        y_P=y_P,
        expected_P2=starts[0][y_P, x_P],
        pull=pull,
    )
    best_P2 = search.inside(field_HW2[y_P, x_P])
    cost_P = search.cost(best_P2)

    def try_out(offsets_P2: Field) -> None:
        inside_P2 = search.inside(offsets_P2)
        tried_P = search.cost(inside_P2)
        better_P = tried_P < cost_P
        cost_P[better_P] = tried_P[better_P]
        best_P2[better_P] = inside_P2[better_P]
        field_HW2[y_P, x_P] = best_P2

    for start in starts[1:]:
        try_out(start[y_P, x_P])
    height, width = mask_HW.shape
    for _ in range(rounds):
        for step in STEPS:
            for across, down in ASIDE:
                beside_x = np.clip(x_P + step * across, 0, width - 1)
                beside_y = np.clip(y_P + step * down, 0, height - 1)
                try_out(field_HW2[beside_y, beside_x])
        reach = max(height, width)
        while reach >= 1:
            try_out(best_P2 + rng.integers(-reach, reach + 1, best_P2.shape, dtype=np.int32))
            reach //= 2
    return field_HW2
