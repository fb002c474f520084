"""Who plans: soft tokens only where all stands that they need, and why not in words otherwise."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from soft_plans import CODES, decode
from test_stages import teach
from tiny_llama import write_tiny

from reelwright.assemble import backbones
from reelwright.assemble.backbones import route_words, routed, soft_lack
from reelwright.config import Config, load
from reelwright.errors import ReelwrightError
from reelwright.sids.codebook import Codebook
from reelwright.studio.scripted import ScriptedBackbone
from reelwright.tuning.director import SoftBackbone
from reelwright.tuning.soft_file import beside
from reelwright.zoo.zoo import Zoo

ANSWERS = ScriptedBackbone()


def codes(version: str = CODES) -> Codebook:
    return cast(Codebook, SimpleNamespace(version=version, decode=decode))


def configured(home: Path, **studio: str) -> Config:
    sets = [f"studio.{key}={value}" for key, value in studio.items()]
    return load(None, [f"home={home}", *sets])


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny weights, and an adapter with its projector, as train studio --soft writes them."""
    folder = tmp_path_factory.mktemp("taught")
    write_tiny(folder / "tiny.gguf")
    teach(folder)
    return folder


@pytest.fixture
def soft(taught: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(Zoo, "find", lambda zoo, name: taught / "tiny.gguf")
    monkeypatch.setattr(backbones, "find_spec", lambda name: object())
    return configured(taught, route="soft", backbone="local", adapter=str(taught / "adapter.gguf"))


def test_where_all_stands_a_director_is_told_soft_tokens(soft: Config) -> None:
    assert soft_lack(soft, CODES) == ""
    found = routed(soft, codes(), ANSWERS)
    assert isinstance(found, SoftBackbone)
    assert found.otherwise is ANSWERS
    assert found.pupil.codebook == CODES


def test_nobody_is_told_soft_tokens_who_did_not_ask(soft: Config) -> None:
    words = dataclasses.replace(soft, studio=dataclasses.replace(soft.studio, route="words"))
    assert routed(words, codes(), ANSWERS) is ANSWERS
    assert route_words(words) == ""


def test_codes_that_were_learned_since_are_told_in_words(soft: Config) -> None:
    assert "another codebook" in soft_lack(soft, "newer codes")
    assert routed(soft, codes("newer codes"), ANSWERS) is ANSWERS


def test_an_adapter_without_a_projector_is_told_in_words(soft: Config, tmp_path: Path) -> None:
    assert soft.studio.adapter
    bare = tmp_path / "bare.gguf"
    bare.write_bytes(Path(soft.studio.adapter).read_bytes())
    alone = dataclasses.replace(soft, studio=dataclasses.replace(soft.studio, adapter=str(bare)))
    assert not beside(bare).exists()
    assert "no projector beside it" in soft_lack(alone, CODES)
    assert routed(alone, codes(), ANSWERS) is ANSWERS


@pytest.mark.parametrize("package", ["xllamacpp", "llguidance"])
def test_a_package_that_is_missing_is_named(
    soft: Config, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backbones, "find_spec", lambda name: None if name == package else object())
    assert package in soft_lack(soft, CODES)
    assert "pip install" in soft_lack(soft, CODES)


def test_weights_that_are_missing_are_named(soft: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Zoo, "find", lambda zoo, name: None)
    assert "reelwright models pull smollm2" in soft_lack(soft, CODES)


def test_rules_read_no_soft_tokens(tmp_path: Path) -> None:
    rules = configured(tmp_path, route="soft", backbone="rules")
    assert "studio.backbone is rules" in soft_lack(rules, CODES)
    assert route_words(rules).startswith("words: no codes were learned in")


def test_an_adapter_that_is_not_there_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    gone = configured(tmp_path, route="soft", adapter=str(tmp_path / "gone.gguf"))
    with pytest.raises(ReelwrightError, match="there is no such file"):
        routed(gone, codes(), ANSWERS)
