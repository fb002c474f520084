"""What others published on the same three data sets: full ranking, leave one out.

Where a figure was read matters: `repository` means in the named repository, `second-hand` that
another document quotes the paper. None stands for what was not reported or not found.
"""

from collections.abc import Mapping
from dataclasses import dataclass

METRICS = ("recall_at_5", "recall_at_10", "ndcg_at_5", "ndcg_at_10")
Four = tuple[float | None, float | None, float | None, float | None]

S3REC = "full-ranking table of the repository CIKM2020-S3Rec"
ESASREC = "repository blondered/transformer_benchmark (seen items masked)"
PHONISM = "README of the repository phonism/genrec"


@dataclass(frozen=True, slots=True)
class Published:
    """One method's figures in the order of `METRICS`, by data set, and where they were read."""

    method: str
    source: str
    figures: Mapping[str, Four]


PUBLISHED = (
    Published(
        "PopRec",
        S3REC,
        {
            "beauty": (0.0080, 0.0152, 0.0044, 0.0068),
            "sports": (0.0056, 0.0094, 0.0041, 0.0053),
            "toys": (0.0066, 0.0113, 0.0046, 0.0061),
        },
    ),
    Published(
        "SASRec, binary loss, one negative",
        S3REC,
        {
            "beauty": (0.0387, 0.0605, 0.0249, 0.0318),
            "sports": (0.0233, 0.0350, 0.0154, 0.0192),
            "toys": (0.0463, 0.0675, 0.0306, 0.0374),
        },
    ),
    Published(
        "S3-Rec",
        S3REC,
        {
            "beauty": (0.0387, 0.0647, 0.0244, 0.0327),
            "sports": (0.0251, 0.0385, 0.0161, 0.0204),
            "toys": (0.0443, 0.0700, 0.0294, 0.0376),
        },
    ),
    Published(
        "SASRec, tuned (Cornac)",
        "README of Cornac's TIGER example (repository PreferredAI/cornac)",
        {"beauty": (0.0508, 0.0740, 0.0348, 0.0423)},
    ),
    Published(
        "SASRec, sampled softmax",
        ESASREC,
        {
            "beauty": (None, 0.0921, None, 0.0531),
            "sports": (None, 0.0569, None, 0.0314),
            "toys": (None, 0.0970, None, 0.0580),
        },
    ),
    Published(
        "eSASRec",
        ESASREC,
        {
            "beauty": (None, 0.0928, None, 0.0523),
            "sports": (None, 0.0560, None, 0.0323),
            "toys": (None, 0.0939, None, 0.0538),
        },
    ),
    Published(
        "HSTU, run again by eSASRec's authors",
        ESASREC,
        {
            "beauty": (None, 0.0788, None, 0.0439),
            "sports": (None, 0.0437, None, 0.0243),
            "toys": (None, 0.0778, None, 0.0450),
        },
    ),
    Published(
        "TIGER, paper",
        "READMEs of the repositories XiaoLongtaoo/TIGER and phonism/genrec, which agree",
        {
            "beauty": (0.0454, 0.0648, 0.0321, 0.0384),
            "sports": (0.0264, 0.0400, 0.0181, 0.0225),
            "toys": (0.0521, 0.0712, 0.0371, 0.0432),
        },
    ),
    Published(
        "TIGER, best recipe of Cornac",
        "repository PreferredAI/cornac",
        {
            "beauty": (0.0419, 0.0634, 0.0270, 0.0338),
            "sports": (0.0240, 0.0394, 0.0155, 0.0204),
            "toys": (0.0362, 0.0583, 0.0237, 0.0308),
        },
    ),
    Published(
        "TIGER (phonism)",
        PHONISM,
        {
            "beauty": (0.0465, 0.0721, 0.0297, 0.0378),
            "sports": (0.0266, 0.0414, 0.0176, 0.0224),
            "toys": (0.0420, 0.0647, 0.0280, 0.0350),
        },
    ),
    Published(
        "LC-Rec, Qwen3 (phonism)",
        PHONISM,
        {
            "beauty": (0.0525, 0.0791, 0.0352, 0.0438),
            "sports": (0.0281, 0.0422, 0.0181, 0.0226),
            "toys": (0.0444, 0.0683, 0.0294, 0.0371),
        },
    ),
    Published(
        "COBRA",
        "second-hand: notes on BARGE",
        {
            "beauty": (None, 0.0725, None, 0.0456),
            "sports": (None, 0.0434, None, 0.0257),
        },
    ),
    Published(
        "ActionPiece, mean of 5 seeds",
        "second-hand: README of a replication",
        {
            "beauty": (0.0511, 0.0775, 0.0340, 0.0424),
            "sports": (0.0316, 0.0500, 0.0205, 0.0264),
        },
    ),
    Published(
        "RPG, paper",
        "pull request 715 of PreferredAI/cornac",
        {
            "beauty": (0.0550, 0.0809, 0.0381, 0.0464),
            "sports": (0.0314, 0.0463, 0.0216, 0.0263),
            "toys": (0.0592, 0.0869, 0.0401, 0.0490),
        },
    ),
    Published(
        "RPG, run again by Cornac",
        "pull request 715 of PreferredAI/cornac",
        {
            "beauty": (0.0533, 0.0789, 0.0372, 0.0454),
            "sports": (0.0288, 0.0420, 0.0198, 0.0241),
            "toys": (0.0613, 0.0898, 0.0415, 0.0506),
        },
    ),
    Published(
        "EAGER-LLM",
        "second-hand",
        {
            "beauty": (0.0548, 0.0830, 0.0369, 0.0459),
            "sports": (0.0373, 0.0569, 0.0251, 0.0315),
        },
    ),
    Published(
        "BARGE",
        "second-hand: notes on the paper",
        {
            "beauty": (None, 0.0927, None, 0.0547),
            "sports": (None, 0.0544, None, 0.0308),
        },
    ),
    Published(
        "OpenOneRec (8B scale; its Beauty has 194,687 events, not 198,502)",
        "README of the repository Kuaishou-OneRec/OpenOneRec",
        {
            "beauty": (None, 0.0924, None, None),
            "sports": (None, 0.0547, None, None),
            "toys": (None, 0.0953, None, None),
        },
    ),
)
