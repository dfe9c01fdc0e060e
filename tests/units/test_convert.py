"""Quantities, per-analyte conversions and the canonical units of observables."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cofactor.errors import InputError, UnitsError
from cofactor.units import (
    ANALYTES,
    CANONICAL,
    Quantity,
    Unit,
    canonical_unit,
    convert,
    find_analyte,
    parse_quantity,
    parse_unit,
    to_canonical,
)

# IUPAC 2001 standard atomic weights, written out here a second time to check the table.
WEIGHTS = {"C": 12.0107, "H": 1.00794, "N": 14.0067, "O": 15.9994, "S": 32.065}


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("4000 IU", 4000.0, "IU"),
        ("4000IU", 4000.0, "IU"),
        ("0.25 ug", 0.25, "ug"),
        ("2 pmol/kg/h", 2.0, "pmol/kg/h"),
        ("1e-3 mol", 1e-3, "mol"),
        ("-.5 mmol/d", -0.5, "mmol/d"),
        ("900\u2009mg/day", 900.0, "mg/d"),
        ("1\u202f000 mg", 1000.0, "mg"),
        ("10 000 IU", 10000.0, "IU"),
        ("25 %", 25.0, "%"),
        ("0.5 1", 0.5, "1"),
        ("5 mEq/L", 5.0, "mEq/L"),
        ("5E3 Eq", 5000.0, "Eq"),
    ],
)
def test_quantities_are_read(text, value, unit):
    assert parse_quantity(text) == Quantity(value, parse_unit(unit))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("4000", "needs its unit.*write the unit"),
        ("1,000 mg", "comma.*1000 mg"),
        ("1,5 mg", "comma"),
        ("NaN mg", "starts with a number"),
        ("inf mg", "starts with a number"),
        ("", "starts with a number"),
        ("mg", "starts with a number"),
        ("1e999 mg", "finite"),
        ("1.2.3 mg", "not a unit"),
        ("5 bananas", "not known"),
        ("1 0000 mg", "value is a quantity"),
        ("0x10 mg", "not known"),
    ],
)
def test_garbage_quantities_are_refused(text, says):
    with pytest.raises(UnitsError, match=says):
        parse_quantity(text)


def test_a_toml_number_is_a_bare_number():
    with pytest.raises(UnitsError, match=r'text with a unit.*"4000 IU"'):
        parse_quantity(4000, expect="IU")  # type: ignore[arg-type]


def test_expected_dimension_names_both_units_and_the_place():
    assert parse_quantity("2 mol/h", expect="mmol/d").unit == parse_unit("mol/h")
    with pytest.raises(UnitsError, match=r"mg/L does not fit where mmol/d is expected.*at plan.toml:7"):
        parse_quantity("3 mg/L", expect="mmol/d", where="plan.toml:7")
    with pytest.raises(UnitsError, match=r"at plan.toml:9; hint: did you mean mmol"):
        parse_quantity("3 mmoll", where="plan.toml:9")


def test_quantity_changes_unit():
    assert parse_quantity("1 mL/min").to("L/d").value == pytest.approx(1.44)
    assert str(parse_quantity("0.25 µg/day")) == "0.25 ug/d"
    with pytest.raises(UnitsError, match="mg and d"):
        parse_quantity("1 mg").to("d")


# Right-hand sides worked out by hand from the molar masses and definitions.
@pytest.mark.parametrize(
    ("text", "to", "analyte", "expected"),
    [
        ("18 ng/mL", "nmol/L", "calcidiol", 18 / 0.40064),  # 44.928
        ("4000 IU/d", "ug/d", "vitamin_d3", 100.0),
        ("4000 IU", "nmol", "vitamin_d3", 100_000 / 384.64),  # 259.98
        ("50000 IU", "umol", "vitamin_d2", 1250 / 396.65),  # 3.1514
        ("1 ug", "IU", "vitamin_d3", 40.0),
        ("8.5 mg/dL", "mmol/L", "calcium", 85 / 40.078),  # 2.1209
        ("2 mEq/L", "mmol/L", "magnesium", 1.0),
        ("24.305 mg", "mEq", "magnesium", 2.0),
        ("900 mg/day", "mmol/d", "calcium", 900 / 40.078),
        ("3.5 mg/dL", "mmol/L", "phosphorus", 35 / 30.974),  # 1.1300
        ("40 pg/mL", "pmol/L", "calcitriol", 40 / 0.41664),  # 96.006
        ("30 pg/mL", "pmol/L", "pth_1_84", 30 / 9.4246),  # 3.1832
        ("20 ug", "pmol", "teriparatide", 20e6 / 4117.8),  # 4856.96, coupled.md before its 0.95
        ("75 g", "mmol", "glucose", 75e3 / 180.156),
        ("90 mg/dL", "mmol/L", "glucose", 900 / 180.156),  # 4.9957
        ("1 mU/L", "pmol/L", "insulin", 6.0),
        ("60 pmol/L", "mU/L", "insulin", 10.0),
        ("10 uIU/mL", "mU/L", "insulin", 10.0),
        ("0.1 ug/L", "nmol/L", "adrenaline", 0.1 / 0.1832),
        ("1 L/mg", "L/mmol", "calcium", 40.078),
        ("1 mmol/g", "wt%", "calcium", 4.0078),
    ],
)
def test_per_analyte_conversions(text, to, analyte, expected):
    assert convert(text, to, analyte=analyte) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "to", "analyte", "expected"),
    [
        ("2 pmol/kg/h", "pmol/h", None, 140.0),
        ("2 pmol/kg/h", "nmol/d", None, 3.36),
        ("140 pmol/h", "pmol/kg/h", None, 2.0),
        ("0.1 ug/kg/min", "ug/d", None, 10080.0),
        ("0.1 ug/kg/min", "nmol/min", "adrenaline", 7000 / 183.2),
        ("0.04 U/kg", "nmol", "insulin", 16.8),
        ("1 ug/kg/d", "nmol/kg/d", "vitamin_d3", 1000 / 384.64),
        ("10080 ug/d", "ug/kg/min", None, 0.1),
        ("3 mg/d", "umol/d", "magnesium", 3000 / 24.305),  # a weight that is not needed changes nothing
    ],
)
def test_per_kilogram_of_body(text, to, analyte, expected):
    assert convert(text, to, analyte=analyte, body_weight_kg=70.0) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "to", "kwargs", "says"),
    [
        ("18 ng/mL", "nmol/L", {}, r"ng/mL does not convert to nmol/L: mass to amount needs the analyte"),
        ("4000 IU", "ug", {}, r"IU does not convert to ug: IU to mass needs the analyte"),
        ("2 pmol/kg/h", "pmol/h", {}, r"pmol/kg/h does not convert to pmol/h: .*needs the body weight"),
        ("2 pmol/kg/h", "pmol/h", {"body_weight_kg": 0.0}, "above 0 kg"),
        ("2 pmol/kg/h", "pmol/h", {"body_weight_kg": float("nan")}, "above 0 kg"),
        ("18 ng/mL", "nmol/d", {"analyte": "calcidiol"}, r"ng/mL does not convert to nmol/d"),
        ("18 mg", "1", {"analyte": "calcium", "body_weight_kg": 70.0}, r"mg does not convert to 1"),
        ("5 mmHg", "mmol", {"analyte": "calcium"}, r"mmHg does not convert to mmol"),
        ("1 IU", "mg", {"analyte": "calcium"}, r"IU is not defined for calcium"),
        ("1 U", "ug", {"analyte": "vitamin_d3"}, r"U is not defined for vitamin_d3"),
        ("1 mEq", "mmol", {"analyte": "phosphate"}, r"Eq is not defined for phosphate"),
        ("1 mg", "mmol", {"analyte": "calcum"}, r"did you mean calcium\?"),
    ],
)
def test_what_does_not_convert(text, to, kwargs, says):
    with pytest.raises(UnitsError, match=says):
        convert(text, to, **kwargs)


@given(
    st.floats(min_value=1e-9, max_value=1e9),
    st.sampled_from(sorted(ANALYTES)),
    st.sampled_from(["", "/L", "/dL", "/d", "/kg/h", "*d"]),
)
def test_there_and_back(value, analyte, rest):
    ways = [base for base in ("mol", "g", "IU", "Eq", "U") if ANALYTES[analyte].mol_per(base) is not None]
    for way in ways:
        away = convert(Quantity(value, parse_unit("mol" + rest)), way + rest, analyte=analyte)
        back = convert(Quantity(away, parse_unit(way + rest)), "mol" + rest, analyte=analyte)
        assert back == pytest.approx(value, rel=1e-12)


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(sorted({c.unit for c in CANONICAL.values()})))
def test_quantity_text_is_read_back(value, unit):
    quantity = Quantity(value, parse_unit(unit))
    assert parse_quantity(str(quantity)) == quantity


@pytest.mark.parametrize("analyte", [a for a in ANALYTES.values() if a.formula], ids=lambda a: a.name)
def test_molar_masses_follow_from_the_formula(analyte):
    parts = re.findall(r"([CHNOS])([0-9]*)", analyte.formula)
    mass = sum(WEIGHTS[element] * int(count or 1) for element, count in parts)
    assert analyte.molar_mass == pytest.approx(mass, rel=3e-5)


def test_aliases_are_unique_and_sources_given():
    names = [name for a in ANALYTES.values() for name in (a.name, *a.aliases)]
    assert len(names) == len(set(names))
    assert all(a.source for a in ANALYTES.values())
    assert find_analyte("Phosphorus").name == "phosphate"


@pytest.mark.parametrize("name", sorted(CANONICAL))
def test_every_observable_has_a_unit_and_a_known_analyte(name):
    entry = CANONICAL[name]
    assert str(canonical_unit(name)) == entry.unit
    assert entry.analyte is None or entry.analyte in ANALYTES
    assert to_canonical(name, Quantity(1.5, canonical_unit(name))) == 1.5


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("serum_25ohd", "18 ng/mL", 44.928),
        ("serum_calcium", "9.5 mg/dL", 2.37038),
        ("serum_magnesium", "1.9 mg/dL", 0.781732),
        ("serum_pth", "50 pg/mL", 5.30526),
        ("gfr", "100 mL/min/1.73m2", 100.0),
        ("plasma_insulin", "60 pmol/L", 10.0),
        ("urine_calcium", "200 mg/day", 4.99027),
        ("bone_mineralisation", "0.25 g/g", 25.0),
    ],
)
def test_labs_meet_their_observable(name, text, expected):
    assert to_canonical(name, text) == pytest.approx(expected, rel=1e-5)


def test_unknown_observable_names_the_nearest():
    with pytest.raises(InputError, match=r"did you mean serum_25ohd\?"):
        canonical_unit("serum_25hd")
    assert canonical_unit("ctx") == Unit.one
