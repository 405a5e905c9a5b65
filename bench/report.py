"""Figures to a page of Markdown, and which targets they reach."""
from statistics import median


def seconds(value):
    return f"{value:.2f} s"


def milliseconds(value):
    return f"{value * 1000:.1f} ms"


def megabytes(value):
    return f"{value / 1e6:.1f} MB"


def rate(value):
    return f"{value:.1f} /s"


def count(value):
    return f"{value:.0f}"


class Page:
    """Collects figures by tool and measure, tables and targets."""

    def __init__(self, heading):
        self._lines = [heading, ""]
        self._values = {}
        self._targets = []

    def add(self, tool, measure, value):
        self._values.setdefault((tool, measure), []).append(value)

    def median(self, tool, measure):
        return median(self._values[tool, measure])

    def has(self, tool, measure):
        return (tool, measure) in self._values

    def best(self, tools, measure, choose=min):
        """The better of several, and its name."""
        value, name = choose((self.median(tool, measure), tool) for tool in tools)
        return value, name

    def text(self, tool, measure, form):
        if not self.has(tool, measure):
            return "–"
        values = self._values[tool, measure]
        middle, low, high = form(median(values)), form(min(values)), form(max(values))
        return middle if low == high else f"{middle} ({low.split(' ')[0]}–{high.split(' ')[0]})"

    def paragraph(self, text):
        self._lines += [text, ""]

    def table(self, title, tools, columns):
        """Columns: heading, measure, form."""
        self._lines += [f"### {title}", "", "| | " + " | ".join(name for name, _, _ in columns) + " |",
                        "| --- |" + " ---: |" * len(columns)]
        for tool in tools:
            cells = (self.text(tool, measure, form) for _, measure, form in columns)
            self._lines.append(f"| {tool} | " + " | ".join(cells) + " |")
        self._lines.append("")

    def at_most(self, what, ours, against, limit, form, remark=""):
        """A target: ours over another figure (value and name) is at most a limit."""
        self._target(what, ours, against, limit, ours <= limit * against[0], "≤", form, remark)

    def at_least(self, what, ours, against, limit, form, remark=""):
        self._target(what, ours, against, limit, ours >= limit * against[0], "≥", form, remark)

    def below(self, what, ours, limit, form):
        """A target that is a number of its own."""
        self._targets.append((what, form(ours), "", "", f"≤ {form(limit)}", ours <= limit, ""))

    def _target(self, what, ours, against, limit, met, sign, form, remark):
        value, name = against
        self._targets.append((what, form(ours), f"{form(value)} {name}", f"{ours / value:.2f}", f"{sign} {limit}", met,
                              "" if met else remark))

    @property
    def missed(self):
        return [target[0] for target in self._targets if not target[5]]

    def render(self):
        lines = list(self._lines)
        if self._targets:
            lines += ["### Targets", "", "| | ours | against | ratio | target | |",
                      "| --- | ---: | ---: | ---: | ---: | --- |"]
            for what, ours, against, ratio, target, met, remark in self._targets:
                verdict = "met" if met else "**missed**" + (f": {remark}" if remark else "")
                lines.append(f"| {what} | {ours} | {against} | {ratio} | {target} | {verdict} |")
            lines.append("")
        return "\n".join(lines)
