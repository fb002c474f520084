"""The first step of a plan: which style a wish's codes ask for, and what can be drawn of it."""

from collections.abc import Mapping, Sequence

import numpy as np

from reelwright.domain import Meaning, StyleKind, Wish
from reelwright.studio.fit import Fit, Vector
from reelwright.studio.steps import Candidate, Understood

WORD_FADE = 0.75  # each next word of a list counts that much of the one before it
TITLES = 0.5  # all titles together, against the first word
# How much the first creative code counts beside all of them. Of 72 wishes of a demo world 10 were
# for another style than the one chosen at 0, 6 at .25, 1 at .5, none at .75 and 1.
FIRST = 0.75
STYLE_STEP = 1e-3  # below this spread a measure tells no styles apart
ANYWHERE = "a plain empty studio background for any product or thing"
# How the multilingual sentence encoder scores the demo world's 24 topics: the scenes that a person
# finds right lie between .18 and .64, and the right subjects between .57 and .87.
SCENE_FLOOR = 0.15
SUBJECT_FLOOR = 0.45
NEAR_SUBJECT = 0.88  # of the best similarity: another thing that is meant as well
COMPANY = 0.4  # how much the best subject, and then the best scene, say on the choice of scenes
SECOND_FLOOR = 0.48  # of all three together: another place that belongs to it
NUM_SCENES, NUM_SUBJECTS = 3, 4


def understand(
    wish: Wish, meaning: Meaning, fit: Fit, style_vectors: Mapping[str, Vector]
) -> Understood:
    """The nearest style, and the scenes and subjects that fit what the wish is about."""
    words = fit.vector(about_weights(meaning.about, meaning.titles, wish.brief))
    subjects = fitting_subjects(words, fit)
    return Understood(
        style=nearest_styles(meaning, fit, style_vectors)[0],
        scenes=fitting_scenes(words, subjects, fit),
        subjects=subjects,
    )


def about_weights(
    about: Sequence[str], titles: Sequence[str] = (), brief: str = ""
) -> dict[str, float]:
    """Texts that say what a video is about, each with its weight."""
    weights = {word: WORD_FADE**place for place, word in enumerate(about)}
    if about:
        weights[", ".join(about)] = 1.0
    for title in titles:
        weights[title] = weights.get(title, 0.0) + TITLES / len(titles)
    if brief:
        weights[brief] = 1.0
    return weights or {ANYWHERE: 1.0}


def fitting_subjects(words: Vector, fit: Fit) -> tuple[Candidate, ...]:
    """The things to choose from, best first; none where nothing of the kit is meant."""
    ranked = _ranked([subject.glyph for subject in fit.kit.subjects], fit.subjects(words))
    least = max(NEAR_SUBJECT * ranked[0].similarity, SUBJECT_FLOOR)
    return tuple(one for one in ranked[:NUM_SUBJECTS] if one.similarity >= least)


def fitting_scenes(words: Vector, subjects: Sequence[Candidate], fit: Fit) -> tuple[Candidate, ...]:
    """The places to choose from, best first; where none fits, the one that takes anything.

    The subject has a say, since it has to stand there: few words tell that a cat lives in a room.
    Where only one place fits, the subject can still be seen by itself in the one for anything.
    """
    names = [scene.name for scene in fit.kit.scenes]
    anywhere = _ranked(names, fit.scenes(fit.vector({ANYWHERE: 1.0})))[:1]
    score = fit.scenes(words)
    if float(score.max()) < SCENE_FLOOR:
        return anywhere
    if subjects:
        score = score + COMPANY * fit.scenes(fit.subject(subjects[0].name))
    best = _ranked(names, score)[0]
    others = _ranked(names, score + COMPANY * fit.scenes(fit.scene(best.name)))
    also = [one for one in others if one.similarity >= SECOND_FLOOR and one.name != best.name]
    if not also and subjects and anywhere[0].name != best.name:
        also = list(anywhere)
    return (best, *also)[:NUM_SCENES]


def with_others(scenes: tuple[Candidate, ...], words: Vector, fit: Fit) -> tuple[Candidate, ...]:
    """Fitting scenes, and after them all others of the kit by how well they fit."""
    ranked = _ranked([scene.name for scene in fit.kit.scenes], fit.scenes(words))
    fitting = {one.name for one in scenes}
    return (*scenes, *(one for one in ranked if one.name not in fitting))


def nearest_styles(
    meaning: Meaning, fit: Fit, style_vectors: Mapping[str, Vector]
) -> tuple[Candidate, ...]:
    """The styles by their creative vectors, nearest first; by words where there are no vectors.

    The first code says most: what the finer ones add can lead away from the kind of style that it
    is. Every measure counts by how far it tells the styles apart: the cosine is taken after the
    styles' mean is subtracted and each measure divided by its spread over them.
    """
    known = [style.name for style in fit.kit.styles if style.name in style_vectors]
    if len(known) < 2 or not meaning.creative:
        words = fit.vector(dict.fromkeys(meaning.style, 1.0) or {ANYWHERE: 1.0})
        return _ranked([style.name for style in fit.kit.styles], fit.styles(words))
    styles = np.stack([np.asarray(style_vectors[name], dtype=np.float64) for name in known])
    creative = np.asarray(meaning.creative, dtype=np.float64)
    assert creative.shape == styles[0].shape, f"{creative.shape} against {styles[0].shape}"
    if meaning.kind:
        creative += FIRST * (np.asarray(meaning.kind) - creative)
    spread = styles.std(axis=0)
    tells = spread > STYLE_STEP
    standard = (styles - styles.mean(axis=0))[:, tells] / spread[tells]
    asked = (creative - styles.mean(axis=0))[tells] / spread[tells]
    lengths = np.linalg.norm(standard, axis=1) * np.linalg.norm(asked)
    return _ranked(known, standard @ asked / np.maximum(lengths, 1e-9))


def kind_of(style: str, kinds: Sequence[StyleKind]) -> StyleKind:
    found = [kind for kind in kinds if kind.name == style]
    assert found, f"{style} is no style of the kit"
    return found[0]


def _ranked(names: Sequence[str], scores: Vector) -> tuple[Candidate, ...]:
    """The names with their scores, best first; equals keep their order."""
    order = np.argsort(-scores, kind="stable")
    return tuple(Candidate(names[place], float(scores[place])) for place in order)
