"""The page of the leaderboard: every row that was measured, beside what others published."""

from pathlib import Path

from contests import ring

from reelwright.bench.published import METRICS, PUBLISHED
from reelwright.bench.recommend import PROTOCOLS, Bench
from reelwright.bench.standings import page
from reelwright.leaderboard.itemknn import ItemKnn
from reelwright.leaderboard.popularity import Popularity
from reelwright.progress import silent


def figures(tmp_path: Path) -> dict[str, float]:
    bench = Bench(tmp_path, silent, print, lambda run: lambda what, value, step: None)
    return bench.measure([ring()], [Popularity(), ItemKnn()], protocols=PROTOCOLS["every"], seeds=1)


def test_every_row_stands_under_every_protocol_the_best_first(tmp_path: Path) -> None:
    text = page(figures(tmp_path))
    assert text.startswith("## ring\n\n### The validation item not trained on")
    assert text.count("| `itemknn` |") == text.count("| `popularity` |") >= 3
    assert text.index("| `itemknn` |") < text.index("| `popularity` |")
    assert "Published" not in text  # nobody else has run the ring
    for table in (block for block in text.split("\n\n") if block.startswith("|")):
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_the_spread_stands_beside_the_mean() -> None:
    key = "beauty_ours_sid_held_"
    made = {f"{key}{metric}": 0.05 for metric in METRICS}
    made |= {f"{key}{metric}_unmasked": 0.04 for metric in METRICS}
    made |= {f"{key}recall_at_10_spread": 0.0012, f"{key}seconds": 90.0, f"{key}seeds": 3}
    text = page(made)
    assert "| `ours_sid` | 0.0500 | 0.0500 ± 0.0012 | 0.0500 | 0.0500 |" in text
    assert "| 0.0400 / 0.0400 | - | 1.5 | 3 |" in text
    assert "| eSASRec | - | 0.0928 | - | 0.0523 | repository blondered" in text


def test_what_others_published_is_plausible_and_says_where_it_was_read() -> None:
    for peer in PUBLISHED:
        assert peer.source
        assert peer.figures.keys() <= {"beauty", "sports", "toys"}
        for five, ten, ndcg_five, ndcg_ten in peer.figures.values():
            assert ten is not None
            assert five is None or five < ten
            assert ndcg_ten is None or ndcg_ten < ten
            assert ndcg_five is None or ndcg_ten is None or ndcg_five < ndcg_ten
