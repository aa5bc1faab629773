"""The page of a whole life: one HTML file which needs no network, and the same as JSON beside it.

Names and texts come from an issuer's files: jinja escapes them, and the page forbids its browser to load anything.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from salvor.amounts import format_percent, format_units
from salvor.files import write_whole
from salvor.report.life import LifeStatement, write_life_json

_TEMPLATES = Path(__file__).with_name("templates")


def write_life(life: LifeStatement, out: Path) -> None:
    """Write `life.json` and `life.html` to a folder, each whole or not at all."""
    out.mkdir(parents=True, exist_ok=True)
    write_life_json(life, out / "life.json")
    write_whole(out / "life.html", render_life(life))


def render_life(life: LifeStatement) -> str:
    """The page as text; the same life gives the same page."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    money = life.closing.decimals
    environment.filters |= {"money": lambda units: format_units(units, money), "percent": format_percent}
    return environment.get_template("life.html.j2").render(
        life=life, closing=life.closing, cash=life.closing.reconciliation
    )
