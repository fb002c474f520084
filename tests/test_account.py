"""The account of a clip names what was wished, what each role decided, and which round won."""

from looks import SID, all_kinds, complaint, round_of
from plans import plan

from reelwright.domain import Meaning, Traits
from reelwright.secondlook.account import account
from reelwright.secondlook.rounds import told

MEANING = Meaning(
    about=("harbour", "sailing"),
    titles=(),
    style=("calm", "warm light"),
    traits=Traits(
        cuts_per_minute=10.0,
        motion=0.1,
        brightness=0.5,
        contrast=0.5,
        saturation=0.5,
        warmth=0.5,
        sharpness=0.5,
        grain=0.1,
        loudness_lufs=-14.0,
        tempo_bpm=90.0,
        palette=(),
    ),
    creative=(),
)


def test_every_step_has_its_line() -> None:
    lines = list(account(SID, MEANING, all_kinds()))
    headings = [line[2:14].strip() for line in lines if line.startswith("  ") and line[2] != " "]
    assert headings == [
        "wished",
        "understood",
        "director",
        "visual",
        "audio",
        "effects",
        "planned",
        "look",
        "drawn",
    ]
    page = "\n".join(lines)
    for words in ("3.1/4.1: about harbour, sailing", "made calm, warm light", "'First light'"):
        assert words in page
    for name in ("documentary", "harbour by dusk light with ⛵", "mountains", "dissolve", "test"):
        assert name in page
    assert "by a model: 200 tokens read, 1300 known from before, 40 written (1.5 s)" in page
    assert "by rules-2, for the model's answer could not stand: it was silent" in page
    assert f"beat, shot 2: {complaint().words}" in page
    assert f"creative: {complaint('creative').words}" in page


def test_the_rounds_are_counted_and_the_winner_is_named() -> None:
    rounds = [round_of(plan(), "black"), round_of(plan(), "beat"), round_of(plan(), "content")]
    lines = list(account(SID, MEANING, told(rounds)))
    assert [line for line in lines if line.startswith("round")] == ["round 1", "round 2", "round 3"]
    assert lines[-1].split(maxsplit=1) == ["drawn", "the plan of round 2 of 3"]


def test_a_clip_of_an_older_program_says_so() -> None:
    lines = list(account(SID, MEANING, []))
    assert "an older program made it" in lines[-1]
