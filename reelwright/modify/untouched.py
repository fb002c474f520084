"""Faces, which an edit leaves as they were filmed, as far as its strength says."""

import cv2
import numpy as np

from reelwright.modify.performance import Floats, Performance

WIDER = 1.08  # than the mesh's outline: chin and hairline belong to a face
SOFT = 0.06  # of a face's height, over which it goes over into what is changed


def faces(performance: Performance, number: int) -> Floats | None:
    """How much of every pixel belongs to a face, 1 within its outline; None where there is none."""
    shape = (performance.footage.height, performance.footage.width)
    found = None
    for one in performance.performers:
        if not one.face_seen_N[number]:
            continue
        points = one.face_NP3[number, :, :2]
        points = points[np.isfinite(points).all(axis=1)].astype(np.float32)
        if len(points) < 3:
            continue
        hull = cv2.convexHull(points)[:, 0]
        middle = hull.mean(axis=0)
        outline = np.rint(16 * (middle + WIDER * (hull - middle))).astype(np.int32)
        found = np.zeros(shape, np.uint8) if found is None else found
        cv2.fillConvexPoly(found, outline, 255, cv2.LINE_AA, 4)
        tall = float(np.ptp(hull[:, 1]))
    if found is None:
        return None
    sigma = max(0.5, SOFT * tall)
    reach = 2 * round(1.5 * sigma) + 1
    wide = cv2.dilate(found, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    soft = cv2.GaussianBlur(wide, (0, 0), 0.6 * sigma)
    return np.asarray(np.maximum(soft, found).astype(np.float32) / 255, np.float32)
