"""The tables as the program uses them; `migrations.py` is what makes them so."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

metadata = MetaData()

videos = Table(
    "videos",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("film", Text, nullable=False),
    Column("poster", Text, nullable=False),
    Column("duration_s", Double, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("fps", Double, nullable=False),
    Column("has_sound", Boolean, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("wish", Text, nullable=False),
    Column("added_s", Double, nullable=False),
    Column("preview", Text, nullable=False),  # empty for none
    Column("captions", Text, nullable=False),  # likewise
)

sids = Table(
    "sids",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("codebook", Text, nullable=False),
    Column("video", Text, ForeignKey("videos.id"), nullable=False),
    Column("sid", Text, nullable=False),  # as `str(SemanticId)` writes it
)

encodings = Table(
    "encodings",
    metadata,
    Column("encoder", Text, primary_key=True),
    Column("video", Text, ForeignKey("videos.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),  # little-endian float32
    Column("creative", LargeBinary, nullable=False),
    Column("traits", JSON, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("viewer", Text, nullable=False),
    Column("video", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at_s", Double, nullable=False),
    Column("value", Double, nullable=False),
    Column("impression", Text, nullable=False),
)

impressions = Table(
    "impressions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("viewer", Text, nullable=False),
    Column("video", Text, nullable=False),
    Column("wish", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("probability", Double, nullable=False),
    Column("position", Integer, nullable=False),
    Column("at_s", Double, nullable=False),
)

viewers = Table(
    "viewers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("attributes", JSON, nullable=False),
)

renders = Table(
    "renders",
    metadata,
    Column("key", Text, primary_key=True),  # of the wish
    Column("wish", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("priority", Double, nullable=False),  # how many viewers are expected to want it
    Column("asked", Integer, nullable=False),
    Column("asked_s", Double, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),  # of the newest claim; older claims are void
    Column("worker", Text, nullable=False),
    Column("lease_until_s", Double, nullable=False),
    Column("reason", Text, nullable=False),  # why the last attempt came to nothing
    Column("video", Text, ForeignKey("videos.id")),
    Column("manifest", JSON(none_as_null=True)),
    Column("blueprint", JSON(none_as_null=True)),
    Column("ended_s", Double),
    Column("steps", JSON(none_as_null=True)),  # of the plan, as the studio yielded them
    Column("begun_s", Double),  # when the newest claim was made
)

models = Table(
    "models",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),  # SHA-256 of the payload, shortened
    Column("blob", Text, nullable=False),
    Column("measures", JSON, nullable=False),
    Column("kept_s", Double, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("prefix", Text, primary_key=True),  # a part of the key that may be seen
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),  # of the whole key
    Column("scopes", JSON, nullable=False),
    Column("made_s", Double, nullable=False),
    Column("expires_s", Double),
    Column("revoked_s", Double),
)

sessions = Table(
    "sessions",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("digest", Text, primary_key=True),  # of what the browser holds
    Column("prefix", Text, nullable=False),  # of the key that it was signed in with
    Column("until_s", Double, nullable=False),
)

orders = Table(
    "orders",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("wish", Text, nullable=False),  # its key
    Column("prompt", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("size", Text, nullable=False),
    Column("seconds", Text, nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("asked_by", Text, nullable=False),  # prefix of a key, or an address
    Column("idempotency", Text),
    Column("digest", Text, nullable=False),
    Column("webhook_url", Text, nullable=False),  # empty for none
    Column("announced", Boolean, nullable=False),  # its end lies in the outbox, if it has to
    Column("made_s", Double, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),  # of the event: the same with every attempt
    Column("order_id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_s", Double, nullable=False),
    Column("ended_s", Double),
    Column("reason", Text, nullable=False),  # why the last attempt came to nothing
)

secrets = Table(
    "secrets",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
