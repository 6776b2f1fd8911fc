"""What CONTRIBUTING.md says of the code's layout is what is enforced."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_layers_that_contributors_read_are_the_ones_that_are_enforced():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    [layers] = [one["layers"] for one in contracts if one["type"] == "layers"]
    told = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("```text\n")[1].split("```")[0]
    assert told.splitlines() == layers
