"""Where takes from the web lie, with all that is made of them; and how it is found and removed."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from reelwright.modify import consent
from reelwright.storage.blobs import Blobs
from reelwright.storage.consents import Consents
from reelwright.storage.takes import Rework, Take, Takes

REVOKED = "Consent was revoked."


class Cabinet:
    """Rows, files and the traces by which a revocation finds the files, kept in step."""

    def __init__(self, takes: Takes, blobs: Blobs, consents: Consents, catalogue: Blobs) -> None:
        self.takes = takes
        self.blobs = blobs
        self.consents = consents
        self.catalogue = catalogue  # of the feed, which a film may have joined

    def receive(self, take: Take, film: Path, now_s: float) -> Take:
        """Keep somebody's film; the same film again is the take that it was."""
        key = self.blobs.put_file(film)
        self._note(take.footage, key, "take", now_s)
        return self.takes.add(replace(take, film=key))

    def keep(self, take: Take, path: Path, now_s: float) -> str:
        """The key of what was made of a take, noted before anybody sees it."""
        key = self.blobs.put_file(path)
        self._note(take.footage, key, path.suffix.lstrip("."), now_s)
        return key

    def drop(self, footage: str, keys: Collection[str]) -> None:
        """Remove what no row shows."""
        unused = {self._place(key) for key in keys if key and not self.takes.uses(key)}
        self._clear(footage, unused)

    def sweep(self, footage: str, folder: Path) -> None:
        """Forget what was noted of files that lay in this folder for a moment."""
        here = folder.absolute()
        for trace in self.consents.traces(footage):
            if Path(trace.place).is_relative_to(here):
                self.consents.forget(trace)

    def remove(self, work: Rework) -> None:
        """Forget a film that was made, or was to be."""
        take = self.takes.get(work.take)
        self.takes.remove(work.id)
        if take is not None:
            self.drop(take.footage, (work.film, work.poster))

    def forget(self, take: Take) -> None:
        """Forget a take and all that was made of it here. What was agreed stays written down."""
        self.takes.forget(take.id)
        ours = self.blobs.folder.absolute()
        places = {
            trace.place
            for trace in self.consents.traces(take.footage)
            if Path(trace.place).is_relative_to(ours)
        }
        self._clear(take.footage, places)

    def revoke(self, which: str, now_s: float) -> consent.Removed:
        """End an agreement, by its id, or all for a film, by its SHA-256.

        Its take ends with it, and what was made of it goes, here and elsewhere.
        """
        record = self.consents.find(which)
        take = self.takes.of(record.footage if record else which)
        if take is not None:
            self.takes.empty(take.id, REVOKED, now_s)
        return consent.revoke(self.consents, self.catalogue, which, now_s=now_s)

    def _clear(self, footage: str, places: Collection[str]) -> None:
        for trace in self.consents.traces(footage):
            if trace.place in places:
                Path(trace.place).unlink(missing_ok=True)
                self.consents.forget(trace)

    def _place(self, key: str) -> str:
        return str(self.blobs.path(key).absolute())

    def _note(self, footage: str, key: str, kind: str, now_s: float) -> None:
        consent.note(self.consents, footage, self.blobs.path(key), kind, now_s=now_s)
