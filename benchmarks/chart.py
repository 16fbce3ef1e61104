"""A bar chart as SVG, written by hand: one panel per request, the longest bar as wide as the panel. Readable on light and on dark."""

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, LABEL, BAR, GAP, HEAD = 860, 230, 20, 6, 34
TITLES = {
    "R1": "R1 · 20 projects of a city and status, with total",
    "R2": "R2 · the units of a project",
    "R3": "R3 · a customer's bookings, signed in",
    "R4": "R4 · reserve a unit",
}
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .head { font-weight: 600; font-size: 14px }
  .bar { fill: #8b98a9 } .ours { fill: #0969da } .limit { fill: none; stroke: #8b98a9; stroke-dasharray: 4 3 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #6e7b8c } .ours { fill: #4493f8 } .limit { stroke: #6e7b8c } }
"""


def svg(panels: Mapping[str, Sequence[tuple[str, float]]]) -> str:
    """Panels of (label, requests a second); the first of each is ours, and `PostgreSQL alone` is only an outline."""
    parts, y = [], 0
    for name, bars in panels.items():
        y += HEAD
        parts.append(f'<text class="head" x="0" y="{y - 10}">{escape(TITLES.get(name, name))}</text>')
        for place, (label, value) in enumerate(bars):
            parts += _bar(label, value, value / max(size for _, size in bars), y, is_first=place == 0)
            y += BAR + GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 0 {WIDTH + 24} {y + 30}" role="img" aria-label="Requests per second">'
    foot = f'<text x="0" y="{y + 18}">Requests per second on one core; longer is better.</text>'
    return "\n".join([head, f"<style>{STYLE}</style>", *parts, foot, "</svg>", ""])


def _bar(label: str, value: float, share: float, y: int, *, is_first: bool) -> list[str]:
    kind = "ours" if is_first else "limit" if label == "PostgreSQL alone" else "bar"
    width = max(1, round(share * (WIDTH - LABEL - 70)))
    weight = ' font-weight="600"' if is_first else ""
    return [
        f'<text x="{LABEL - 8}" y="{y + 15}" text-anchor="end"{weight}>{escape(label)}</text>',
        f'<rect class="{kind}" x="{LABEL}" y="{y}" width="{width}" height="{BAR}" rx="2"/>',
        f'<text x="{LABEL + width + 8}" y="{y + 15}"{weight}>{value:,.0f}</text>',
    ]
