"""The leaderboard as a page: a table for each data set, with published rows beside what was run."""

import re
from collections.abc import Iterator, Mapping, Sequence

from reelwright.bench.published import METRICS, PUBLISHED, Published

Figures = Mapping[str, float]

HEADS = {
    "held": "The validation item not trained on",
    "all": "The validation item trained on too",
    "removed": "Items taken out of everything that is learned from: only they are asked for",
}
COLUMNS = "| {first} | Recall@5 | Recall@10 | NDCG@5 | NDCG@10 | {last} |"
RULE = "|---|---:|---:|---:|---:|{last}|"
RUN = re.compile(rf"(.+?)_(.+)_({'|'.join(HEADS)})_{METRICS[0]}")


def page(figures: Figures) -> str:
    """Every data set in the order of the figures."""
    runs: dict[str, dict[str, list[str]]] = {}
    for name in figures:
        if found := RUN.fullmatch(name):
            dataset, row, protocol = found.groups()
            runs.setdefault(dataset, {}).setdefault(protocol, []).append(row)
    return "\n\n".join(
        block for dataset, rows in runs.items() for block in _dataset(figures, dataset, rows)
    )


def _dataset(figures: Figures, dataset: str, rows: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield f"## {dataset}"
    for protocol, head in HEADS.items():
        if protocol in rows:
            yield f"### {head}"
            yield "\n".join(_measured(figures, dataset, protocol, rows[protocol]))
    if cold := [
        row for row in rows.get("held", ()) if f"{dataset}_{row}_cold_recall_at_10" in figures
    ]:
        yield "### Items never seen in training"
        yield "\n".join(_cold(figures, dataset, cold))
    if known := [peer for peer in PUBLISHED if dataset in peer.figures]:
        yield "### Published by others"
        yield "\n".join(_published(dataset, known))


def _measured(figures: Figures, dataset: str, protocol: str, rows: Sequence[str]) -> Iterator[str]:
    """Seen items masked, and the same ranking with none masked, in the order of Recall@10."""
    yield COLUMNS.format(first="row", last="unmasked R@10 / N@10 | epochs | minutes | seeds")
    yield RULE.format(last="---:|---:|---:|---:")
    prefix = f"{dataset}_{{}}_{protocol}_".format
    for row in sorted(rows, key=lambda row: -figures[prefix(row) + "recall_at_10"]):
        key = prefix(row)
        cells = [_spread(figures, key + metric) for metric in METRICS]
        unmasked = " / ".join(
            _spread(figures, f"{key}{metric}_unmasked") for metric in ("recall_at_10", "ndcg_at_10")
        )
        epochs = f"{figures[key + 'epochs']:.1f}" if key + "epochs" in figures else "-"
        minutes, seeds = f"{figures[key + 'seconds'] / 60:.1f}", f"{figures[key + 'seeds']:.0f}"
        yield f"| `{row}` | {' | '.join([*cells, unmasked, epochs, minutes, seeds])} |"


def _cold(figures: Figures, dataset: str, rows: Sequence[str]) -> Iterator[str]:
    yield "| row | Recall@10 | NDCG@10 | users |"
    yield "|---|---:|---:|---:|"
    for row in sorted(rows, key=lambda row: -figures[f"{dataset}_{row}_cold_recall_at_10"]):
        key = f"{dataset}_{row}_cold_"
        cells = [_spread(figures, key + metric) for metric in ("recall_at_10", "ndcg_at_10")]
        yield f"| `{row}` | {' | '.join(cells)} | {figures[key + 'cases']:.0f} |"


def _published(dataset: str, peers: Sequence[Published]) -> Iterator[str]:
    yield COLUMNS.format(first="method", last="read in")
    yield RULE.format(last="---")
    for peer in sorted(peers, key=lambda peer: -(peer.figures[dataset][1] or 0.0)):
        cells = ["-" if value is None else f"{value:.4f}" for value in peer.figures[dataset]]
        yield f"| {peer.method} | {' | '.join(cells)} | {peer.source} |"


def _spread(figures: Figures, name: str) -> str:
    """Mean and standard deviation over seeds; the mean alone where there is one."""
    spread = figures.get(f"{name}_spread")
    return f"{figures[name]:.4f}" + (f" ± {spread:.4f}" if spread is not None else "")
