"""A trace of labelled magnesium in a resting body: where it is, and how large the pool looks that it has mixed with.

The label follows the gross exchange of each store (exchange rate x content, both ways), which the model's net fluxes do
not show; at rest the two are equal. Deep bone exchanges through its turnover. What leaves with urine, sweat and the
gut's own juices takes label along.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.linalg import expm

STORES = {
    "soft_tissue_magnesium": "soft_tissue_exchange",
    "muscle_magnesium_store": "muscle_exchange",
    "bone_surface_magnesium": "bone_surface_exchange",
    "red_cell_magnesium_store": "red_cell_exchange",
}
LOSSES = ("renal_magnesium_excretion", "sweat_magnesium_loss", "endogenous_magnesium_loss")
NEEDS = ("ecf_magnesium", "deep_bone_magnesium", "magnesium_freed_by_resorption", *STORES, *STORES.values(), *LOSSES)


def exchangeable(values: Mapping[str, np.ndarray], day: float) -> np.ndarray:
    """Label still in the body over its share of plasma magnesium, mmol, a value per person, `day` days after the dose."""
    people = range(len(values["ecf_magnesium"]))
    return np.array([_one({name: float(values[name][k]) for name in NEEDS}, day) for k in people])


def half_lives(values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Half-lives of the components of the plasma curve, days, shortest first; shape (people, components)."""
    people = range(len(values["ecf_magnesium"]))
    rates = [-np.linalg.eigvals(_exchange({name: float(values[name][k]) for name in NEEDS})).real for k in people]
    return np.sort(np.log(2) / np.array(rates), axis=1)


def _one(rest: Mapping[str, float], day: float) -> float:
    label = expm(_exchange(rest) * day)[:, 0]
    return label.sum() * rest["ecf_magnesium"] / label[0]


def _exchange(rest: Mapping[str, float]) -> np.ndarray:
    """Rates of the label between ECF (first) and the stores, per day; columns sum to minus the loss."""
    ecf = rest["ecf_magnesium"]
    back = [rest[rate] for rate in STORES.values()]
    out = [rate * rest[store] / ecf for store, rate in zip(STORES, back, strict=True)]
    freed = rest["magnesium_freed_by_resorption"]
    back.append(freed / rest["deep_bone_magnesium"])
    out.append(freed / ecf)
    matrix = np.zeros((len(back) + 1, len(back) + 1))
    for place, (leaving, returning) in enumerate(zip(out, back, strict=True), start=1):
        matrix[place, 0], matrix[0, place], matrix[place, place] = leaving, returning, -returning
    matrix[0, 0] = -sum(out) - sum(rest[name] for name in LOSSES) / ecf
    return matrix
