"""Consents on a page: who agreed to what, whether it still counts, and what was made."""

from collections.abc import Sequence
from dataclasses import asdict

from reelwright.storage.consents import Consent, Trace
from reelwright.storage.listing import day

NOBODY = (
    "Nobody's consent is recorded. reelwright consent record FOOTAGE --who NAME --scope WORDS "
    "--until DATE records one."
)


def rows(records: Sequence[Consent], made: Sequence[Trace], *, now_s: float) -> dict[str, object]:
    """For other programs."""
    return {
        "consents": [asdict(one) | {"holds": one.holds(now_s)} for one in records],
        "made": [asdict(trace) for trace in made],
    }


def table(records: Sequence[Consent], made: Sequence[Trace], *, now_s: float) -> str:
    """For people."""
    told = [f"{one.id}  {_state(one, now_s)}" for one in records]
    files = [f"made {day(trace.made_s)}  {trace.kind}  {trace.place}" for trace in made]
    return "\n".join([*(told or [NOBODY]), *files])


def _state(one: Consent, now_s: float) -> str:
    if one.revoked_s is not None:
        return f"revoked {day(one.revoked_s)}"
    until = f"{'until' if one.holds(now_s) else 'ended'} {day(one.until_s)}"
    return f"{one.who}: {', '.join(one.scope)}, {until}"
