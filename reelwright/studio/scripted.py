"""The backbone that needs no model: it answers what the deterministic planner would."""

import json

from reelwright.studio.backbone import Ask, Reply
from reelwright.studio.steps import PLANNER


class ScriptedBackbone:
    """Always in time, always the rule."""

    name = PLANNER

    def reply(self, ask: Ask, *, seed: int, within_s: float) -> Reply:
        return Reply(text=json.dumps(ask.rule, ensure_ascii=False, separators=(",", ":")))
