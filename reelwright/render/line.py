"""One line of type as the pieces that move by themselves, each where the whole line has it."""

from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.render.bidi import levels, visual
from reelwright.render.breaking import Word
from reelwright.render.shaping import Setting, measured


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece of a line at size 1: its text, its left edge and its width."""

    text: str
    x: float
    width: float


def laid_out(row: Sequence[Word], setting: Setting, space: float) -> list[Placed]:
    """The pieces of a line in the order in which they are read.

    A piece is a word, or as many words as would be torn or turned if they stood by themselves.
    """
    row = _unhyphenated(row)
    text = _joined(row)
    if setting.whole_lines:
        return [Placed(text, 0.0, measured(text, setting))]
    order = visual(levels(text, rtl=setting.rtl))
    spans = _pieces(row, text, order, rtl=setting.rtl)
    owners = {at: span for span in spans for at in range(*span)}
    found: dict[tuple[int, int], Placed] = {}
    x = 0.0
    for at in order:
        span = owners.get(at)
        if span is None:
            x += space
        elif span not in found:
            said = text[slice(*span)]
            found[span] = Placed(said, x, measured(said, setting))
            x += found[span].width
    return [found[span] for span in spans]


def _unhyphenated(row: Sequence[Word]) -> list[Word]:
    """Parts of one word on one line are whole again; at its end the hyphen is written."""
    found: list[Word] = []
    for word in row:
        if found and found[-1].hyphen:
            found[-1] = Word(found[-1].text + word.text, word.gap, word.hyphen)
        else:
            found.append(word)
    if found[-1].hyphen:
        found[-1] = Word(f"{found[-1].text}-", found[-1].gap)
    return found


def _joined(row: Sequence[Word]) -> str:
    """The words of a line as one text, without a space at its end."""
    return "".join(word.text + " " * word.gap for word in row[:-1]) + row[-1].text


def _pieces(
    row: Sequence[Word], text: str, order: Sequence[int], *, rtl: bool
) -> list[tuple[int, int]]:
    """Where each piece begins and ends in the text."""
    spans: list[tuple[int, int]] = []
    at = 0
    for word in row:
        spans.append((at, at + len(word.text)))
        at += len(word.text) + word.gap
    whole = levels(text, rtl=rtl)

    def stands_alone(span: tuple[int, int]) -> bool:
        """Whether a piece looks the same by itself as within the line."""
        start, end = span
        own = levels(text[start:end], rtl=rtl)
        places = [place for place, one in enumerate(order) if start <= one < end]
        return (
            places[-1] - places[0] == end - start - 1
            and [order[place] - start for place in places] == visual(own)
            and all(a % 2 == b % 2 for a, b in zip(own, whole[start:end], strict=True))
        )

    for _ in range(len(row)):
        torn = next((k for k, span in enumerate(spans) if not stands_alone(span)), None)
        if torn is None or len(spans) == 1:
            break
        ways = [k for k in (torn, torn - 1) if 0 <= k < len(spans) - 1]  # with the next, or before
        joined = {k: (spans[k][0], spans[k + 1][1]) for k in ways}
        best = next((k for k in ways if stands_alone(joined[k])), ways[0])
        spans[best : best + 2] = [joined[best]]
    return spans
