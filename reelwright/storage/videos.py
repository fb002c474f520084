"""The videos that can be watched, their semantic IDs and what was measured of them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert  # written alike for SQLite

from reelwright.domain import SemanticId, Traits, Video
from reelwright.storage.database import Database
from reelwright.storage.schema import encodings, sids, videos, withdrawals

Vector = NDArray[np.float32]

THERE = videos.c.withdrawn_s.is_(None)
COLUMNS = [videos.c[name] for name in Video.__dataclass_fields__]

RENAME = update(videos).where(
    videos.c.tenant == bindparam("owner"), videos.c.id == bindparam("video")
)
FORGET = delete(encodings).where(
    encodings.c.tenant == bindparam("owner"), encodings.c.video == bindparam("video")
)


class Videos:
    """What exists. Rows are added, and renamed at most; codes follow when there is a codebook."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def add(self, video: Video, *, added_s: float) -> bool:
        """Whether it was new: a video whose id is known already is left as it is."""
        with self.db.write() as connection:
            return insert_video(connection, self.db.tenant, video, added_s=added_s)

    def rename(self, named: Mapping[str, tuple[str, tuple[str, ...]]]) -> None:
        """Give videos other titles and tags; what was measured with the old ones is forgotten."""
        owner = self.db.tenant
        cells = [
            {"owner": owner, "video": id_, "title": title, "tags": list(tags)}
            for id_, (title, tags) in named.items()
        ]
        if cells:
            with self.db.write() as connection:
                connection.execute(RENAME, cells)
                connection.execute(FORGET, [{"owner": owner, "video": id_} for id_ in named])

    def all(self) -> list[Video]:
        """Every video, in the order in which they came."""
        return [video for _, video in self.added_after(0)]

    def get(self, id_: str) -> Video | None:
        found = select(*COLUMNS).where(self.db.own(videos), videos.c.id == id_)
        with self.db.read() as connection:
            row = connection.execute(found).first()
        return None if row is None else to_video(row)

    def added_after(self, seq: int) -> list[tuple[int, Video]]:
        """The videos that came after the one numbered `seq`, each with its number."""
        own = select(*COLUMNS, videos.c.seq).where(self.db.own(videos))
        newer = own.where(videos.c.seq > seq, THERE)
        with self.db.read() as connection:
            rows = connection.execute(newer.order_by(videos.c.seq))
            return [(row.seq, to_video(row)) for row in rows]

    def set_sids(self, codebook: str, sids_: Mapping[str, SemanticId]) -> None:
        """Name videos in the codes of `codebook`. A codebook says the same of a video for ever."""
        if sids_:
            with self.db.write() as connection:
                insert_sids(connection, self.db.tenant, codebook, sids_)

    def sids(self, codebook: str) -> dict[str, SemanticId]:
        """The name of every video that has one in these codes."""
        return {video.id: sid for _, video, sid in self.named_after(codebook, 0)}

    def named_after(
        self, codebook: str, seq: int, *, gone_too: bool = False
    ) -> list[tuple[int, Video, SemanticId]]:
        """Videos in the order in which they were named, from the name after `seq` on.

        Those that were withdrawn are left out, unless somebody's history is to be read.
        """
        named = select(*COLUMNS, sids.c.seq, sids.c.sid).join(sids, sids.c.video == videos.c.id)
        own = named.where(self.db.own(sids, videos), sids.c.codebook == codebook)
        newer = own.where(sids.c.seq > seq)
        if not gone_too:
            newer = newer.where(THERE)
        with self.db.read() as connection:
            return [
                (row.seq, to_video(row), SemanticId.parse(row.sid))
                for row in connection.execute(newer.order_by(sids.c.seq))
            ]

    def withdrawn_after(self, seq: int) -> list[tuple[int, str]]:
        """Ids of videos in the order in which they were withdrawn, each with its number."""
        newer = select(withdrawals.c.seq, withdrawals.c.video).where(
            self.db.own(withdrawals), withdrawals.c.seq > seq
        )
        with self.db.read() as connection:
            rows = connection.execute(newer.order_by(withdrawals.c.seq))
            return [(row.seq, row.video) for row in rows]

    def keep_encoding(
        self, video_id: str, encoder: str, content: Vector, creative: Vector, traits: Traits
    ) -> None:
        """Keep what this version of the encoder measured, over what it measured before."""
        measured = {
            "content": content.astype("<f4").tobytes(),
            "creative": creative.astype("<f4").tobytes(),
            "traits": asdict(traits),
        }
        row = insert(encodings).values(
            tenant=self.db.tenant, video=video_id, encoder=encoder, **measured
        )
        keys = ["tenant", "encoder", "video"]
        with self.db.write() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=keys, set_=measured))

    def encodings(self, encoder: str) -> dict[str, tuple[Vector, Vector, Traits]]:
        """Everything that this version of the encoder measured: content, creative and traits."""
        own = select(encodings).where(self.db.own(encodings))
        measured = own.where(encodings.c.encoder == encoder)
        with self.db.read() as connection:
            return {
                row.video: (_vector(row.content), _vector(row.creative), _traits(row.traits))
                for row in connection.execute(measured.order_by(encodings.c.video))
            }


def insert_video(connection: Connection, tenant: str, video: Video, *, added_s: float) -> bool:
    """`Videos.add` inside a transaction that does more than that.

    One that was withdrawn is there again.
    """
    cells = asdict(video)
    new = insert(videos).values(tenant=tenant, **cells, added_s=added_s)
    new = new.on_conflict_do_update(
        index_elements=["tenant", "id"],
        set_=cells | {"withdrawn_s": None},
        where=videos.c.withdrawn_s.is_not(None),
    )
    return connection.execute(new.returning(videos.c.seq)).first() is not None


def forget_sid(connection: Connection, tenant: str, codebook: str, video_id: str) -> None:
    """What comes again is named again, so that all who watch for names hear of it."""
    its = (sids.c.tenant == tenant) & (sids.c.codebook == codebook) & (sids.c.video == video_id)
    connection.execute(delete(sids).where(its))


def insert_sids(
    connection: Connection, tenant: str, codebook: str, sids_: Mapping[str, SemanticId]
) -> None:
    """`Videos.set_sids` inside a transaction that does more than that."""
    rows = [
        {"tenant": tenant, "codebook": codebook, "video": id_, "sid": str(sid)}
        for id_, sid in sids_.items()
    ]
    new = insert(sids).on_conflict_do_nothing(index_elements=["tenant", "codebook", "video"])
    connection.execute(new, rows)


def to_video(row: Any) -> Video:
    """A row that has the columns of `COLUMNS`, whatever else."""
    cells = {name: getattr(row, name) for name in Video.__dataclass_fields__}
    return Video(**cells | {"tags": tuple(cells["tags"])})


def _vector(data: bytes) -> Vector:
    return np.frombuffer(data, "<f4").astype(np.float32)  # a copy, so that it can be written to


def _traits(cells: dict[str, Any]) -> Traits:
    return Traits(**cells | {"palette": tuple(tuple(colour) for colour in cells["palette"])})
