"""What a predicate makes of arms: signed effects, targets, and whether a draw passes.  All numbers are invented."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cofactor.claims import Arms, Levels, effects, levels, parse_predicate, passes, target
from cofactor.errors import InputError, UnitsError
from cofactor.units import Unit, parse_quantity, parse_unit

PERCENT = parse_unit("%")
NAN = np.nan

# Two draws of three people; in the second draw one run of the treated arm failed.
CALCIUM = Arms(
    {
        ("drug", "serum_calcium"): [[2.5, 2.4, 2.6], [2.2, NAN, 2.4]],
        ("none", "serum_calcium"): [[2.4, 2.4, 2.4], [2.4, 2.0, 2.4]],
        ("drug", "pasi"): [[1.0, 4.0, 2.0], [1.0, 0.0, 8.0]],
        ("none", "pasi"): [[8.0, 4.0, 8.0], [8.0, 8.0, 8.0]],
        ("drug", "pasi.start"): [[8.0, 8.0, 8.0], [8.0, 8.0, 8.0]],
        ("none", "pasi.start"): [[8.0, 8.0, 8.0], [8.0, 8.0, 8.0]],
    },
    treated="drug",
    comparator="none",
)


def test_a_rise_is_treated_minus_comparator_in_the_unit_asked_for() -> None:
    rise = effects(parse_predicate("rise(serum_calcium) >= d"), CALCIUM, parse_unit("umol/L"))
    np.testing.assert_allclose(rise, [[100, 0, 200], [-200, NAN, 0]], atol=1e-9)


@pytest.mark.parametrize(
    "text", ["difference(serum_calcium) <= -d", "fall(serum_calcium) >= d", "-rise(serum_calcium) >= d"]
)
def test_three_ways_of_claiming_a_fall_give_the_same_effect(text: str) -> None:
    fall = effects(parse_predicate(text), CALCIUM, parse_unit("mmol/L"))
    np.testing.assert_allclose(fall, [[-0.1, 0, -0.2], [0.2, NAN, 0]], atol=1e-12)
    asked = target(parse_predicate(text), parse_quantity("50 umol/L"), parse_unit("mmol/L"))
    assert asked.low == pytest.approx(0.05)
    assert asked.high == np.inf


@pytest.mark.parametrize("text", ["relative_rise(serum_calcium) >= d", "difference(serum_calcium, relative) >= d"])
def test_relative_effects_are_shares_of_the_comparator(text: str) -> None:
    found = effects(parse_predicate(text), CALCIUM, PERCENT)
    np.testing.assert_allclose(found[0], [100 / 24, 0, 200 / 24])


def test_a_share_of_a_comparator_of_zero_is_no_number() -> None:
    arms = Arms({("a", "pasi"): [[1.0, 2.0]], ("b", "pasi"): [[0.0, 1.0]]}, "a", "b")
    np.testing.assert_array_equal(effects(parse_predicate("relative_rise(pasi) >= d"), arms, Unit.one), [[NAN, 1.0]])


def test_a_share_of_people_is_the_mean_of_ones() -> None:
    predicate = parse_predicate("difference(share(pasi <= 0.25 * pasi.start)) >= 10 %")
    np.testing.assert_array_equal(effects(predicate, CALCIUM, PERCENT), [[100, 0, 100], [100, 100, 0]])
    assert passes(predicate, CALCIUM, None).tolist() == [True, True]
    plain = levels(predicate, CALCIUM)
    assert plain == Levels(0.0, 100 * (4 / 6), "of 100 people")  # 2 of 3 in each draw


def test_a_failed_run_is_left_out_of_the_mean() -> None:
    # Second draw: (-0.2 + 0) / 2 = -0.1; with the failure counted as nothing it would be -0.067.
    below = parse_predicate("rise(serum_calcium) <= -0.09 mmol/L")
    assert passes(below, CALCIUM, None).tolist() == [False, True]


def test_passing_agrees_with_the_target_of_the_mean_effect() -> None:
    predicate, d = parse_predicate("rise(serum_calcium) >= d"), parse_quantity("0.05 mmol/L")
    unit = parse_unit("mmol/L")
    mean = np.nanmean(effects(predicate, CALCIUM, unit), axis=1)
    assert target(predicate, d, unit).reached(mean).tolist() == passes(predicate, CALCIUM, d).tolist() == [True, False]


def test_a_ratio_is_of_means_not_a_mean_of_ratios() -> None:
    arms = Arms({("a", "pasi"): [[1.0, 9.0]], ("a", "ctx"): [[1.0, 3.0]]}, "a")
    found = effects(parse_predicate("ratio(pasi, ctx) in 0.8..1.25"), arms, Unit.one)
    np.testing.assert_allclose(found, [[2.5]])
    mean_of_ratios = effects(parse_predicate("pasi / ctx > 1"), arms, Unit.one)
    assert mean_of_ratios.mean() == pytest.approx(2.0)


def test_a_range_may_widen_with_d() -> None:
    predicate = parse_predicate("ratio(pasi, ctx) in 1/(1 + d)..1 + d")
    asked = target(predicate, parse_quantity("25 %"), Unit.one)
    assert (asked.low, asked.high) == pytest.approx((0.8, 1.25))
    assert asked.reached([0.79, 0.8, 1.25, 1.26, NAN]).tolist() == [False, True, True, False, False]


def test_r2_is_the_squared_correlation_over_people() -> None:
    generator = np.random.default_rng(3)
    density = generator.normal(size=(2, 50))
    strength = density + generator.normal(size=(2, 50))
    arms = Arms({("a", "bmd_hip"): density, ("a", "bone_strength_hip"): strength}, "a")
    found = effects(parse_predicate("r2(bmd_hip, bone_strength_hip) >= 0.5"), arms, Unit.one)
    expected = [[np.corrcoef(x, y)[0, 1] ** 2] for x, y in zip(density, strength, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_named_arms_are_read_where_they_are_named() -> None:
    arms = Arms({("cut", "pasi"): [[4.0]], ("full", "pasi"): [[2.0]], ("full", "pasi.start"): [[10.0]]}, "full")
    found = effects(parse_predicate("ratio(pasi.start@full - pasi@cut, pasi.start - pasi) >= 0.5"), arms, Unit.one)
    np.testing.assert_allclose(found, [[0.75]])


def test_both_sides_may_be_measured() -> None:
    arms = Arms({("x", "pasi"): [[3.0, 5.0]], ("y", "pasi"): [[2.0, 2.0]]}, "x")
    predicate = parse_predicate("pasi@x > pasi@y")
    np.testing.assert_allclose(effects(predicate, arms, Unit.one), [[1.0, 3.0]])
    assert target(predicate, None, Unit.one) == target(parse_predicate("pasi > 0"), None, Unit.one)
    assert passes(predicate, arms, None).tolist() == [True]


def test_joined_predicates_pass_or_not_and_have_no_single_effect() -> None:
    both = parse_predicate("rise(serum_calcium) > 0 mmol/L and fall(pasi) >= 3")
    either = parse_predicate("rise(serum_calcium) > 0 mmol/L or fall(pasi) >= 3")
    neither = parse_predicate("not (rise(serum_calcium) > 0 mmol/L or fall(pasi) >= 3)")
    assert passes(both, CALCIUM, None).tolist() == [True, False]
    assert passes(either, CALCIUM, None).tolist() == [True, True]
    assert passes(neither, CALCIUM, None).tolist() == [False, False]
    for ask in (lambda: effects(both, CALCIUM, Unit.one), lambda: target(both, None, Unit.one)):
        with pytest.raises(InputError, match="no single effect"):
            ask()


def test_units_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UnitsError, match="do not measure the same thing"):
        effects(parse_predicate("rise(serum_calcium) >= d"), CALCIUM, parse_unit("mmHg"))
    with pytest.raises(UnitsError, match="do not measure the same thing"):
        effects(parse_predicate("rise(serum_calcium) - rise(pasi) >= d"), CALCIUM, Unit.one)


def test_a_bare_zero_is_nothing_of_any_unit_and_a_bare_one_is_not() -> None:
    assert passes(parse_predicate("rise(serum_calcium) > 0"), CALCIUM, None).tolist() == [True, False]
    assert target(parse_predicate("rise(serum_calcium) > 0"), None, parse_unit("mmol/L")).low == 0
    with pytest.raises(UnitsError, match="do not measure the same thing"):
        passes(parse_predicate("rise(serum_calcium) > 1"), CALCIUM, None)


def test_what_was_not_run_is_named() -> None:
    with pytest.raises(InputError, match=r"ctx@drug.*run here: .*pasi@drug"):
        effects(parse_predicate("rise(ctx) >= d"), CALCIUM, Unit.one)
    with pytest.raises(InputError, match="needs a comparator"):
        effects(parse_predicate("rise(pasi) >= d"), Arms({("a", "pasi"): [[1.0]]}, "a"), Unit.one)
    with pytest.raises(InputError, match="no smallest effect"):
        target(parse_predicate("rise(pasi) >= d"), None, Unit.one)


def test_an_observable_outside_the_fixed_list_needs_its_unit() -> None:
    predicate = parse_predicate("lost == 0 mmol")
    with pytest.raises(InputError, match="not known"):
        effects(predicate, Arms({("a", "lost"): [[0.0]]}, "a"), parse_unit("mmol"))
    arms = Arms({("a", "lost"): [[0.0, 0.0]]}, "a", units={"lost": parse_unit("umol")})
    np.testing.assert_array_equal(effects(predicate, arms, parse_unit("mmol")), [[0.0, 0.0]])


@given(
    shift=st.floats(-5, 5, allow_nan=False),
    d=st.floats(0.01, 5, allow_nan=False),
    people=st.lists(st.floats(1, 50), min_size=1, max_size=6),
)
def test_a_fall_passes_exactly_when_the_mirrored_rise_does(shift: float, d: float, people: list[float]) -> None:
    base = np.array([people])
    up = Arms({("a", "pasi"): base + shift, ("b", "pasi"): base}, "a", "b")
    down = Arms({("a", "pasi"): base, ("b", "pasi"): base + shift}, "a", "b")
    smallest = parse_quantity(f"{d!r} points")
    rise = passes(parse_predicate("rise(pasi) >= d"), up, smallest)
    fall = passes(parse_predicate("fall(pasi) >= d"), down, smallest)
    assert rise.tolist() == fall.tolist()
