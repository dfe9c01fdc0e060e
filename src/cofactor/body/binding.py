"""Binding of vitamin D metabolites in plasma: to vitamin-D-binding protein (DBP) and albumin; what stays free acts.

25(OH)D outnumbers calcitriol a thousandfold and decides how much DBP is free; calcitriol binds what is left. Assumptions:
equilibrium, one site a DBP, albumin far from saturated; D2 and D3 forms bind alike.
"""

from __future__ import annotations

from cofactor.model import derived, observable, parameter, signal, sqrt

# -- parameters -------------------------------------------------------------------------------------------------------

dbp = parameter(
    5000, "nmol/L", spread=0.1, varies=0.15, source="vitamin_d.md 2.3: 5.0 umol/L; vitd-E55 4.5", low=500, high=20000,
    note="oestrogen and pregnancy x1.5-2; lower in cirrhosis, nephrosis and magnesium lack",
)  # fmt: skip
albumin = parameter(650000, "nmol/L", varies=0.07, source="vitamin_d.md 2.3: 650 umol/L", low=150000, high=900000)
calcidiol_affinity_dbp = parameter(0.7, "L/nmol", spread=0.1, source="vitd-E55 Bikle 1986: 7e8 /M")
calcidiol_affinity_albumin = parameter(6e-4, "L/nmol", spread=0.1, source="vitd-E55 Bikle 1986: 6e5 /M")
calcitriol_affinity_dbp = parameter(0.04, "L/nmol", spread=0.2, source="vitamin_d.md 2.3, recalled: 4e7 /M")
calcitriol_affinity_albumin = parameter(5.4e-5, "L/nmol", spread=0.2, source="vitamin_d.md 2.3, recalled: 5.4e4 /M")
pmol_per_nmol = parameter(1000, "pmol/nmol", source="definition")
reference_25ohd = parameter(60, "nmol/L", source="coupled.md 1, reference adult")
reference_calcitriol = parameter(0.1, "nmol/L", source="coupled.md 1 and decision 15, reference adult: 100 pmol/L")


# -- free fractions ---------------------------------------------------------------------------------------------------


def _free_calcidiol(total, dbp, albumin, affinity_dbp, affinity_albumin):
    """Free 25(OH)D: the positive root of the quadratic for one saturable site beside one that is not."""
    unsaturable = 1 + affinity_albumin * albumin
    half = (unsaturable + affinity_dbp * dbp - affinity_dbp * total) / 2
    # this form of the root cannot cancel
    return total / (half + sqrt(half * half + unsaturable * affinity_dbp * total))


def _free_calcitriol(total, free_dbp, albumin, affinity_dbp, affinity_albumin):
    return total / (1 + affinity_albumin * albumin + affinity_dbp * free_dbp)


def _free_dbp(dbp, free_calcidiol, affinity_dbp):
    return dbp / (1 + affinity_dbp * free_calcidiol)


@signal("nmol/L")
def unbound_25ohd(serum_25ohd, dbp, albumin, calcidiol_affinity_dbp, calcidiol_affinity_albumin):
    """Free 25(OH)D."""
    return _free_calcidiol(serum_25ohd, dbp, albumin, calcidiol_affinity_dbp, calcidiol_affinity_albumin)


@signal("nmol/L")
def free_dbp(dbp, unbound_25ohd, calcidiol_affinity_dbp):
    """DBP that no 25(OH)D occupies."""
    return _free_dbp(dbp, unbound_25ohd, calcidiol_affinity_dbp)


@observable("pmol/L")
def free_25ohd(unbound_25ohd, pmol_per_nmol):
    """Free 25(OH)D in the unit of the laboratory."""
    return unbound_25ohd * pmol_per_nmol


@observable("pmol/L")
def free_calcitriol(
    calcitriol_level, free_dbp, albumin, calcitriol_affinity_dbp, calcitriol_affinity_albumin, pmol_per_nmol
):
    """Free calcitriol: rises when 25(OH)D displaces it from DBP."""
    free = _free_calcitriol(calcitriol_level, free_dbp, albumin, calcitriol_affinity_dbp, calcitriol_affinity_albumin)
    return free * pmol_per_nmol


# -- the same at the reference adult, to which the vitamin D receptor's drive is scaled ---------------------------------


@derived("pmol/L", calibrated="binding of the reference adult at 60 nmol/L")
def reference_free_25ohd(
    reference_25ohd, dbp, albumin, calcidiol_affinity_dbp, calcidiol_affinity_albumin, pmol_per_nmol
):
    """Free 25(OH)D of the reference adult (x0 of coupled.md)."""
    free = _free_calcidiol(reference_25ohd, dbp, albumin, calcidiol_affinity_dbp, calcidiol_affinity_albumin)
    return free * pmol_per_nmol


@derived("pmol/L", calibrated="binding of the reference adult at 60 nmol/L and 100 pmol/L")
def reference_free_calcitriol(
    reference_calcitriol, reference_free_25ohd, dbp, albumin, calcidiol_affinity_dbp, calcitriol_affinity_dbp,
    calcitriol_affinity_albumin, pmol_per_nmol,
):  # fmt: skip
    """Free calcitriol of the reference adult (kf0 of coupled.md)."""
    unoccupied = _free_dbp(dbp, reference_free_25ohd / pmol_per_nmol, calcidiol_affinity_dbp)
    free = _free_calcitriol(
        reference_calcitriol, unoccupied, albumin, calcitriol_affinity_dbp, calcitriol_affinity_albumin
    )
    return free * pmol_per_nmol
