"""Wheels made by hand, and a package index that is a folder of them: real pip, no network."""

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

TAG = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write_wheel(folder: Path, package: str, version: str, members: Mapping[str, bytes]) -> Path:
    """A wheel that pip takes for one."""
    name = f"{package.replace('-', '_')}-{version}"
    metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
    path = folder / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for member, data in members.items():
            wheel.writestr(member, data)
        wheel.writestr(f"{name}.dist-info/METADATA", metadata)
        wheel.writestr(f"{name}.dist-info/WHEEL", TAG)
        wheel.writestr(f"{name}.dist-info/RECORD", "")
    return path


def use_index(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let every pip that is started find packages in this folder, and nowhere else."""
    patch.setenv("PIP_CONFIG_FILE", os.devnull)
    patch.setenv("PIP_NO_INDEX", "1")
    patch.setenv("PIP_FIND_LINKS", str(folder))
