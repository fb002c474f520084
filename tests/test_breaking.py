"""Where lines may end, what is never torn, and what stands for letters that no font has."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.render.breaking import Word, language, syllables, words
from reelwright.render.clusters import clusters
from reelwright.render.fonts import drawable, face, families_for
from reelwright.render.shaping import Setting, capitals, extent, measured, paragraph, spoken

regex = pytest.importorskip("regex", reason="the twin of clusters comes with transformers")
PARTS = [*"aé!が각 \n", "\u0301", "\u0327", "\ufe0f", "\u200d", "👩", "👧", "❤", "🏽", "🇩", "🇪"]
PARTS += ["क", "्", "ि", "ष", "ก", "ำ", "ั", "ש", "ָ", "ق", "ّ", "\u200c", "\u1112", "\u200b"]


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PARTS), max_size=8).map("".join))
def test_clusters_are_those_of_the_standard_or_larger(text: str) -> None:
    """The twin may know no conjuncts, or joins jamo: nothing that it keeps together is torn."""
    ends = {len("".join(clusters(text)[:count])) for count in range(len(clusters(text)) + 1)}
    assert "".join(clusters(text)) == text
    standard = {match.end() for match in regex.finditer(r"\X", text)}
    assert ends <= standard | {0} | {at for at in ends if text[at - 1 : at] == "\u1112"}


def test_letters_stay_with_their_marks_and_joined_emoji_in_one_piece() -> None:
    assert clusters("e\u0301a") == ["e\u0301", "a"]
    assert clusters("👩‍👩‍👧‍👦👍🏽🇩🇪🇫🇷") == ["👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "🇫🇷"]
    assert clusters("क्षत्रिय") == ["क्ष", "त्रि", "य"]
    assert clusters("กำลัง") == ["กำ", "ลั", "ง"]


def test_phrases_without_spaces_end_where_a_reader_would_pause() -> None:
    assert words("東京タワー、夜景を見に行く！") == [
        Word("東京タワー、", gap=False),
        Word("夜景を", gap=False),
        Word("見に", gap=False),
        Word("行く！"),
    ]
    assert [word.text for word in words("春天的咖啡，慢慢喝")] == ["春天的", "咖啡，", "慢慢喝"]
    assert [word.text for word in words("서울의 밤")] == ["서울의", "밤"]


def test_no_line_begins_with_what_closes_or_ends_with_what_opens() -> None:
    for text in ("「あまちゃん」を見る。", "咖啡（热的），好喝！", "ラーメン、チャーハン…"):
        for word in words(text):
            assert word.text[0] not in "」、。）！，…ー", word
            assert word.text[-1] not in "「（", word


def test_lone_marks_stay_with_the_word_before() -> None:
    assert [word.text for word in words("Bonjour ! Jazz — now")] == [
        "Bonjour\u00a0!",
        "Jazz\u00a0—",
        "now",
    ]
    assert [word.text for word in words("well-known 50-60")] == ["well-", "known", "50-60"]


@pytest.mark.parametrize(
    ("text", "tongue"),
    [("東京の夜", "ja"), ("서울", "ko"), ("简体中文", "zh-hans"), ("繁體中文", "zh-hant")],
)
def test_a_text_tells_whose_ideographs_it_takes(text: str, tongue: str) -> None:
    assert language(text) == tongue
    assert families_for(text, "inter", tongue) == ["inter", tongue]


def test_long_words_part_between_syllables() -> None:
    assert "-".join(syllables("Donaudampfschiff")) == "Do-nau-dampf-schiff"
    assert "-".join(syllables("Zeitungen")) == "Zei-tun-gen"
    assert syllables("Donau\u00addampf") == ["Donau", "dampf"]
    assert syllables("👩‍👧🇩🇪") == ["👩‍👧", "🇩🇪"]


@given(st.text(alphabet="abdefghiklmnoprstuzäöüß", min_size=1, max_size=30))
def test_syllables_joined_are_the_word(word: str) -> None:
    assert "".join(syllables(word)) == word
    assert all(syllables(word))


def test_what_no_font_has_is_replaced_and_never_a_box() -> None:
    assert drawable("Tokyo 東京 tonight", "inter") == "Tokyo 東京 tonight"
    assert drawable("𝓗𝓮𝓵𝓵𝓸", "anton") == "Hello"  # mathematical letters have plain forms
    assert drawable("old 𓀀𓁀 𓂀 signs", "inter") == "old … signs"
    assert drawable("𓀀 𓀀", "inter") == ""
    assert drawable("\u202eevil\u202c", "inter") == "evil"
    assert drawable("tab\tand\x00nul", "inter") == "tab andnul"


@settings(max_examples=80)
@given(st.text(max_size=12))
def test_every_letter_that_is_left_has_a_glyph(text: str) -> None:
    said = drawable(text, "anton")
    setting = spoken(Setting(family="anton"), said)
    families = families_for(said, setting.family, setting.tongue)
    for character in said:
        seen = not character.isspace() and len(clusters("a" + character)) == 2
        if seen and character.isalnum():
            assert any(face(family).unicharToGlyph(ord(character)) for family in families)


def test_a_text_is_in_one_typeface_where_one_has_all_of_it() -> None:
    anton = Setting(family="anton", others=900)
    assert spoken(anton, "Harbour").family == "anton"
    assert spoken(anton, "Ελληνική").family == "NotoSans[wght]"


def test_space_between_letters_tears_no_joined_script() -> None:
    wide, plain = Setting(family="playfair", spacing=0.2), Setting(family="playfair")
    assert measured("Harbour", wide) > measured("Harbour", plain)
    for text in ("قهوة", "चाय", "กาแฟ"):
        assert measured(text, wide) == measured(text, plain)


def test_signs_at_the_end_stand_at_the_end_of_the_direction() -> None:
    """The exclamation mark of an Arabic line is at its left: where its ink begins."""
    setting = spoken(Setting(family="inter"), "مرحبا!")
    assert setting.rtl
    assert paragraph("مرحبا!", setting, 40).LongestLine == pytest.approx(
        paragraph("مرحبا", setting, 40).LongestLine + paragraph("!", setting, 40).LongestLine, abs=2
    )


def test_ink_reaches_as_far_as_the_letters_do() -> None:
    setting = Setting(family="inter")
    rise, fall = extent("H", setting)
    assert 0.70 < rise < 0.76
    assert fall < 0.02
    assert extent("Äg", setting)[0] > rise
    assert extent("g", setting)[1] > 0.15
    assert extent("\u200d", setting) == (0.0, 0.0)


def test_greek_capitals_have_no_accents() -> None:
    assert capitals("Ελληνική ß é") == "ΕΛΛΗΝΙΚΗ SS É"
