"""What the model reads of a viewer."""

import numpy as np

from reelwright.domain import Attribute, Deed, EventKind, Origin, SemanticId, Viewer
from reelwright.recommender.context import GAP_EDGES_S, WEIGHT_EDGES, read, side_by_side


def deed(number: int, weight: float, at_s: float) -> Deed:
    sid = SemanticId((number, 0), (0, number))
    return Deed(f"v{number}", sid, EventKind.PLAY, weight, at_s)


def test_the_last_deeds_are_read_with_weights_and_pauses_in_buckets() -> None:
    history = (deed(1, 1.0, 0.0), deed(2, -9.0, 5.0), deed(3, 0.0, 50.0), deed(4, 9.0, 1e9))
    reading = read(Viewer(id="u", history=history), history=3, depth=4)
    assert reading.codes_TL.tolist() == [[2, 0, 0, 2], [3, 0, 0, 3], [4, 0, 0, 4]]
    assert reading.weight_T.tolist() == [0, WEIGHT_EDGES.index(0.05), len(WEIGHT_EDGES)]
    assert reading.gap_T.tolist() == [len(GAP_EDGES_S), 1, len(GAP_EDGES_S)]


def test_a_stranger_is_read_as_nothing() -> None:
    reading = read(Viewer(id="u"), history=3, depth=4)
    assert len(reading) == 0
    assert reading.codes_TL.shape == (0, 4)
    assert side_by_side([reading]).has_deed_BT.shape == (1, 0)


def test_an_attribute_has_a_token_for_each_value_and_one_for_none() -> None:
    def parts(value: str, origin: Origin = Origin.DECLARED) -> list[list[int]]:
        viewer = Viewer(id="u", attributes=(Attribute("interests", value, origin),))
        tokens: list[list[int]] = read(viewer, history=3, depth=4).attributes_AP.tolist()
        return tokens

    assert parts("trains, coffee") == parts("trains") + parts("coffee")
    assert len(parts("")) == 1, "missing is a value"
    different = [parts(""), parts("trains"), parts("coffee"), parts("coffee", Origin.OBSERVED)]
    assert len({str(tokens) for tokens in different}) == 4
    assert len({tokens[0][0] for tokens in different}) == 1, "the name is the same"


def test_side_by_side_pads_at_the_end() -> None:
    long = read(Viewer(id="u", history=(deed(1, 1.0, 0.0), deed(2, 1.0, 9.0))), history=9, depth=4)
    short = read(Viewer(id="w", history=(deed(3, 1.0, 0.0),)), history=9, depth=4)
    batch = side_by_side([long, short])
    assert batch.has_deed_BT.tolist() == [[True, True], [True, False]]
    assert batch.codes_BTL[1, 0].tolist() == [3, 0, 0, 3]
    assert np.array_equal(batch.weight_BT[0], long.weight_T)


def test_what_was_liked_however_little_counts_where_it_was_met_first() -> None:
    history = tuple(
        Deed(video, SemanticId((0, 0), (0, 0)), EventKind.PLAY, weight, 0.0)
        for video, weight in (("b", 0.01), ("a", 1.0), ("b", 2.0), ("c", 0.0), ("d", 9.0))
    )
    rows = {"a": 1, "b": 2, "c": 3}
    reading = read(Viewer(id="u", history=history), history=9, depth=4, rows=rows)
    assert reading.liked.tolist() == [0, 1], "c was not liked, d is not known"
