"""The tables as the program uses them; `migrations.py` is what makes them so."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

metadata = MetaData()

NUMBER = BigInteger().with_variant(Integer, "sqlite")
VIDEO = (["tenant", "video"], ["videos.tenant", "videos.id"])

videos = Table(
    "videos",
    metadata,
    Column("seq", NUMBER, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("id", Text, nullable=False),
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
    Column("withdrawn_s", Double),  # since then it cannot be watched any more
)

sids = Table(
    "sids",
    metadata,
    Column("seq", NUMBER, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("codebook", Text, nullable=False),
    Column("video", Text, nullable=False),
    Column("sid", Text, nullable=False),  # as `str(SemanticId)` writes it
    ForeignKeyConstraint(*VIDEO),
)

encodings = Table(
    "encodings",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("encoder", Text, primary_key=True),
    Column("video", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),  # little-endian float32
    Column("creative", LargeBinary, nullable=False),
    Column("traits", JSON, nullable=False),
    ForeignKeyConstraint(*VIDEO),
)

events = Table(
    "events",
    metadata,
    Column("seq", NUMBER, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("id", Text, nullable=False),
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
    Column("seq", NUMBER, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("id", Text, nullable=False),
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
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("attributes", JSON, nullable=False),
)

renders = Table(
    "renders",
    metadata,
    Column("tenant", Text, primary_key=True),
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
    Column("video", Text),
    Column("manifest", JSON(none_as_null=True)),
    Column("blueprint", JSON(none_as_null=True)),
    Column("ended_s", Double),
    Column("steps", JSON(none_as_null=True)),  # of the plan, as the studio yielded them
    Column("wanted_s", Double, nullable=False),  # when `priority` was true; it fades from then on
    Column("bytes", BigInteger, nullable=False),  # of the clip's files
    Column("pinned", Boolean, nullable=False),  # never withdrawn to make room
    Column("begun_s", Double),  # when the newest claim was made
    ForeignKeyConstraint(*VIDEO),
)

wanters = Table(  # who asked for what too few want so far; gone once it is made, or is not wanted
    "wanters",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("wish", Text, primary_key=True),
    Column("who", Text, primary_key=True),  # a digest of viewer and wish
    Column("at_s", Double, nullable=False),
)

makings = Table(  # every attempt to make a wish
    "makings",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("wish", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("worker", Text, nullable=False),
    Column("began_s", Double, nullable=False),
    Column("ended_s", Double),
    Column("outcome", Text, nullable=False),  # empty while it is under way
)

demand = Table(  # how much what was made is watched
    "demand",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("video", Text, primary_key=True),
    Column("views", BigInteger, nullable=False),
    Column("weight", Double, nullable=False),  # views, faded, as it was at `weighed_s`
    Column("weighed_s", Double, nullable=False),
)

ways = Table(  # how often wishes were answered in which way
    "ways",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("hour", Integer, primary_key=True),  # since 1970
    Column("way", Text, primary_key=True),
    Column("answers", BigInteger, nullable=False),
)

erasures = Table(  # how often somebody's data was erased, and when: not whose
    "erasures",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("at_s", Double, nullable=False),
)

withdrawals = Table(  # what cannot be watched any more, in the order in which it went
    "withdrawals",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("video", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("blobs", JSON, nullable=False),  # its files
    Column("at_s", Double, nullable=False),
    Column("swept", Boolean, nullable=False),  # whether they were deleted
)

models = Table(
    "models",
    metadata,
    Column("seq", NUMBER, primary_key=True),
    Column("tenant", Text, nullable=False),
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
    Column("source", Text, nullable=False),  # a take; then `wish` names what is made of it
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

consents = Table(  # of people to what is made of a film that shows them
    "consents",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("footage", Text, nullable=False),  # SHA-256 of the film
    Column("person", Text, nullable=False),  # a digest of footage and name
    Column("who", Text, nullable=False),  # empty once it was revoked
    Column("scope", JSON, nullable=False),  # words, see modify/consent.py
    Column("made_s", Double, nullable=False),
    Column("until_s", Double, nullable=False),
    Column("revoked_s", Double),
)

traces = Table(  # what was made of such a film, so that it can be found again
    "traces",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("footage", Text, primary_key=True),
    Column("place", Text, primary_key=True),  # the file's path
    Column("kind", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("video", Text, nullable=False),  # its id in the catalogue, if it ever joins that
    Column("made_s", Double, nullable=False),
)

takes = Table(  # filmed performances that somebody brought over the web
    "takes",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("footage", Text, nullable=False),  # SHA-256 of the film
    Column("name", Text, nullable=False),
    Column("film", Text, nullable=False),  # key among the blobs of takes; empty once it is gone
    Column("shown", Text, nullable=False),  # the same for browsers; likewise those below
    Column("performance", Text, nullable=False),
    Column("strip", Text, nullable=False),
    Column("facts", JSON, nullable=False),  # of the probe, and of the analysis once it is there
    Column("made_s", Double, nullable=False),
)

reworks = Table(  # what is to be done with takes: measured, or made into a film of another world
    "reworks",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("take", Text, nullable=False),
    Column("kind", Text, nullable=False),  # measure, world
    Column("world", Text, nullable=False),
    Column("costume", Text, nullable=False),
    Column("strength", Text, nullable=False),
    Column("state", Text, nullable=False),  # pending, making, done, refused, failed, revoked
    Column("step", Text, nullable=False),  # what is done just now
    Column("share", Double, nullable=False),  # of that step
    Column("reason", Text, nullable=False),
    Column("film", Text, nullable=False),
    Column("poster", Text, nullable=False),
    Column("card", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),  # a fence too: only the last may end it
    Column("lease_until_s", Double, nullable=False),
    Column("made_s", Double, nullable=False),
    Column("begun_s", Double),
    Column("ended_s", Double),
)
