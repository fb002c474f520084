"""The wheel: what is not Python and yet belongs to the program travels with it."""

import importlib.resources
import tomllib
from pathlib import Path

import reelwright

ROOT = Path(__file__).parent.parent


def test_every_file_of_the_page_is_found_through_the_package() -> None:
    page = Path(reelwright.__file__).parent / "serve" / "page"
    there = {file.relative_to(page).as_posix() for file in page.rglob("*") if file.is_file()}
    assert "index.html" in there
    packed = importlib.resources.files("reelwright").joinpath("serve", "page")
    for name in there:
        assert packed.joinpath(*name.split("/")).read_bytes() == (page / name).read_bytes()


def test_the_wheel_holds_the_package_and_nothing_is_kept_out_of_it() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    assert wheel == {"targets": {"wheel": {"packages": ["reelwright"]}}}
