"""The backbone inside this process: llama.cpp on a file of weights. Needs the `llm` extra.

Its engine listens on loopback, behind a key that only this process knows, and is asked like any
other server: so a question that is given up is given up there too. What every plan begins with is
computed once; its state is kept as a file, so that the next run does not compute it either.
"""

import dataclasses
import hashlib
import json
import secrets
import threading
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import xllamacpp

from reelwright.config import StudioConfig
from reelwright.features.endpoint import Endpoint, Unanswered
from reelwright.studio.backbone import Ask, Message, Reply, Schema, Silent
from reelwright.studio.served import ServedBackbone
from reelwright.studio.weights import quick

CONTEXT = 6144  # tokens: a plan of many shots with two second looks
BATCH = 256  # tokens between two looks at whether anybody still waits
QUIET = -1
TEMPERATURE = 0.5
KEEP_S = 30.0  # for writing or reading a state of some ten megabytes on a slow disk


class EmbeddedBackbone:
    """SmolLM2 or any other GGUF. Loaded when it is first asked; one question at a time."""

    def __init__(
        self,
        model: Path,
        *,
        kept: Path,
        packed: Path | None = None,
        config: StudioConfig,
        clock: Callable[[], float],
        adapter: Path | None = None,
    ) -> None:
        self.model = model
        self.kept = kept  # what the engine knows, from one run to the next
        self.packed = packed or kept  # weights in the form that it multiplies fast
        self.config = config
        self.clock = clock
        self.adapter = adapter
        self._engine: _Engine | None = None
        self._broken = ""  # why there will be none
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        return self.model.stem.lower() + ("+" + self.adapter.stem if self.adapter else "")

    def reply(self, ask: Ask, *, seed: int, within_s: float) -> Reply:
        begun_s = self.clock()
        if not self._loading.acquire(timeout=max(0.0, within_s)):
            raise Silent(f"{self.name} is busy with others")
        try:
            engine = self._loaded()
            computed = engine.know(ask.messages[0], begun_s + within_s)
        finally:
            self._loading.release()
        left_s = begun_s + within_s - self.clock()
        reply = engine.served.reply(ask, seed=seed, within_s=left_s)
        return Reply(
            text=reply.text,
            prompt_tokens=reply.prompt_tokens,
            reused_tokens=max(0, reply.reused_tokens - computed),
            written_tokens=reply.written_tokens,
            seconds=self.clock() - begun_s,
        )

    def _loaded(self) -> "_Engine":
        """The engine. One that could not be loaded is not tried again at every question."""
        if self._engine is None and not self._broken:
            try:
                self._engine = _Engine(self)
            except RuntimeError as error:  # all that the engine says of any fault
                self._broken = f"{self.name} cannot be loaded from {self.model}: {error}"
        if self._engine is None:
            raise Silent(self._broken)
        return self._engine


class _Engine:
    """A llama.cpp server in threads of this process."""

    def __init__(self, owner: EmbeddedBackbone) -> None:
        self.owner = owner
        with suppress(OSError):  # without a place for states each run computes its own
            owner.kept.mkdir(parents=True, exist_ok=True)
        self._key = secrets.token_urlsafe(24)
        packed = quick(owner.model, owner.packed, owner.adapter)
        self._files = [packed] if packed else [owner.model, *filter(None, [owner.adapter])]
        self._server = xllamacpp.Server(_params(owner, self._files, self._key))
        address = f"{self._server.listening_address}/v1"
        config = dataclasses.replace(owner.config, base_url=address, attempts=1)
        self._endpoint = Endpoint(config, key=self._key, section="studio", clock=owner.clock)
        self.served = ServedBackbone(
            self._endpoint,
            clock=owner.clock,
            jitter=lambda: 1.0,
            temperature=TEMPERATURE,
            name=owner.name,
            form=compact_form,
        )
        self._known = ""

    def know(self, first: Message, until_s: float) -> int:
        """How many tokens were computed so that the engine knows this message: mostly none."""
        name = self._state_of(first)
        if name == self._known:
            return 0
        computed = 0 if self._restored(name) else self._computed(first, name, until_s)
        self._known = name
        return computed

    def _state_of(self, first: Message) -> str:
        """The file of a message's state: another model, adapter or engine has another one."""
        sizes = [(path.name, path.stat().st_size) for path in self._files]
        told = json.dumps([xllamacpp.BUILD_INFO, sizes, first.role, first.content], default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:32] + ".state"

    def _restored(self, name: str) -> bool:
        if not (self.owner.kept / name).is_file():
            return False
        with suppress(OSError, ValueError, KeyError):  # a state that is broken is computed anew
            return bool(self._slot("restore", name)["n_restored"])
        return False

    def _computed(self, first: Message, name: str, until_s: float) -> int:
        """Lets the engine read the message by itself, and keeps what it then knows."""
        body = {"messages": [{"role": first.role, "content": first.content}], "max_tokens": 1}
        try:
            told = self._endpoint.told(
                body, within_s=until_s - self.owner.clock(), jitter=lambda: 1.0
            )
        except Unanswered as error:
            raise Silent(f"{self.owner.name} has not read its instructions: {error}") from error
        with suppress(OSError, ValueError):  # a disk that is full costs time, and no plan
            self._slot("save", name)
        usage = told["usage"]
        return int(usage["prompt_tokens"] - usage["prompt_tokens_details"]["cached_tokens"])

    def _slot(self, action: str, name: str) -> Any:
        request = urllib.request.Request(
            f"{self._server.listening_address}/slots/0?action={action}",
            data=json.dumps({"filename": name}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"},
        )
        with urllib.request.urlopen(request, timeout=KEEP_S) as response:
            return json.loads(response.read())


def compact_form(schema: Schema) -> dict[str, Any]:
    """The form of an answer without white space: half as much is written, and what is read again
    as a part of the conversation is the very tokens that were written, so that it is known."""
    tight = {"whitespace_flexible": False, "item_separator": ",", "key_separator": ":"}
    told = json.dumps({**schema, "x-guidance": tight}, ensure_ascii=False)
    return {"grammar": f"%llguidance {{}}\nstart: %json {told}"}


def _params(owner: EmbeddedBackbone, files: Sequence[Path], key: str) -> Any:
    """For an engine that reads a model, and an adapter that is not packed into it."""
    params = xllamacpp.CommonParams()
    params.model.path = str(files[0])
    params.n_ctx, params.n_batch, params.n_ubatch = CONTEXT, BATCH, BATCH
    params.n_parallel, params.n_gpu_layers = 1, 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = owner.config.threads
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [key]
    params.endpoint_slots = True
    if owner.kept.is_dir():
        params.slot_save_path = f"{owner.kept}/"
    # On a CPU without wide vectors a word costs 28 ms so, and 40 with flash attention on halves.
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    params.warmup, params.ui, params.verbosity = False, False, QUIET
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(one), 1.0) for one in files[1:]]
    return params
