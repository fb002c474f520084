"""Sound as a picture: how loud each stretch of it is."""

import numpy as np

from reelwright.render.synth import Sound


def loudness(sound: Sound, count: int) -> list[tuple[float, float]]:
    """The peak and the root mean square of `count` equal stretches; the highest peak is 1."""
    assert 0 < count <= len(sound), f"{count} stretches of {len(sound)} samples"
    ends = np.linspace(0, len(sound), count + 1).round().astype(int)
    power = np.add.reduceat((sound.astype(np.float64) ** 2).mean(axis=1), ends[:-1])
    peaks = np.maximum.reduceat(np.abs(sound).max(axis=1), ends[:-1]).astype(np.float64)
    means = np.sqrt(power / np.diff(ends))
    top = max(float(peaks.max()), 1e-9)
    return [(float(peak / top), float(mean / top)) for peak, mean in zip(peaks, means, strict=True)]
