"""The eight styles as the compositor sees them: colour, line, texture, camera and rhythm."""

from dataclasses import dataclass

from reelwright.render.colour import Regrade, Rgb, rgb


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours that belong to a style and not to the world that it shows."""

    dark: Rgb
    light: Rgb
    accent: Rgb
    second: Rgb


def palette(dark: str, light: str, accent: str, second: str) -> Palette:
    return Palette(rgb(dark), rgb(light), rgb(accent), rgb(second))


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """Everything that a style changes in the pictures. Lengths are shares of the short side."""

    palettes: tuple[Palette, ...]  # a clip's seed picks one
    regrade: Regrade
    tinted: float = 0.0  # how far the world is drawn towards the clip's palette
    ink: float = 0.0  # width of drawn outlines
    ink_glows: bool = False
    surface: str = ""  # of every layer: paper, dots
    emblem: str = ""  # what stands behind the subject
    window: str = ""  # what the picture is seen through
    lettering: str = ""  # which way titles are set and moved
    camera: float = 1.0  # strength of its moves
    shake: float = 0.0  # of every shot, as if hand-held
    pulse: float = 0.0  # zoom on every beat
    steps: int = 0  # drawings a second; 0 for as many as there are frames
    blend_s: float = 0.4  # length of a transition
    soft: float = 0.0  # blur of the farthest layer
    bloom: float = 0.0
    grain: float = 0.0  # levels of 255
    vignette: float = 0.0
    flicker: float = 0.0
    dust: bool = False
    fringe: float = 0.0  # red and blue apart

    @property
    def levels_only(self) -> bool:
        """Whether pictures are made of flat colours, without gradients."""
        return self.regrade.levels > 0


LOOKS = {
    "bold_kinetic": Look(
        palettes=(
            palette("#1a0533", "#fff6e0", "#ff2e55", "#ffc400"),
            palette("#07105c", "#ffffff", "#ff5a1f", "#18e0d0"),
            palette("#2b0040", "#fdffe8", "#c9ff1f", "#ff2fa0"),
            palette("#001f3d", "#fffbe8", "#ffd400", "#ff3b2f"),
        ),
        regrade=Regrade(saturation=1.5, contrast=1.28),
        tinted=0.78,
        emblem="disc",
        lettering="slam",
        camera=1.7,
        pulse=0.035,
        blend_s=0.22,
    ),
    "calm_minimal": Look(
        palettes=(
            palette("#3d4a52", "#f6f2ec", "#c98b6f", "#9fb8ad"),
            palette("#3f4560", "#f4f1f3", "#8a93c4", "#d8b4a0"),
            palette("#40513f", "#f5f3ea", "#8fa77f", "#d9bf8c"),
        ),
        regrade=Regrade(saturation=1.1, contrast=0.8, lift=0.40),
        tinted=0.18,
        window="arch",
        lettering="whisper",
        camera=0.55,
        blend_s=1.1,
    ),
    "retro_film": Look(
        palettes=(
            palette("#2b1a14", "#f8e8c4", "#d9772f", "#4f7f7a"),
            palette("#2d1c1c", "#f6e3bd", "#c4472f", "#d9a441"),
        ),
        regrade=Regrade(
            saturation=0.72,
            contrast=0.86,
            lift=0.10,
            gain=0.93,
            stops=(rgb("#24140f"), rgb("#7d4a34"), rgb("#d8a064"), rgb("#fbe9c2")),
            hold=0.5,
        ),
        emblem="sunburst",
        window="gate",
        lettering="serif",
        camera=0.8,
        shake=0.5,
        steps=12,
        blend_s=0.5,
        soft=0.004,
        grain=6.0,
        vignette=0.42,
        flicker=0.05,
        dust=True,
    ),
    "neon_night": Look(
        palettes=(
            palette("#070216", "#eafcff", "#ff2bd6", "#19e3ff"),
            palette("#04041c", "#f3fff6", "#8a4bff", "#2bffb0"),
            palette("#0a0218", "#fff3fb", "#ff3b6b", "#5b7bff"),
        ),
        regrade=Regrade(
            saturation=1.15,
            contrast=1.15,
            gain=0.8,
            stops=(rgb("#04010d"), rgb("#12082e"), rgb("#2c1058"), rgb("#5b1c80"), rgb("#c04aa8")),
            hold=0.72,
        ),
        ink=0.0042,
        ink_glows=True,
        emblem="ring",
        lettering="tube",
        camera=1.1,
        pulse=0.012,
        blend_s=0.3,
        bloom=0.9,
        grain=3.0,
        vignette=0.35,
        fringe=0.0035,
    ),
    "paper_cutout": Look(
        palettes=(
            palette("#3b2a3f", "#fff8ea", "#ef6a4c", "#2f9c95"),
            palette("#2d3250", "#fff7e6", "#f2b134", "#e0566f"),
            palette("#33402c", "#fdf8e8", "#e8743b", "#5a8fd0"),
        ),
        regrade=Regrade(saturation=1.2, contrast=0.95, lift=0.13, levels=7),
        tinted=0.12,
        surface="paper",
        emblem="cutout",
        lettering="strips",
        camera=0.9,
        steps=10,
        blend_s=0.5,
        grain=1.5,
    ),
    "documentary": Look(
        palettes=(
            palette("#12181c", "#ffffff", "#f2c14e", "#3fa7d6"),
            palette("#151a17", "#ffffff", "#e4572e", "#76b041"),
        ),
        regrade=Regrade(saturation=0.86, contrast=1.04),
        window="bars",
        lettering="caption",
        camera=0.7,
        shake=0.8,
        blend_s=0.5,
        soft=0.006,
        grain=2.6,
        vignette=0.22,
    ),
    "comic": Look(
        palettes=(
            palette("#14110f", "#fffdf2", "#ffe01b", "#ff2a2a"),
            palette("#14110f", "#fffdf2", "#ff4fa3", "#1fb6ff"),
            palette("#14110f", "#fffdf2", "#4be04b", "#ff8a00"),
        ),
        regrade=Regrade(saturation=1.5, contrast=1.15, lift=0.03, levels=4),
        tinted=0.1,
        ink=0.0075,
        surface="dots",
        emblem="burst",
        window="panel",
        lettering="shout",
        camera=1.1,
        pulse=0.014,
        steps=15,
        blend_s=0.26,
    ),
    "luxury": Look(
        palettes=(
            palette("#070504", "#f6ead0", "#d8b066", "#8f6a2f"),
            palette("#050608", "#f3eee4", "#cfb98a", "#7d7466"),
        ),
        regrade=Regrade(
            saturation=0.3,
            contrast=1.22,
            gain=0.8,
            stops=(
                rgb("#040303"),
                rgb("#120d09"),
                rgb("#33230f"),
                rgb("#9a7233"),
                rgb("#f0d797"),
            ),
            hold=0.9,
        ),
        emblem="halo",
        window="hairline",
        lettering="engraved",
        camera=0.75,
        blend_s=0.9,
        soft=0.010,
        bloom=0.35,
        vignette=0.55,
    ),
}
