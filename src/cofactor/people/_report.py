"""The populations in one page: marginals against their targets, who was turned away, what goes together, histograms."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cofactor.model import System
from cofactor.people._copula import correlations
from cofactor.people._population import Drawn, draw
from cofactor.people._populations import POPULATIONS, population_like
from cofactor.people._targets import Met, middle_of, share_of, shares, spread_of, targets

PEOPLE, SEED = 10_000, 1
COMMAND = "python -m cofactor.people --write docs/populations.md"
_SHOWN = (
    "serum_25ohd", "serum_pth", "serum_calcium", "serum_magnesium", "serum_phosphate", "egfr", "bmi", "serum_calcitriol",
    "serum_fgf23", "urine_calcium", "urine_magnesium", "urine_phosphate", "fractional_calcium_absorption", "ctx",
    "systolic_bp", "diastolic_bp", "homa_ir", "fasting_glucose", "stress_score",
)  # fmt: skip
_TOGETHER = (
    ("serum_25ohd", "serum_pth", "vitamin D holds PTH down"),
    ("serum_25ohd", "bmi", "size dilutes and clears it"),
    ("serum_pth", "egfr", "failing kidneys raise PTH"),
    ("serum_pth", "bmi", "PTH rises with fatness"),
    ("serum_fgf23", "egfr", "failing kidneys raise FGF23"),
    ("serum_calcitriol", "egfr", "the kidney makes it"),
    ("serum_magnesium", "egfr", "filtration clears it"),
    ("egfr", "age_years", "Pottel 2016"),
    ("urine_calcium", "dietary_calcium", "what is absorbed must leave"),
    ("urine_magnesium", "dietary_magnesium", "likewise"),
    ("dietary_calcium", "dietary_phosphate", "shared foods"),
    ("serum_calcium", "serum_magnesium", "one receptor in the thick limb, against Mg wasting by Ca"),
)
_BARS = " ▁▂▃▄▅▆▇█"
_BINS = 32


def report(system: System, *, people: int = PEOPLE, seed: int = SEED) -> str:
    """All populations as Markdown. `people` is the size of each."""
    drawn = [draw(system, people, seed=seed, like=name) for name in POPULATIONS]
    return "\n".join(_lines(drawn, people, seed)) + "\n"


def _lines(drawn: list[Drawn], people: int, seed: int) -> Iterator[str]:
    yield "# Virtual populations"
    yield ""
    yield f"Made by `{COMMAND}` with n = {people} people in each population, seed {seed}; do not edit."
    yield "A research and teaching instrument, not medical advice."
    yield ""
    yield from _MEANING
    yield ""
    yield "## Marginals against their targets"
    yield ""
    yield "| population | level | surveys say | wanted | model | met | source |"
    yield "|---|---|---|---|---|---|---|"
    for one in drawn:
        yield from _target_rows(one)
    yield ""
    yield from _refusals(drawn)
    yield from _others(drawn)
    yield from _correlations(drawn[0])
    yield from _histograms(drawn)


_MEANING = (
    "Everybody eats around the reference diet (962 mg Ca, 304 mg Mg, 1177 mg P, 4 ug vitamin D a day; a heavier person more),",
    "rests on it, and has no season. So the spread wanted is the lasting one between people: a survey's, less what one",
    "person's samples differ among themselves. Every number wanted, with its survey and source, is in `people/targets.toml`;",
    "the distributions are in `people/populations.toml`, what goes together in `people/correlations.toml`. A level without a",
    'row has no survey of that population that could be read; what the model gives stands under "All levels".',
)


def _target_rows(drawn: Drawn) -> Iterator[str]:
    for target in targets(drawn.like):
        middle, spread = middle_of(target, drawn), spread_of(target, drawn)
        kind = "geometric mean, log-SD" if target.scale == "log" else "mean, SD"
        met = "recalled: not tested" if target.confidence == "recalled" else _met(middle, spread)
        yield (
            f"| {drawn.like} | {target.name}, {target.unit} ({kind}) | {target.survey} "
            f"| {target.middle:g} (±{target.middle_error:g}), {target.spread:g} (±{target.spread_error:g}) "
            f"| {middle.found:.4g}, {spread.found:.3g} | {met} | {target.source} |"
        )
    for share in shares(drawn.like):
        found = share_of(share, drawn)
        side = f"≥ {share.above:g}" if share.above is not None else f"< {share.below:g}"
        band = f", eGFR {share.egfr[0]:g}-{share.egfr[1]:g}" if np.isfinite(share.egfr[1]) else ""
        yield (
            f"| {drawn.like} | share with {share.name} {side}{band} | {share.survey} "
            f"| {share.share:.1%} (±{share.share_error:.1%}) | {found.found:.1%} | {_met(found)} | {share.source} |"
        )


def _met(*comparisons: Met) -> str:
    return "yes" if all(c.holds for c in comparisons) else "**no**"


def _refusals(drawn: list[Drawn]) -> Iterator[str]:
    yield "## Who was turned away"
    yield ""
    yield "Each candidate is brought to rest. Who has no rest, or breaks a limit, is drawn again from the person's next random"
    yield "numbers. A definition says who belongs; physiology, who could live. The rejection rate counts physiology only, among"
    yield "those who belong."
    yield ""
    yield "| population | candidates | not of the population | rejection rate | broken, first limit of each candidate | limits |"
    yield "|---|---|---|---|---|---|"
    for one in drawn:
        outside = sum(n for limit, n in one.refused.items() if limit.startswith("definition"))
        rejected = sum(one.refused.values()) - outside
        broken = ", ".join(f"{limit.removeprefix('physiology: ')} {n}" for limit, n in one.refused.items() if n)
        limits = "; ".join(f"{x.name} {_range(x.low, x.high)}" for x in population_like(one.like).limits)
        rate = f"{rejection_rate(one):.2%} ({rejected})"
        yield f"| {one.like} | {one.candidates} | {outside} | {rate} | {broken or '-'} | {limits} |"
    yield ""


def rejection_rate(drawn: Drawn) -> float:
    """Share of the candidates who belong to the population that physiology turns away."""
    outside = sum(n for limit, n in drawn.refused.items() if limit.startswith("definition"))
    return (sum(drawn.refused.values()) - outside) / (drawn.candidates - outside)


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"< {high:g}"
    return f"> {low:g}" if high is None else f"{low:g}-{high:g}"


def _others(drawn: list[Drawn]) -> Iterator[str]:
    yield "## All levels: median (2.5-97.5 %)"
    yield ""
    yield "| level | " + " | ".join(one.like for one in drawn) + " |"
    yield "|---|" + "---|" * len(drawn)
    for name in _SHOWN:
        yield f"| {name} | " + " | ".join(_quantiles(one.levels[name]) for one in drawn) + " |"
    yield ""
    adults = drawn[0]
    for sex, word, survey in ((True, "women", "3.54 ± 1.40"), (False, "men", "4.24 ± 1.65")):
        urine = adults.levels["urine_magnesium"][adults.traits["female"] == sex]
        yield (
            f"- urine magnesium of adult {word}: {urine.mean():.2f} ± {urine.std():.2f} mmol/d; PREVEND {survey} (mg-E84, which"
            " holds what varies from day to day)"
        )
    bmi, level = adults.levels["bmi"], adults.levels["serum_25ohd"]
    normal = level[(bmi >= 18.5) & (bmi < 25)].mean()
    obese, heavy = level[bmi >= 30].mean() - normal, level[(bmi >= 25) & (bmi < 30)].mean() - normal
    yield (
        f"- 25(OH)D of the obese and the overweight less normal weight: {obese:+.1f} and {heavy:+.1f} nmol/L; Ekwaru 2014 -19.8"
        " and -8.0 (vitd-E01, validation: nothing was set to meet it)"
    )
    yield ""


def _quantiles(values: np.ndarray) -> str:
    low, middle, high = np.percentile(values, [2.5, 50, 97.5])
    return f"{middle:.3g} ({low:.3g}-{high:.3g})"


def _correlations(adults: Drawn) -> Iterator[str]:
    yield "## What goes together"
    yield ""
    yield f"{len(adults.parameters)} parameters and {len(adults.inputs)} habits differ between adults."
    yield ""
    yield "| drawn together | r | ground |"
    yield "|---|---|---|"
    for pair in correlations():
        yield f"| {pair.a}, {pair.b} | {pair.r:g} | {pair.source or 'assumed: ' + pair.reason} |"
    yield ""
    yield "| follows in adults (rank correlation) | r | |"
    yield "|---|---|---|"
    for a, b, why in _TOGETHER:
        yield f"| {a}, {b} | {rank_correlation(column(adults, a), column(adults, b)):+.2f} | {why} |"
    yield ""


def column(drawn: Drawn, name: str) -> np.ndarray:
    """A column of a population by name, wherever it stands."""
    for columns in (drawn.levels, drawn.traits, drawn.inputs, drawn.parameters):
        if name in columns:
            return columns[name]
    raise KeyError(name)


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's correlation of two columns without ties."""
    ranks = [np.argsort(np.argsort(values)).astype(float) for values in (a, b)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _histograms(drawn: list[Drawn]) -> Iterator[str]:
    yield "## Histograms"
    yield ""
    yield "```text"
    for name in _SHOWN[:7]:
        everybody = np.concatenate([one.levels[name] for one in drawn])
        low, high = np.percentile(everybody, [0.1, 99.9])
        yield f"{name}  {low:.3g} to {high:.3g}"
        for one in drawn:
            yield f"  {one.like:<15}|{_bars(one.levels[name], low, high)}|"
    yield "```"


def _bars(values: np.ndarray, low: float, high: float) -> str:
    counts, _ = np.histogram(np.clip(values, low, high), bins=_BINS, range=(low, high))
    heights = np.ceil(counts / counts.max() * (len(_BARS) - 1)).astype(int)
    return "".join(_BARS[h] for h in heights)
