"""English words that no lexicon has, sounded out: letter groups in order, then one stress.

The alphabet is misaki's: A I O W Y are the vowels of day, my, go, how, boy; the stress stands
before its vowel.
"""

import re

VOWELS = "AIOWYiuæɑəɛɜɪɔʊʌɐᵊᵻ"
STRESS, SECOND_STRESS = "ˈ", "ˌ"

# What stands before, the letters, what stands after, and how they sound. The first that fits is
# taken; C is a consonant letter, V a vowel letter, ^ and $ the word's ends.
RULES = """
^ kn . n|^ gn . n|^ wr . ɹ|^ ps . s|^ pn . n|^ wh o h|. wh . w|^ x . z|^ rh . ɹ|^ mc . mək
. tion . ʃən|. ssion . ʃən|V sion . ʒən|. sion . ʃən|. cian . ʃən|. tial . ʃəl|. cial . ʃəl
. tious . ʃəs|. cious . ʃəs|. ious $ iəs|. eous $ iəs|. ous $ əs|. ture $ ʧəɹ
. sure $ ʒəɹ|. que $ k|. gue $ ɡ
C le $ ᵊl|C les $ ᵊlz|C al $ ᵊl|. ism $ ɪzəm|. age $ ɪʤ|. ing $ ɪŋ|. ness $ nəs|. ful $ fəl
. ment $ mənt|. ly $ li|. ight . It|. igh . I|. ough t ɔ|. augh t ɔ|. ough $ O|. eigh . A
. tch . ʧ|. sch . sk|. dge . ʤ|. dg e ʤ|. ck . k|. ch r k|. ch . ʧ|. sh . ʃ|. th . θ|. ph . f
. gh $ |. gh . ɡ|. ng $ ŋ|. ng k ŋ|. n k ŋ|. qu . kw|. q . k|. mb $ m|. mn $ m
. sc e s|. sc i s|. c e s|. c i s|. c y s|. cc e ks|. cc i ks|. c . k|. gg . ɡ|. g e ʤ|. g y ʤ
. g i ʤ|. g . ɡ|. x . ks|. j . ʤ|. zz . ts|V s V z|V s e z|. ss . s|V s $ z|. s . s|. z . z
. ify $ əfI|. ity $ əɾi|. r . ɹ|t ed $ ᵻd|d ed $ ᵻd|p ed $ t|k ed $ t|s ed $ t|h ed $ t
C ed $ d|. air . ɛɹ|. are $ ɛɹ|. ear . ɪɹ|. eer . ɪɹ|. ier $ iəɹ|. ire $ Iəɹ|. ore . ɔɹ
. oor . ɔɹ|. our . Wəɹ
. ure $ jʊɹ|. ar V əɹ|. ar . ɑɹ|. er $ əɹ|. ers $ əɹz|. er V əɹ|. or $ əɹ|. or . ɔɹ|. er . ɜɹ
. ir . ɜɹ|. ur . ɜɹ
. ai . A|. ay . A|. au . ɔ|. aw . ɔ|. ee . i|. ea d ɛ|. ea . i|. ei . i|. ey $ i|. ey . A|. eu . u
. ew . u|. ie $ i|. ie . i|. oa . O|. oe $ O|. oi . Y|. oy . Y|. oo k ʊ|. oo . u|. ou . W
. ow $ O|. ow . W|. ue . u|. ui . u|. ia . iə|. io . iO|. iu . iə
. a Ce$ A|. e Ce$ i|. i Ce$ I|. o Ce$ O|. u Ce$ u|. y Ce$ I
. a CV A|. e CV i|. i CV I|. o CV O|. u CV u|. a $ ə|. o $ O|. i $ i|^C y $ I|. y $ i|. u $ u
^C e $ i|. e $ |. es $ z|^ y . j|V y V j|. a . æ|. e . ɛ|. i . ɪ|. o . ɑ|. u . ʌ|. y . ɪ
"""
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
NAMES = "A bi si di i ɛf ʤi Aʧ I ʤA kA ɛl ɛm ɛn O pi kju ɑɹ ɛs ti ju vi dʌbᵊlju ɛks wI zi"
LETTER_NAMES = dict(zip(ALPHABET, NAMES.split(), strict=True))


def _compiled() -> dict[str, list[tuple[int, re.Pattern[str], str]]]:
    """The rules by their first letter: how many letters each takes, when, and how they sound."""
    rules: dict[str, list[tuple[int, re.Pattern[str], str]]] = {}
    for rule in RULES.replace("\n", "|").strip("|").split("|"):
        before, letters, after, *sound = rule.split(" ")
        left = before.replace(".", "").replace("V", "[aeiouy]").replace("C", "[b-df-hj-np-tv-xz]")
        right = after.replace(".", "").replace("V", "[aeiouy]").replace("C", "[b-df-hj-np-tv-xz]")
        # A look behind counts its letters, and the word's beginning has none.
        behind = f"(?<={left})" if left else ""
        pattern = re.compile(f"{behind}{letters}(?={right})")
        rules.setdefault(letters[0], []).append((len(letters), pattern, "".join(sound)))
    return rules


COMPILED = _compiled()


def sounded_out(word: str) -> str:
    """How a word of plain letters may sound; letters of other alphabets are passed over."""
    word, at = word.lower(), 0
    sounds: list[str] = []
    while at < len(word):
        taken, sound = _at(word, at)
        doubled = sounds and sound == sounds[-1] and sound and sound not in VOWELS
        sounds.append("" if doubled else sound)
        at += taken
    return stressed("".join(sounds).replace("ɹɹ", "ɹ"))


def _at(word: str, at: int) -> tuple[int, str]:
    """How many letters the next sound takes, and the sound."""
    for taken, pattern, sound in COMPILED.get(word[at], ()):
        if pattern.match(word, at):
            return taken, sound
    return 1, word[at] if word[at] in "bdfhklmnptvw" else ""


def stressed(sounds: str) -> str:
    """With a stress before the first vowel, or before the third from the end in longer words."""
    places = [at for at, sound in enumerate(sounds) if sound in VOWELS]
    full = [at for at in places if sounds[at] not in "əᵊᵻ"] or places
    if not full:
        return sounds
    at = full[0] if len(places) < 4 or places[-3] not in full else places[-3]
    return f"{sounds[:at]}{STRESS}{sounds[at:]}"


def spelled(letters: str) -> str:
    """Letter by letter, as ABC; the last name bears the stress."""
    names = [LETTER_NAMES[one] for one in letters.lower() if one in LETTER_NAMES]
    if not names:
        return ""
    *first, last = names
    return "".join(stressed(one).replace(STRESS, SECOND_STRESS) for one in first) + stressed(last)
