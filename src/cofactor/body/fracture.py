"""Fracture rates: how often a vertebra, a hip and the shaft of the femur break; listens, and changes nothing.

A bone breaks in one blow when the load exceeds what it bears (vertebra, hip), or from cracks that outgrow their repair
(atypical fracture of the femoral shaft): two hazards that a drug may move in opposite directions. Rates are women's.
Assumptions: the rate of a given age belongs to the strength usual at that age, so age stands in the background and a person
differs from it by strength and falls; the powers were set from FREEDOM's fractures over its finite-element strengths.
"""

from __future__ import annotations

from cofactor.model import exp, given, observable, parameter, signal

# -- parameters -------------------------------------------------------------------------------------------------------

age = parameter(40, "y", source="design.md 2, reference adult", low=18, high=110)
vertebral_fractures_at_60 = parameter(
    7.8, "1/1000/y", spread=0.2, source="Rotterdam, doi 10.1359/jbmr.2002.17.6.1051: women 55-65 y", note="by X-ray"
)
vertebral_fractures_by_age = parameter(
    0.046, "1/y", spread=0.2, source="the same: 19.6 per 1000 person-years above 75 y, taken as 80",
)  # fmt: skip
hip_fractures_at_52 = parameter(
    0.87, "1/1000/y", spread=0.2, source="Harstad, doi 10.1007/s00198-010-1485-x: women 50-54 y, 8.7 per 10 000"
)
hip_fractures_by_age = parameter(
    0.105, "1/y", spread=0.1, source="the same: exponential to 582.2 per 10 000 at 90 and over, taken as 92"
)
atypical_fractures_at_normal_damage = parameter(
    0.01, "1/1000/y", spread=0.7, source="core_bone.md 3.1: 0.1 per 10 000 person-years"
)
most_atypical_fractures = parameter(
    1.4, "1/1000/y", spread=0.5,
    source="bone-E79: 11 (7-14) per 10 000 person-years after 4 years and more, the upper end; that it levels off: bone-E114",
    note="bone-E114: after 8 years 44 times the rate of the first months, not thousands of times",
)  # fmt: skip
age_of_vertebral_fractures = parameter(60, "y", source="Rotterdam: middle of 55-65 y")
age_of_hip_fractures = parameter(52, "y", source="Harstad: middle of 50-54 y")
strength_power_on_vertebral_fractures = parameter(
    5.6, "1", spread=0.2, calibrated="bone-E61 over bone-E66: ln 0.32 / ln 1.224 (core_bone.md 3.1)"
)
strength_power_on_hip_fractures = parameter(
    3.8, "1", spread=0.3, calibrated="bone-E61 over bone-E66: ln 0.60 / ln 1.143 (core_bone.md 3.1)"
)
damage_power_on_atypical_fractures = parameter(
    15,
    "1",
    spread=0.2,
    calibrated="bone-E79: x126 after 4 years of a bisphosphonate; 15-18 (core_bone.md 3.1)",
    note="the lower end; alone it would run far ahead of what is seen beyond 5 years",
)

falls = given("1", 1.0, doc="how often a person falls, relative to others of that age")


# -- rates ------------------------------------------------------------------------------------------------------------


@signal("1/1000/y")
def vertebral_fractures_of_age(age, vertebral_fractures_at_60, vertebral_fractures_by_age, age_of_vertebral_fractures):
    """Vertebral fractures of women of this age."""
    return vertebral_fractures_at_60 * exp(vertebral_fractures_by_age * (age - age_of_vertebral_fractures))


@signal("1/1000/y")
def hip_fractures_of_age(age, hip_fractures_at_52, hip_fractures_by_age, age_of_hip_fractures):
    """Hip fractures of women of this age."""
    return hip_fractures_at_52 * exp(hip_fractures_by_age * (age - age_of_hip_fractures))


@observable("1/1000/y")
def fracture_rate_vertebral(vertebral_fractures_of_age, failure_load_spine, strength_power_on_vertebral_fractures):
    """Vertebral fractures per 1000 person-years; most happen without a fall."""
    return vertebral_fractures_of_age * failure_load_spine**-strength_power_on_vertebral_fractures


@observable("1/1000/y")
def fracture_rate_hip(hip_fractures_of_age, failure_load_hip, strength_power_on_hip_fractures, falls):
    """Hip fractures per 1000 person-years; they follow falls."""
    return hip_fractures_of_age * falls * failure_load_hip**-strength_power_on_hip_fractures


@observable("1/1000/y")
def fracture_rate_atypical(
    atypical_fractures_at_normal_damage, spine_damage, damage_power_on_atypical_fractures, most_atypical_fractures
):
    """Atypical fractures of the femoral shaft per 1000 person-years: fatigue, where cracks outgrow their repair.

    A high power of damage that levels off: over years of treatment they become frequent, and then no more frequent.
    """
    rising = atypical_fractures_at_normal_damage * spine_damage**damage_power_on_atypical_fractures
    return rising / (1 + rising / most_atypical_fractures)
