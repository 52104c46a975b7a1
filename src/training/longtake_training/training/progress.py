"""What a run tells: lines with the time left on standard output, the same as JSON lines in a file, and curves as a PNG."""
import json
import math
import time
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from PIL import Image, ImageDraw

from .distributed import rank


class Clock:
    """Seconds of a budget, counted over resumed runs: `spent` starts at what earlier runs used."""

    def __init__(self, budget: float, spent: float = 0.0):
        self.budget = budget
        self._began = time.monotonic() - spent

    def spent(self) -> float:
        return time.monotonic() - self._began

    def left(self) -> float:
        return self.budget - self.spent()


def budget_seconds(seconds: float, spent: float, until: float, later: float) -> float:
    """The whole budget of a run: `seconds`, or, when a call must end at `until`, what was spent, what is left until then, and what
    later calls add. Never less than a few seconds more than spent, so that a late call still ends in good order."""
    return spent + max(5.0, until - time.time()) + later if until > 0 else seconds


def over(now: float, *ends: float) -> bool:
    """Whether one of the `ends` (seconds since 1970, 0 for none) has passed."""
    return any(0 < end < now for end in ends)


class Journal:
    """Appends every record to `<directory>/<name>.jsonl` and prints it in short."""

    def __init__(self, directory: Path, name: str, quiet: bool = False):
        self.path = Path(directory) / f"{name}.jsonl"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.began = time.monotonic()
        self.quiet = quiet or rank() > 0
        self.records: List[Dict] = []

    def write(self, event: str, **values):
        record = {"event": event, "at": round(time.monotonic() - self.began, 2), **values}
        self.records.append(record)
        if rank() == 0:
            with open(self.path, "a", encoding="utf-8") as out:
                out.write(json.dumps(record) + "\n")
        if not self.quiet:
            text = " ".join(f"{key} {_short(value)}" for key, value in values.items())
            print(f"[{record['at']:7.1f}] {event} {text}", flush=True)

    def say(self, message: str):
        self.write("note", message=message)

    def series(self, event: str, x: str, y: str) -> List[Tuple[float, float]]:
        return [(r[x], r[y]) for r in self.records if r["event"] == event and x in r and y in r]


def read_journal(path: Path) -> List[Dict]:
    path = Path(path)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _short(value) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


INKS = ((31, 119, 180), (214, 69, 65), (44, 140, 60), (148, 103, 189), (200, 130, 20), (90, 90, 90))


def draw_curves(charts: Sequence[Tuple[str, Dict[str, List[Tuple[float, float]]]]], path: Path, width: int = 640, height: int = 300):
    """One chart below the other. A chart is (title, {name: points}); charts without points are left out."""
    charts = [(title, {n: p for n, p in lines.items() if len(p) > 1}) for title, lines in charts]
    charts = [(title, lines) for title, lines in charts if lines]
    if not charts:
        return
    picture = Image.new("RGB", (width, height * len(charts)), "white")
    draw = ImageDraw.Draw(picture)
    for row, (title, lines) in enumerate(charts):
        _chart(draw, title, lines, 0, row * height, width, height)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


def _chart(draw, title, lines, left, top, width, height):
    points = [p for line in lines.values() for p in line if all(map(math.isfinite, p))]
    if not points:
        return
    x0, x1 = min(p[0] for p in points), max(p[0] for p in points)
    y0, y1 = min(p[1] for p in points), max(p[1] for p in points)
    x1, y1 = (x1 if x1 > x0 else x0 + 1), (y1 if y1 > y0 else y0 + 1)
    area = (left + 60, top + 28, left + width - 16, top + height - 28)

    def place(point):
        return (area[0] + (point[0] - x0) / (x1 - x0) * (area[2] - area[0]), area[3] - (point[1] - y0) / (y1 - y0) * (area[3] - area[1]))

    draw.text((left + 60, top + 8), title, fill="black")
    draw.rectangle(area, outline=(180, 180, 180))
    for share in (0.0, 0.5, 1.0):
        y = y0 + share * (y1 - y0)
        draw.line([(area[0], place((x0, y))[1]), (area[2], place((x0, y))[1])], fill=(225, 225, 225))
        draw.text((left + 6, place((x0, y))[1] - 6), f"{y:.4g}", fill="black")
        x = x0 + share * (x1 - x0)
        draw.text((place((x, y0))[0] - 12, area[3] + 8), f"{x:.4g}", fill="black")
    for index, (name, line) in enumerate(lines.items()):
        ink = INKS[index % len(INKS)]
        draw.line([place(p) for p in line if all(map(math.isfinite, p))], fill=ink, width=2)
        draw.text((area[2] - 150, area[1] + 6 + 14 * index), name, fill=ink)
