"""The page of due diligence: one HTML file with its tables and plots, which needs no network.

All that stands in a bank's file is untrusted: jinja escapes it, texts for plots are escaped once more because plotly
reads markup, and the page forbids its browser to load anything from elsewhere.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

import plotly.graph_objects as go
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.io import to_html
from plotly.offline import get_plotlyjs

from salvor.amounts import WAD, Wad, format_units
from salvor.files import write_whole
from salvor.tape.review.concentration import percent_up
from salvor.tape.review.grading import GradeLine
from salvor.tape.review.quality import FieldQuality
from salvor.tape.review.review import Review
from salvor.tape.review.strata import Table
from salvor.tape.rules import RULES

_TEMPLATES = Path(__file__).with_name("templates")
_BLUE, _RED = "#2f5d8a", "#b3392f"
_SHOWN = 20  # loans of a proposal
_LONGEST = 28  # characters of a label in a plot; the table has it whole
_BAR, _AROUND = 22, 60  # pixels


def write_page(review: Review, out: Path) -> Path:
    """Write `review.html` to a folder, whole or not at all; the same review gives the same page."""
    page = out / "review.html"
    write_whole(page, render(review))
    return page


def render(review: Review) -> str:
    """The page as text."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    money = review.source.decimals
    environment.filters |= {
        "money": lambda units: format_units(units, money),
        "count": lambda number: f"{number:,}",
        "percent": percent_down,
        "percent_up": percent_up,
    }
    return environment.get_template("tape.html.j2").render(
        review=review,
        source=review.source,
        rules=[(RULES[name], name, count) for name, count in review.source.breaches.items()],
        balance=review.source.mapping.schema_of.fields[review.source.balance],
        end=lambda field, value: _end(field, value, money),
        shown=_SHOWN,
        plotly=Markup(get_plotlyjs()),
        strata_plot=lambda table: _strata_plot(table, review),
        quality_plot=_quality_plot(review.quality.fields),
        grade_plot=lambda name, lines: _grade_plot(name, lines),
    )


def percent_down(share: Wad) -> str:
    """A share for people, rounded down as the tables say."""
    return f"{format_units(share * 10_000 // WAD, 2)} %"


def _end(field: FieldQuality, value: object, money: int) -> str:
    """The lowest or highest value of a field for people."""
    if isinstance(value, int) and field.kind in ("money", "rate"):
        return (
            format_units(value, money)
            if field.kind == "money"
            else f"{format_units(value, 16).rstrip('0').rstrip('.')} %"
        )
    return "" if value is None else str(value)


def _strata_plot(table: Table, review: Review) -> Markup:
    whole = 10**review.source.decimals
    bars = [(each.label, each.sum.units // whole) for each in table.strata]
    return _plot(f"strata-{table.name}", bars, f"{review.source.balance}, {review.source.mapping.currency}")


def _quality_plot(fields: Sequence[FieldQuality]) -> Markup:
    return _plot("quality", [(each.name, each.score) for each in fields], "score, 0 to 100", most=100)


def _grade_plot(name: str, lines: Sequence[GradeLine]) -> Markup:
    # Texts of decimal digits: plotly reads them as numbers, and no float is made here.
    bars = [(each.grade, format_units(each.rate * 10_000 // WAD, 2)) for each in lines if each.with_status]
    return _plot(name, bars, "charged off, % of loans", colour=_RED)


def _plot(
    name: str, bars: Sequence[tuple[str, int | str]], title: str, *, colour: str = _BLUE, most: int | None = None
) -> Markup:
    """Bars that lie, in the order of the table beside them, so that long names can be read on a phone."""
    if not bars:
        return Markup()
    places = list(range(len(bars)))  # by place, so that two labels that look alike stay two bars
    bar = go.Bar(x=[value for _, value in bars], y=places, orientation="h", marker={"color": colour})
    bar.update(hoverinfo="skip")  # the table has the numbers, and whole
    figure = go.Figure(bar)
    figure.update_layout(
        template="none",
        height=_AROUND + _BAR * len(bars),
        bargap=0.25,
        margin={"l": 10, "r": 20, "t": 5, "b": 55},
        font={"family": "system-ui, sans-serif", "size": 12},
        xaxis={
            "title": {"text": html.escape(title), "standoff": 6},
            "type": "linear",
            "fixedrange": True,
            "rangemode": "tozero",
        },
        yaxis={
            "tickvals": places,
            "ticktext": [f"{html.escape(_short(label))} " for label, _ in bars],
            "range": [len(bars) - 0.5, -0.5],
            "automargin": True,
            "fixedrange": True,
        },
    )
    figure.update_xaxes(nticks=6, gridcolor="#d5dde5", exponentformat="SI", range=None if most is None else [0, most])
    config = {"displayModeBar": False, "responsive": True}
    return Markup(to_html(figure, include_plotlyjs=False, full_html=False, div_id=f"plot-{name}", config=config))


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"
