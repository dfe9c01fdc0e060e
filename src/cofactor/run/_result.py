"""What a run gives back: observables in time for every person, the account of every flux, who failed and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cofactor.errors import MissingExtraError

BAND = (2.5, 97.5)
"""Percentiles of the band shown around a population's median."""


@dataclass(frozen=True)
class Failure:
    """One person whose run did not finish: their number in the population, and the reason."""

    person: int
    reason: str


@dataclass(frozen=True)
class Result:
    """Values of the observables, shape (people, times); `accounts` hold each flux's running total since day 0 (mmol).

    A failed person is NaN from the failure on, never zero, and is listed in `failures`.
    """

    times: np.ndarray
    observables: Mapping[str, np.ndarray]
    units: Mapping[str, str]
    accounts: Mapping[str, np.ndarray]
    manifest: Mapping[str, Any]
    is_population: bool
    failures: tuple[Failure, ...] = field(default=())

    def summary(self, name: str) -> dict[str, np.ndarray]:
        """Median and 2.5-97.5 % band over people at every time, of those who have a value there."""
        values = self.observables[name]
        table = np.full((3, values.shape[1]), np.nan)
        for k in range(values.shape[1]):
            here = values[np.isfinite(values[:, k]), k]
            if here.size:
                table[:, k] = np.percentile(here, [50.0, *BAND])
        return {"median": table[0], "p2_5": table[1], "p97_5": table[2]}

    def to_json(self) -> dict[str, Any]:
        """The fixed shape of `simulate --json`: a failed person's missing values are null."""
        return {
            "time_days": self.times.tolist(),
            "observables": {name: self._json_values(name) for name in self.observables},
            "units": dict(self.units),
            "manifest": {
                **self.manifest,
                "failures": [{"person": f.person, "reason": f.reason} for f in self.failures],
            },
        }

    def _json_values(self, name: str) -> Any:
        if self.is_population:
            return {key: _nulls(row) for key, row in self.summary(name).items()}
        return _nulls(self.observables[name][0])

    def to_pandas(self) -> Any:
        """A pandas DataFrame with one row per person and time; extra `report`."""
        try:
            import pandas
        except ImportError as error:
            raise MissingExtraError("pandas", "report") from error
        people = next(iter(self.observables.values())).shape[0]
        columns = {"person": np.repeat(np.arange(people), len(self.times)), "time_days": np.tile(self.times, people)}
        return pandas.DataFrame(columns | {name: values.ravel() for name, values in self.observables.items()})

    def to_xarray(self) -> Any:
        """An xarray Dataset with dimensions person and time_days, units as attributes; extra `report`."""
        try:
            import xarray
        except ImportError as error:
            raise MissingExtraError("xarray", "report") from error
        data = {
            name: (("person", "time_days"), values, {"units": self.units[name]})
            for name, values in self.observables.items()
        }
        return xarray.Dataset(data, coords={"time_days": self.times}, attrs={"manifest": str(self.manifest)})

    def plot(self, *names: str) -> Any:
        """An Altair chart of the named observables (all when none is named): median and band in time; extra `report`."""
        try:
            import altair
        except ImportError as error:
            raise MissingExtraError("altair", "report") from error
        rows = [
            {"time_days": float(t), "median": m, "low": low, "high": high, "quantity": f"{name} ({self.units[name]})"}
            for name in names or tuple(self.observables)
            for t, m, low, high in zip(self.times, *(v.tolist() for v in self.summary(name).values()), strict=True)
        ]
        base = altair.Chart(altair.Data(values=rows)).encode(x=altair.X("time_days:Q", title="day"))
        layers = base.mark_area(opacity=0.25).encode(
            y=altair.Y("low:Q", title=None), y2="high:Q"
        ) + base.mark_line().encode(y=altair.Y("median:Q", title=None, scale=altair.Scale(zero=False)))
        return layers.facet(facet=altair.Facet("quantity:N", title=None), columns=3).resolve_scale(y="independent")


def _nulls(values: np.ndarray) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in values]
