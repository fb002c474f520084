"""The eight kinds of music: harmony, instruments and groove, as scores to be read.

A pattern is written in sixteenths, four to a beat, and repeats. For drums `X` is a hard stroke, `x`
a plain one, `o` a soft one. For instruments a digit is a tone of the chord counted from below, `x`
the whole chord, `=` the whole chord held as long as it lasts, `?` a note of the piece's own motif.
Where several patterns are given, the seed picks one.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One player: an instrument or a drum, what it plays, and where it stands in the mix."""

    sound: str
    patterns: tuple[str, ...]
    level_db: float
    enters: float = 0.0  # the energy from which it plays
    octave: int = 0
    gate: float = 1.0  # in sixteenths
    room: float = 0.15  # share that goes to the room
    pan: float = 0.0  # -1 left, 1 right
    echo: float = 0.0  # how much of it comes back three sixteenths later
    low: bool = False  # counts its tones from the chord's root, in the bass


@dataclass(frozen=True, kw_only=True, slots=True)
class Mood:
    """Everything that does not depend on the plan."""

    scale: tuple[int, ...]
    progressions: tuple[tuple[int, ...], ...]  # degrees of the scale, the first is 0
    chord_size: int
    chord_beats: int  # a chord lasts at most so long
    tonics: tuple[int, ...]  # semitones above C that suit it
    drums: tuple[Part, ...]
    players: tuple[Part, ...]
    accent: tuple[tuple[str, float], ...]  # what falls on a cut, with levels in dB
    fill: str  # the drum that leads to a cut
    fill_pattern: str  # the last beat before it
    fill_db: float
    start: float  # energy of the first shot; the last has one
    room_s: float
    room_hz: float
    swing: float = 0.0  # by which share of a sixteenth every second one is late
    pump: float = 0.0  # how far the kick pushes the rest down
    breath: bool = False  # drums and bass wait for the last beat before it opens up
    tone_hz: float = 0.0  # old tape: nothing above this; 0 for a clean sound


MAJOR = (0, 2, 4, 5, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)
MIXOLYDIAN = (0, 2, 4, 5, 7, 9, 10)
HARMONIC_MINOR = (0, 2, 3, 5, 7, 8, 11)

MOODS: dict[str, Mood] = {
    "driving": Mood(
        scale=MINOR,
        progressions=((0, 5, 2, 6), (0, 3, 5, 6), (5, 6, 0, 2)),
        chord_size=3,
        chord_beats=4,
        tonics=(4, 5, 7, 9),
        drums=(
            Part("kick", ("X...X...X...X...",), -2.0, room=0.02),
            Part("clap", ("....X.......X...", "....X.......X..o"), -4.0, room=0.25),
            Part("open_hat", ("..x...x...x...x.",), -9.0, pan=0.15),
            Part("hat", ("x.oxx.oxx.oxx.oo",), -11.0, 0.5, pan=-0.25),
            Part("tom", ("......x..x......", "..........x..x.."), -13.0, 0.85, room=0.3, pan=0.3),
        ),
        players=(
            Part(
                "saw_bass",
                ("..0...0...0...03", "..00..00..00..03", "..0..00...0..02."),
                -5.0,
                gate=1.3,
                room=0.02,
                low=True,
            ),
            Part(
                "supersaw",
                ("x..x..x...x..x..", "x..x..x..x..x.x.", "..x..x....x..xx."),
                -6.0,
                gate=1.4,
                room=0.3,
            ),
            Part("pad", ("=",), -17.0, room=0.3),
            Part("lead", ("?.?..?.??..?.?..",), -15.0, 0.6, 1, 1.2, 0.3, 0.1, echo=0.35),
        ),
        accent=(("crash", -9.0), ("kick", -4.0)),
        fill="snare",
        fill_pattern="..xx",
        fill_db=-9.0,
        start=0.5,
        room_s=1.1,
        room_hz=7000,
        pump=0.55,
        breath=True,
    ),
    "calm": Mood(
        scale=MAJOR,
        progressions=((0, 3, 5, 3), (3, 0, 3, 5), (0, 2, 3, 5)),
        chord_size=4,
        chord_beats=4,
        tonics=(0, 2, 5, 7),
        drums=(
            Part("heart", ("x.......o.......",), -9.0, room=0.1),
            Part("shaker", ("....o.......o...", "....o.....o.o..."), -8.0, 0.5, room=0.5, pan=0.3),
        ),
        players=(
            Part("sub", ("=",), -11.0, room=0.05, low=True),
            Part("air_pad", ("=",), -9.0, room=0.6),
            Part(
                "felt",
                ("0.....2.3...1...", "0...2...3.....1.", "0.....3...2...4."),
                -8.0,
                0.0,
                0,
                10,
                0.6,
                -0.15,
            ),
            Part("celesta", ("....?.......?...", "......?.......?."), -11.5, 0.6, 1, 8, 0.8, 0.35),
        ),
        accent=(("heart", -8.0), ("chime", -29.0)),
        fill="tick",
        fill_pattern="...o",
        fill_db=-16.0,
        start=0.6,
        room_s=2.6,
        room_hz=4500,
    ),
    "nostalgic": Mood(
        scale=MAJOR,
        progressions=((3, 2, 1, 0), (0, 5, 1, 4), (1, 4, 0, 5)),
        chord_size=4,
        chord_beats=4,
        tonics=(3, 5, 8, 10),
        drums=(
            Part("soft_kick", ("X......x..x.....", "X.....x.X......."), 0.0, room=0.05),
            Part("snare", ("....x.......x...", "....x.......x..o"), -1.0, room=0.2),
            Part("hat", ("x.x.x.xox.x.x.xo", "x.x.xox.x.x.xox."), -7.0, pan=-0.3),
        ),
        players=(
            Part(
                "round_bass",
                ("0.....0.3.....2.", "0......00...2.3.", "0...0..2....0.2."),
                -5.0,
                gate=2.6,
                room=0.03,
                low=True,
            ),
            Part("keys", ("x.....x...x.....", "x..x......x..x.."), -8.0, gate=5.0, room=0.3),
            Part("felt", ("?...?..?..?.?...", "..?.?...?..?..?."), -14.0, 0.5, 1, 3, 0.45, 0.3),
            Part("pad", ("=",), -19.0, room=0.4),
        ),
        accent=(("crash", -16.0), ("soft_kick", 1.0)),
        fill="snare",
        fill_pattern="..ox",
        fill_db=-7.0,
        start=0.55,
        room_s=1.2,
        room_hz=3500,
        swing=0.22,
        pump=0.2,
        tone_hz=6000,
    ),
    "electric": Mood(
        scale=MINOR,
        progressions=((0, 0, 5, 6), (0, 6, 5, 6), (5, 6, 0, 0)),
        chord_size=3,
        chord_beats=4,
        tonics=(4, 6, 9, 11),
        drums=(
            Part("kick", ("X...X...X...X...",), -2.0, room=0.03),
            Part("gated_snare", ("....X.......X...",), -4.0, room=0.35),
            Part("hat", ("x.x.x.x.x.x.x.x.", "xoxoxoxoxoxoxoxo"), -8.0, 0.4, pan=0.2),
        ),
        players=(
            Part(
                "pulse_bass",
                ("0030003000300030", "0000333300003333", "0.0300030.030033"),
                -3.0,
                gate=0.8,
                room=0.03,
                low=True,
            ),
            Part("neon_pad", ("=",), -10.0, room=0.4),
            Part(
                "supersaw",
                ("0123012301230123", "0213021302130213", "3210321032103210"),
                -14.0,
                0.4,
                1,
                0.8,
                0.3,
                -0.3,
                echo=0.45,
            ),
            Part(
                "lead", ("?..?..?.?.......", "?.....?.?..?...."), -13.0, 0.7, 1, 2.5, 0.4, 0.2, 0.4
            ),
        ),
        accent=(("crash", -11.0), ("gated_snare", -8.0), ("kick", -3.0)),
        fill="tom",
        fill_pattern="x.xx",
        fill_db=-7.0,
        start=0.5,
        room_s=1.6,
        room_hz=6500,
        pump=0.4,
        breath=True,
    ),
    "playful": Mood(
        scale=MAJOR,
        progressions=((0, 3, 0, 4), (0, 5, 3, 4), (0, 3, 4, 3)),
        chord_size=3,
        chord_beats=4,
        tonics=(0, 2, 5, 7),
        drums=(
            Part("soft_kick", ("X.....x.X.......", "X.......X..x...."), -1.0),
            Part("clap", ("....x.......x...", "....x.......x.x."), -3.0, room=0.25),
            Part("shaker", ("xoxoxoxoxoxoxoxo",), -12.0, 0.3, pan=0.3),
        ),
        players=(
            Part("round_bass", ("0...2...0...2...", "0..02...0..02.3."), -4.0, gate=1.6, low=True),
            Part(
                "guitar",
                ("..x...x...x...xx", "..x..xx...x..xx."),
                -9.0,
                gate=1.2,
                pan=-0.6,
                room=0.25,
            ),
            Part(
                "marimba",
                ("0.1.2.1.3.2.1.2.", "0.2.1.2.3.1.2.1.", "02.13.2.02.13.4."),
                -5.0,
                gate=2.0,
                room=0.35,
                pan=0.5,
            ),
            Part("whistle", ("?.?.?..??.?.....", "?...?.?.?..?..?."), -13.0, 0.6, 1, 1.7, 0.35),
        ),
        accent=(("clap", -9.0), ("soft_kick", -3.0), ("chime", -27.0)),
        fill="block",
        fill_pattern="x.xx",
        fill_db=-13.0,
        start=0.5,
        room_s=0.8,
        room_hz=6500,
        pump=0.25,
        swing=0.1,
    ),
    "warm": Mood(
        scale=MAJOR,
        progressions=((0, 3, 5, 4), (0, 4, 5, 3), (5, 3, 0, 4)),
        chord_size=3,
        chord_beats=4,
        tonics=(0, 2, 4, 7),
        drums=(
            Part("soft_kick", ("X.......x.......", "X.......x.x....."), -2.0, 0.3),
            Part("rim", ("....x.......x...",), -4.0, 0.6, room=0.3, pan=0.2),
            Part("shaker", ("x.o.x.o.x.o.x.o.",), -9.0, 0.5, pan=-0.3),
        ),
        players=(
            Part(
                "round_bass",
                ("0.....0.2.......", "0.......2.....0.", "0.......0...2..."),
                -6.5,
                gate=4.5,
                room=0.03,
                low=True,
            ),
            Part("low_strings", ("=",), -10.5, 0.0, 1, low=True),
            Part(
                "guitar",
                ("0.2.3.2.1.2.3.2.", "0.1.2.3.2.1.2.1.", "0..23.2.0..23.1."),
                -4.5,
                gate=4.0,
                room=0.25,
                pan=-0.25,
            ),
            Part("guitar", ("x.......x.....x.", "x.......x......."), -11.5, gate=5.0, pan=0.3),
            Part("strings", ("=",), -14.0, 0.5, room=0.5),
            Part("felt", ("?...?...?.....?.", "..?...?...?.?..."), -11.0, 0.6, 1, 4, 0.5, 0.15),
        ),
        accent=(("soft_kick", -5.0), ("brush", -13.0), ("crash", -27.0)),
        fill="brush",
        fill_pattern="..ox",
        fill_db=-9.0,
        start=0.5,
        room_s=1.3,
        room_hz=4500,
        pump=0.25,
    ),
    "quirky": Mood(
        scale=MIXOLYDIAN,
        progressions=((0, 6, 3, 0), (0, 3, 6, 4), (0, 1, 0, 6)),
        chord_size=3,
        chord_beats=4,
        tonics=(0, 3, 5, 10),
        drums=(
            Part("block", ("x..x..x.x..x..x.", "x.xx..x.x.x...x."), -5.0, 0.3, pan=0.35),
            Part("soft_kick", ("X.......X.......",), -4.0),
            Part("brush", ("....x.......x...", "....x.......x.xx"), -5.0, room=0.15),
            Part("hat", ("..x...x...x...x.",), -9.0, 0.6, pan=-0.3),
        ),
        players=(
            Part("tuba", ("0.......2.......", "0.......2...2..."), -3.0, gate=1.8, low=True),
            Part(
                "pizzicato",
                ("....x.......x...", "....x.x.....x..."),
                -6.0,
                gate=0.8,
                pan=-0.6,
                room=0.3,
            ),
            Part("reed", ("?.??..?.?.?.....", "?..?..?.??.?...."), -11.5, 0.0, 0, 0.9, 0.3, 0.5),
            Part("xylophone", ("?.......?.??....", "....??......???."), -11.0, 0.6, 1, 1, 0.3, 0.6),
        ),
        accent=(("snare", -9.0), ("block", -11.0), ("soft_kick", -3.0), ("crash", -19.0)),
        fill="snare",
        fill_pattern="x.xx",
        fill_db=-14.0,
        start=0.55,
        room_s=0.5,
        room_hz=6000,
        pump=0.25,
        swing=0.12,
        breath=True,
    ),
    "noble": Mood(
        scale=HARMONIC_MINOR,
        progressions=((0, 5, 3, 4), (0, 3, 5, 4), (5, 3, 0, 4)),
        chord_size=3,
        chord_beats=4,
        tonics=(0, 2, 7, 9),
        drums=(
            Part("heart", ("X.......x.......", "X.........x....."), -2.0, room=0.1),
            Part("rim", ("............o...",), -8.0, 0.7, room=0.7, pan=0.4),
        ),
        players=(
            Part("low_strings", ("=",), -11.0, 0.0, 0, room=0.25, low=True),
            Part("strings", ("=",), -11.0, room=0.5),
            Part(
                "harp",
                ("0.1.2.3.4.3.2.1.", "0.2.1.3.2.4.3.2.", "0.1.2.3.5.4.3.2."),
                -7.0,
                gate=6.0,
                room=0.5,
                pan=0.2,
            ),
            Part("felt", ("0...............",), -6.0, 0.0, -1, 14, 0.4, -0.15),
            Part("bell", ("?.......?.......", "?.....?.....?..."), -14.0, 0.7, 1, 6, 0.7, -0.3),
        ),
        accent=(("timpani", -1.0), ("heart", -6.0), ("crash", -22.0)),
        fill="timpani",
        fill_pattern="..oo",
        fill_db=-13.0,
        start=0.5,
        room_s=2.2,
        room_hz=5000,
    ),
}
