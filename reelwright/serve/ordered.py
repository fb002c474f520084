"""What goes over the wire at /v1/videos, in the form of OpenAI's clients and of vLLM-Omni."""

import json
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from reelwright.storage.orders import Order

MODEL: Final = "reelwright"
STATUS = {  # by the state of the render row
    "wanted": "queued",
    "pending": "queued",
    "making": "in_progress",
    "done": "completed",
    "failed": "failed",
    "refused": "failed",
    "buried": "failed",
    "evicted": "failed",
    "revoked": "failed",
}
WITHDRAWN = "It was withdrawn to make room. Order it again."
UNSEEN = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"  # what no prompt holds

Status = Literal["queued", "in_progress", "completed", "failed"]
Size = Literal[
    "360x640", "640x360", "480x832", "832x480", "720x720", "720x1280", "1280x720",
    "1024x1792", "1792x1024", "1080x1080", "1080x1920", "1920x1080",
]  # fmt: skip
Whole = Annotated[int, Field(ge=1, le=60)]
Written = Annotated[str, Field(pattern=r"^([1-9]|[1-5][0-9]|60)(\.0)?$")]
Name = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,64}$")]
Source = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[!-~]+$")]
Dial = Literal[
    "adhere_1", "adhere_2", "adhere_3", "flex_1", "flex_2", "flex_3",
    "reimagine_1", "reimagine_2", "reimagine_3",
]  # fmt: skip
Line = Annotated[str, Field(max_length=512, pattern=rf"^[^{UNSEEN}]*$")]


class VideoAsked(BaseModel):
    """A video in somebody's words."""

    model_config = ConfigDict(extra="forbid")

    prompt: str = Field(
        min_length=1,
        max_length=2_000,
        pattern=rf"^[^{UNSEEN}]*[^\s{UNSEEN}][^{UNSEEN}]*$",
        description="What it is about and how it is made, in plain words.",
    )
    model: Literal["reelwright"] = MODEL
    seconds: Whole | Written | None = Field(None, description="How long; as set, where missing.")
    size: Size | None = Field(None, description="Width x height; as set, where missing.")
    metadata: dict[Name, Line] = Field(
        default_factory=dict,
        max_length=16,
        description="Of your own; it comes back as it is.",
        json_schema_extra={"additionalProperties": False},
    )
    webhook_url: str | None = Field(
        None,
        pattern=r"^https?://[!-~]{1,1900}$",
        description="Told when it is there, or never will be, signed as Standard Webhooks has it.",
    )
    dry_run: bool = Field(False, description="Only say what it would come to.")
    source: Source | None = Field(
        None,
        description="A filmed performance to keep: the id of a take, or of a video that was made"
        " of one; in a form the film itself. `prompt` is then the world that it is put into.",
    )
    costume: str = Field(
        "",
        max_length=60,
        pattern=r"^[ -~]*$",
        description="With a source: a colour (red, #aa3344) or a pattern (tartan, navy stripes).",
    )
    strength: Dial = Field(
        "flex_1", description="With a source: how much may change, and so what is promised."
    )


class Went(BaseModel):
    """Why there is no video."""

    code: str
    message: str


class VideoTold(BaseModel):
    """An order and how far it is."""

    id: str
    object: Literal["video"] = "video"
    model: str
    status: Status
    progress: int = Field(description="In percent, foretold from what was made before.")
    created_at: int
    completed_at: int | None
    expires_at: int | None = None
    seconds: str
    size: str
    prompt: str
    metadata: dict[str, str]
    error: Went | None
    remixed_from_video_id: None = None
    source: str | None = Field(description="The take that it is made of; null without one.")
    webhook: str | None = Field(description="What became of telling webhook_url; null without one.")

    @classmethod
    def of(cls, order: Order, *, progress: int, webhook: str | None) -> "VideoTold":
        asked, status = order.asked, status_of(order)
        return cls(
            id=asked.id,
            model=asked.model,
            status=status,
            progress=progress,
            created_at=int(asked.made_s),
            completed_at=int(order.ended_s or asked.made_s) if status == "completed" else None,
            seconds=asked.seconds,
            size=asked.size,
            prompt=asked.prompt,
            metadata=asked.metadata,
            error=error_of(order) if status == "failed" else None,
            source=asked.source or None,
            webhook=webhook,
        )


class DryRun(BaseModel):
    """What an order would come to. Nothing was ordered."""

    object: Literal["video.dry_run"] = "video.dry_run"
    cached: bool = Field(description="Whether this very video is there already.")
    work_s: float | None = Field(
        description="Seconds of work foretold, 0 where it is there; null before the first making."
    )
    ahead: int = Field(description="Wishes that wait to be made.")
    size: str
    seconds: str
    about: list[str] = Field(description="What the prompt was understood to be about.")
    style: list[str]


class VideoPage(BaseModel):
    """Orders by age."""

    object: Literal["list"] = "list"
    data: list[VideoTold]
    first_id: str | None
    last_id: str | None
    has_more: bool


class VideoGone(BaseModel):
    """The order is forgotten. Its clip stays for others who wish for the same."""

    id: str
    object: Literal["video.deleted"] = "video.deleted"
    deleted: Literal[True] = True


class ModelTold(BaseModel):
    """Who makes videos here."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str


class ModelPage(BaseModel):
    object: Literal["list"] = "list"
    data: list[ModelTold]


def status_of(order: Order) -> Status:
    status: Any = STATUS[order.state]
    return status  # type: ignore[no-any-return]


def error_of(order: Order) -> Went:
    if order.state == "revoked":
        return Went(code="consent_revoked", message=order.reason)
    if order.state == "refused":
        return Went(code="promise_broken", message=order.reason)
    if order.state == "evicted":
        return Went(code="evicted", message=WITHDRAWN)
    return Went(code="generation_failed", message=order.reason or "It could not be made.")


def event_of(order: Order, id_: str) -> str:
    """What a webhook is told, as text: what is signed must not be written twice."""
    status = status_of(order)
    data = {"id": order.asked.id, "status": status, "metadata": order.asked.metadata}
    if status == "failed":
        data["error"] = error_of(order).model_dump()
    event = {
        "id": id_,
        "object": "event",
        "type": f"video.{status}",
        "created_at": int(order.ended_s or order.asked.made_s),
        "data": data,
    }
    return json.dumps(event, ensure_ascii=False)
