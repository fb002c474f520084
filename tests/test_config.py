"""Settings: defaults, a file over them, changes over that, and every mistake in one clear line."""

from pathlib import Path

import pytest

from reelwright.catalogue.topics import TOPICS
from reelwright.config import Config, load, names
from reelwright.errors import ReelwrightError
from reelwright.render.kit import kit


def test_without_a_file_the_defaults_hold() -> None:
    assert load(None) == Config()


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('home = "here"\n[recommender]\nlayers = 4\nbeam_width = 5\n')
    config = load(file, ["recommender.beam_width=7"])
    assert (config.home, config.recommender.layers, config.recommender.beam_width) == ("here", 4, 7)
    assert config.recommender.heads == 4, "what can be derived follows the size"


def test_an_unknown_setting_names_the_nearest_right_one() -> None:
    with pytest.raises(ReelwrightError) as caught:
        load(None, ["recommender.beam_widht=5"])
    assert "recommender.beam_widht is not a setting." in str(caught.value)
    assert "Did you mean recommender.beam_width?" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("serve.port=high", "serve.port = .high. is not allowed"),
        ("serve.port", "names no setting"),
        ("serve=1", "serve is not a setting"),
    ],
)
def test_a_wrong_change_is_refused(change: str, says: str) -> None:
    with pytest.raises(ReelwrightError, match=says):
        load(None, [change])


def test_a_file_that_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReelwrightError, match=r"none\.toml cannot be read"):
        load(tmp_path / "none.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("home = \n")
    with pytest.raises(ReelwrightError, match=r"broken\.toml is not TOML"):
        load(broken)


@pytest.mark.parametrize(
    "change",
    [
        "world.videos=0",
        "world.videos=193",
        "world.videos=-5",
        "world.videos=1e2",
        "world.viewers=1",
        "render.width=7",
        "render.width=721",
        "render.fps=0",
        "render.duration_s=nan",
        "render.duration_s=inf",
        "feed.count=0",
        "feed.temperature=0",
        "sids.depth=0",
        "serve.port=65536",
        "media.preset=quick",
        "features.encoder=clip",
        "features.frames=0",
        "features.side=2000",
        "captioner.base_url=",
        "captioner.base_url=localhost:8000/v1",
        "captioner.base_url=ftp://example.org/v1",
        "captioner.base_url=http:///v1",
        "captioner.base_url=http://host:99999/v1",
        "captioner.base_url=http://name:word@host/v1",
        "captioner.base_url=http://host/v1?a=b",
        "captioner.base_url=http://ho st/v1",
        "captioner.attempts=0",
        "captioner.attempts=21",
        "captioner.timeout_s=nan",
        "captioner.key_env=",
        "transformers.device=tpu",
        "transformers.dtype=int8",
        "transformers.download=yes",
        "media.audio_rate=47000",
        "serve.host=",
        "home= ",
        "tenant=",
        "tenant=Acme",
        "tenant=../acme",
        "tenant=ac me",
    ],
)
def test_what_a_setting_may_not_be_is_told_with_what_it_may_be(change: str) -> None:
    name, _, value = change.partition("=")
    with pytest.raises(ReelwrightError) as caught:
        load(None, [change])
    assert caught.value.problem == f"{name} = {value.strip()!r} is not allowed."
    assert caught.value.hint.startswith("It may be ")


@pytest.mark.parametrize("line", ["fps = true", 'fps = "many"', "fps = 29.5", "fps = [30]"])
def test_a_file_is_held_to_the_same(line: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f"[render]\n{line}\n")
    with pytest.raises(ReelwrightError, match=r"a whole number from 4 to 120; the default is 30\."):
        load(file)


@pytest.mark.parametrize("url", ["https://example.org/v1", "http://[::1]:8000/v1", "http://host"])
def test_an_address_is_taken_as_it_is(url: str) -> None:
    assert load(None, [f"captioner.base_url={url}"]).captioner.base_url == url


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ada:secret@host/x",
        "postgresql://ada:secret@host:99999/x",
        "postgresql://ada:secret@host",
        "postgresql://ada:secret word@host/x",
        "postgresql+asyncpg://ada:se/cr@et@host/x?password=secret",
        "ada:secret@host/x",
    ],
)
def test_a_wrong_address_of_a_database_is_told_without_its_password(url: str) -> None:
    with pytest.raises(ReelwrightError) as caught:
        load(None, [f"storage.url={url}"])
    told = str(caught.value)
    assert "an address like postgresql://name@host/database" in told
    assert "secret" not in told
    assert "cr@et" not in told


def test_a_password_is_not_part_of_what_settings_say_of_themselves() -> None:
    config = load(None, ["storage.url=postgresql://ada:secret@host/x"])
    assert config.storage.url == "postgresql://ada:secret@host/x"
    assert "secret" not in repr(config)


def test_every_default_is_allowed() -> None:
    config = Config()
    for name in names():
        section, _, key = name.rpartition(".")
        value = getattr(getattr(config, section) if section else config, key)
        assert load(None, [f"{name}={value}"]) == config


def test_the_most_videos_are_all_that_the_world_knows_to_tell() -> None:
    most = str(len(TOPICS) * len(kit().styles))
    with pytest.raises(ReelwrightError, match=f"from 10 to {most};"):
        load(None, ["world.videos=0"])


def test_every_setting_can_be_named() -> None:
    assert "home" in names()
    assert "world.videos" in names()
    assert len(names()) == len(set(names()))
