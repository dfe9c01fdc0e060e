"""Every kind of bad input ends in one clear error: the rule, what was received, the file and line, a hint."""

from __future__ import annotations

import os

import pytest

from cofactor.errors import CofactorError, InputError, UnitsError
from cofactor.scenario import Scenario

# name -> (text, line of the fault, part of the rule, part of what was received, part of the hint)
SUPPLEMENT = '[[supplement]]\nname = "magnesium"\namount = "1 mg"\n'
CHANGE = '[[diet_change]]\nmagnesium = "1 mmol/d"\n'
INFUSION = '[[infusion]]\nname = "magnesium"\n'

BAD = {
    "unknown key": ('[person]\nage = 42\nwieght = "68 kg"', 3, "[person] has no key wieght", "wieght", "weight"),
    "unknown key of a supplement": (
        SUPPLEMENT + '\n[[supplement]]\nname = "calcium"\namount = "1 mg"\nfrm = "x"',
        8, "[[supplement]] has no key frm", "frm", "form",
    ),
    "unknown table": ("schema = 1\n[persn]\nage = 3", 2, "a scenario has no key persn", "persn", "person"),
    "key of another table": (
        '[simulate]\nweight = "68 kg"',
        2, "[simulate] has no key", "weight", "belongs in [person]",
    ),
    "unit of another kind": ('[person]\nweight = "68 cm"', 2, "cm does not convert to kg", "68 cm", "70 kg"),
    "unit that is not one": ('[person]\nweight = "68 kilos"', 2, "unit is not known", "kilos", None),
    "no unit": ('[person]\nweight = "68"', 2, "weight needs its unit", "'68'", 'weight = "70 kg"'),
    "bare number": ("[person]\nweight = 68", 2, "weight is text with its unit", "68", "kg"),
    "empty text": ('[person]\nweight = ""', 2, "a quantity starts with a number", "''", None),
    "weight of 700 kg": ('[person]\nweight = "700 kg"', 2, "weight lies between 30 and 250 kg", "700 kg", "guard"),
    "weight in another unit": ('[person]\nweight = "700000 g"', 2, "between 30 and 250 kg", "= 700 kg", "guard"),
    "a child": ("[person]\nage = 17", 2, "age lies between 18 and 100 y", "17", "guard"),
    "age as text": ('[person]\nage = "forty"', 2, "age is a plain number (y)", "forty", None),
    "age nan": ("[person]\nage = nan", 2, "age lies between 18 and 100 y", "nan", "guard"),
    "age true": ("[person]\nage = true", 2, "age is a plain number", "True", None),
    "height": ('[person]\nheight = "1726 cm"', 2, "height lies between 1.2 and 2.3 m", "= 17.26 m", "guard"),
    "latitude": ("[person]\nlatitude = 95", 2, "latitude lies between -90 and 90", "95", "guard"),
    "skin type": ("[person]\nskin_type = 7", 2, "skin_type lies between 1 and 6", "7", None),
    "skin type 2.5": ("[person]\nskin_type = 2.5", 2, "whole number", "2.5", None),
    "sex": ('[person]\nsex = "femal"', 2, "sex is one of a closed list", "femal", "female"),
    "condition": (
        '[person]\nconditions = [\n  "psoriasis",\n  "hypertensoin",\n]',
        4, "a condition is one", "hypertensoin", "nearest: hypertension;",
    ),
    "conditions not a list": ('[person]\nconditions = "psoriasis"', 2, "is a list", "psoriasis", "["),
    "both": ("[person]\nage = 40\n[population]\nn = 5", 3, "a person or a population", "both", "[population]"),
    "draw in a person": (
        '[person]\nweight = { mean = "70 kg", sd = "10 kg" }',
        2, "one person is one value", "a table of 2 keys", "[population]",
    ),
    "half a draw": (
        '[population]\nweight = { mean = "70 kg" }',
        2, "mean and sd, or median and log_sd", "mean", "weight = {",
    ),
    "misspelt draw": ("[population]\nage = { mean = 50, std = 9 }", 2, "mean and sd", "'std' (nearest: sd)", "age = {"),
    "negative sd": ("[population]\nage = { mean = 50, sd = -9 }", 2, "age.sd lies between 0 and 100", "-9", "guard"),
    "log_sd of 15": (
        "[population]\nage = { median = 50, log_sd = 15 }",
        2, "log_sd lies between 0 and 3", "15", "guard",
    ),
    "nobody": ("[population]\nn = 0", 2, "n lies between 1 and", "0", None),
    "population of others": ('[population]\nlike = "adult"', 2, "like is one of a closed list", "adult", "adults"),
    "unknown lab": ('[labs]\nserum_25OH = "18 ng/mL"', 2, "each lab is an observable", "serum_25OH", "serum_25ohd"),
    "lab unit": (
        '[labs]\nserum_magnesium = "0.85 mmol"',
        2, "mmol does not convert to mmol/L", "0.85 mmol", "serum_magnesium =",
    ),
    "negative lab": ('[labs]\nurine_magnesium = "-1 mmol/d"', 2, "not negative", "-1 mmol/d", None),
    "lab out of range": ('[labs]\nserum_magnesium = "85 mmol/L"', 2, "between 0.05 and 8 mmol/L", "85", "guard"),
    "lab after the plan": ('[labs]\ndate = "day 3"', 2, "before the plan", "day 3", None),
    "because of nothing": ('[labs]\nbecause = "intake"', 2, "serum_magnesium", "intake", None),
    "because of what": (
        '[labs]\nserum_magnesium = "0.7 mmol/L"\nbecause = "diet"',
        3, "because is one", "diet", "intake",
    ),
    "diet": ('[diet]\nmagnesium = "300 mg"', 2, "mg does not convert to mmol/d", "300 mg", "magnesium ="),
    "diet of grams": ('[diet]\nmagnesium = "300 g/day"', 2, "between 0 and 80 mmol/d", "300 g/day", "guard"),
    "negative diet": ('[diet]\ncalcium = "-3 mmol/day"', 2, "calcium lies between 0 and 125", "-3", "guard"),
    "diet change of nothing": ('[[diet_change]]\nstart = "day 1"', 1, "at least one nutrient", "none", "magnesium"),
    "end before start": (CHANGE + 'start = "day 21"\nstop = "day 3"', 4, "stop comes after start", "day 3", None),
    "end at start": (CHANGE + 'start = "day 3"\nstop = "day 3"', 4, "stop comes after start", "day 3", None),
    "start before 0": (CHANGE + 'start = "day -3"', 3, "not before the run", "day -3", "day 0"),
    "start after the end": (
        CHANGE + 'start = "day 100"\n[simulate]\ndays = 90',
        3, "within the run of 90 days", "day 100", "simulate.days",
    ),
    "diet change before": (CHANGE + 'start = "before"', 3, "a day of the run", "before", "supplement"),
    "unknown supplement": (
        '[[supplement]]\nname = "magnesum"\namount = "1 mg"',
        2, "a supplement is one", "magnesum", "nearest: magnesium",
    ),
    "supplement by another name": (
        '[[supplement]]\nname = "cholecalciferol"\namount = "1 ug"',
        2, "a supplement is one", "cholecalciferol", "nearest: vitamin_d3",
    ),
    "supplement without amount": ('\n[[supplement]]\nname = "magnesium"', 2, "needs the key amount", "none", None),
    "supplement without name": ('[[supplement]]\namount = "300 mg"', 1, "needs the key name", "none", None),
    "negative dose": ('[[supplement]]\nname = "magnesium"\namount = "-300 mg"', 3, "not negative", "-300 mg", None),
    "infinite dose": ('[[supplement]]\nname = "magnesium"\namount = "1e999 mg"', 3, "finite", "1e999", None),
    "nan dose": ('[[supplement]]\nname = "magnesium"\namount = "nan mg"', 3, "starts with a number", "nan mg", None),
    "dose as TOML nan": ('[[supplement]]\nname = "magnesium"\namount = nan', 3, "text with its unit", "nan", "mmol"),
    "dose in IU": ('[[supplement]]\nname = "magnesium"\namount = "4000 IU"', 3, "mmol", "4000 IU", "mass or moles"),
    "unknown form": (SUPPLEMENT + 'form = "glycinate"', 4, "a form of magnesium", "glycinate", "citrate"),
    "form of another": (
        '[[supplement]]\nname = "calcium"\namount = "1 mg"\nform = "citrate"',
        4, "comes in one form", "citrate", "leave",
    ),
    "every zero": (SUPPLEMENT + 'every = "0 days"', 4, "longer than 0", "0 days", "1 day"),
    "every three": (SUPPLEMENT + "every = 3", 4, "text with its unit", "3", "every ="),
    "once before": (SUPPLEMENT + 'every = "once"\nstart = "before"', 5, "once", "before", None),
    "once with a stop": (SUPPLEMENT + 'every = "once"\nstop = "day 3"', 5, "no stop", "day 3", None),
    "pulses maybe": (SUPPLEMENT + 'pulses = "yes"', 4, "true or false", "yes", None),
    "single brackets": (
        '[supplement]\nname = "magnesium"\namount = "1 mg"',
        1, "supplement is a list", "table of 2", "[[supplement]]",
    ),
    "double brackets": ("[[person]]\nage = 40", 1, "person is a table", "age", "[person]"),
    "a table that is a number": ("simulate = 3", 1, "simulate is a table", "3", "[simulate]"),
    "unknown drug": (
        '[[drug]]\nname = "omeprazole"',
        2, "a drug is one", "omeprazole", "nearest: proton_pump_inhibitor",
    ),
    "drug without amount": ('[[drug]]\nname = "teriparatide"', 1, "teriparatide needs its amount", "none", "20 ug"),
    "amount of a class": (
        '[[drug]]\nname = "proton_pump_inhibitor"\namount = "20 mg"',
        3, "usual dose", "20 mg", "leave it out",
    ),
    "class once": (
        '[[drug]]\nname = "proton_pump_inhibitor"\nevery = "once"',
        3, "not given once", "once", "start and stop",
    ),
    "unknown infusion": (
        '[[infusion]]\nname = "adrenalin"\nrate = "1 ug/kg/min"\nover = "1 h"',
        2, "an infusion is one", "adrenalin", "nearest: adrenaline",
    ),
    "infusion of nothing": (INFUSION.rstrip(), 1, "a rate or an amount", "neither", None),
    "infusion of both": (
        INFUSION + 'rate = "1 mmol/d"\namount = "1 mmol"\nover = "1 h"',
        1, "a rate or an amount", "both", None,
    ),
    "rate for how long": (INFUSION + 'rate = "1 mmol/d"', 1, "says how long", "no over", "4 hours"),
    "rate without time": (
        '[[infusion]]\nname = "adrenaline"\nrate = "0.1 ug/kg"\nover = "2 h"',
        3, "ug/kg/min", "0.1 ug/kg", None,
    ),
    "dose per kg in a population": (
        '[population]\nn = 3\n[[infusion]]\nname = "magnesium"\namount = "0.1 mmol/kg"\nover = "4 h"',
        5, "body weight", "0.1 mmol/kg", None,
    ),
    "challenge": (
        '[[challenge]]\nname = "glucose"\namount = "75 g"',
        2, "a challenge is one", "glucose", "oral_glucose",
    ),
    "event": ('[[event]]\nname = "flu"', 2, "an event is one", "flu", "known"),
    "light": ('[[phototherapy]]\ndose = ["0.4 J"]', 2, "J does not convert to J/cm2", "0.4 J", None),
    "light on sunday": (
        '[[phototherapy]]\ndose = "1 J/cm2"\ndays = ["sunday"]',
        3, "day of the week", "sunday", "nearest: sun",
    ),
    "no light": ("[[phototherapy]]\ndose = []", 2, "at least one dose", "[]", "J/cm2"),
    "sun without a latitude": (
        'schema = 1\n[sun]\nminutes_per_day = "30 min"',
        2, "[sun] needs a latitude", "none", "latitude =",
    ),
    "sun": ("[person]\nlatitude = 50\n[sun]\nexposed_fraction = 7", 4, "between 0 and 1", "7", None),
    "date without a calendar": (
        CHANGE + 'start = "2026-10-01"',
        3, "simulate.start has to be one", "2026-10-01", "[simulate] start",
    ),
    "date not of the calendar": (
        '[simulate]\nstart = "2026-01-01"\n[[event]]\nname = "stress"\nat = "2026-02-30"',
        5, "date of the calendar", "2026-02-30", "day 21",
    ),
    "start of no calendar": ('[simulate]\nstart = "2026-13-01"', 2, "date of the calendar", "2026-13-01", "day 0"),
    "start on day 5": ('[simulate]\nstart = "day 5"', 2, "a day or a date", "day 5", "day 0"),
    "day as a number": (CHANGE + "start = 21", 3, "a day or a date", "21", "day 21"),
    "output never": ('[simulate]\noutput_every = "0 days"', 2, "at least 5 minutes", "0 days", None),
    "output too often": ('[simulate]\noutput_every = "10 seconds"', 2, "at least 5 minutes", "10 seconds", None),
    "no days": ("[simulate]\ndays = 0", 2, "days lies between", "0", "guard"),
    "infinite days": ("[simulate]\ndays = inf", 2, "days lies between", "inf", "guard"),
    "no draws": ("[simulate]\ndraws = 0", 2, "draws lies between 1", "0", None),
    "negative seed": ("[simulate]\nseed = -1", 2, "seed lies between 0", "-1", None),
    "accuracy": ('[simulate]\naccuracy = "tigth"', 2, "accuracy is one", "tigth", "nearest: tight"),
    "a later schema": ("schema = 2", 1, "schema of a scenario is 1", "2", "later Cofactor"),
    "switch": ('[model]\nswitches = { responder_subtype = "on" }', 2, "true or false", "on", None),
    "cut": ('[model]\ncut = ["uvb plaque"]', 2, "source -> target", "uvb plaque", "uvb -> plaque"),
    "parameter": ('[model]\nparameters = { dct_capacity = "0.06 mmol/L" }', 2, "finite number", "0.06", "explain"),
    # ---- vitamin D, drugs, conditions, labs ----
    "vitamin D by its family name": (
        '[[supplement]]\nname = "vitamin_d"\namount = "1000 IU"',
        2, "a supplement is one", "vitamin_d", "nearest: vitamin_d3",
    ),
    "vitamin D in mmol a litre": (
        '[[supplement]]\nname = "vitamin_d3"\namount = "60 nmol/L"',
        3, "does not convert to ug", "60 nmol/L", "amount =",
    ),
    "calcidiol in IU": (
        '[[supplement]]\nname = "calcidiol"\namount = "400 IU"',
        3, "IU is not defined for calcidiol", "400 IU", "mass or moles",
    ),
    "calcitriol in IU": ('[[supplement]]\nname = "calcitriol"\namount = "20 IU"', 3, "IU", "20 IU", "mass or moles"),
    "vitamin D a day": ('[[supplement]]\nname = "vitamin_d3"\namount = "4000 IU/day"', 3, "IU/d", "4000 IU/day", "ug"),
    "form of vitamin D": (
        '[[supplement]]\nname = "vitamin_d3"\namount = "25 ug"\nform = "oil"',
        4, "comes in one form", "oil", "leave form out",
    ),
    "pulses of the past": (
        '[[supplement]]\nname = "vitamin_d3"\namount = "25 ug"\npulses = true\nstart = "before"',
        5, "dose by dose", "before", "habit is a rate",
    ),
    "diet of vitamin D in IU a litre": ('[diet]\nvitamin_d = "200 IU"', 2, "does not convert to ug/d", "200 IU", "vitamin_d ="),
    "diet of 20000 IU": ('[diet]\nvitamin_d = "20000 IU/day"', 2, "between 0 and 250 ug/d", "20000 IU/day", "guard"),
    "phosphate in the diet": ('[diet]\nphosphate = "38 mmol/day"', 2, "[diet] has no key phosphate", "phosphate", "phosphorus"),
    "denosumab by brand": ('[[drug]]\nname = "Prolia"\namount = "60 mg"', 2, "a drug is one", "Prolia", "nearest: denosumab"),
    "denosumab without a dose": ('[[drug]]\nname = "denosumab"', 1, "denosumab needs its amount", "none", "mg"),
    "denosumab by volume": ('[[drug]]\nname = "denosumab"\namount = "1 mL"', 3, "mL does not convert to mg", "1 mL", "amount ="),
    "teriparatide in units": ('[[drug]]\nname = "teriparatide"\namount = "400 IU"', 3, "IU", "400 IU", "amount ="),
    "a drug by number": ("[[drug]]\nname = 3", 2, "a drug is one", "3", "known"),
    "EDTA of no rate": ('[[infusion]]\nname = "edta"\nrate = "10 mmol"\nover = "1 h"', 3, "mmol/d", "10 mmol", "rate ="),
    "PTH by mass of another": (
        '[[infusion]]\nname = "pth_1_84"\nrate = "1 pmol/kg/h"\nover = "1 h"',
        2, "an infusion is one", "pth_1_84", "nearest: pth_1_34",
    ),
    "PTH a kilogram in a population": (
        '[population]\nweight = { mean = "70 kg", sd = "9 kg" }\n[[infusion]]\nname = "pth_1_34"\n'
        'rate = "2 pmol/kg/h"\nover = "7 days"',
        5, "body weight", "2 pmol/kg/h", "whole amount",
    ),
    "condition by another name": (
        '[person]\nconditions = ["hyperparathyroidism"]',
        2, "a condition is one", "hyperparathyroidism", "nearest: primary_hyperparathyroidism",
    ),
    "condition of no name": ('[person]\nconditions = [{ start = "day 3" }]', 2, "needs the key name", "none", "name"),
    "condition with a dose": (
        '[person]\nconditions = [{ name = "malabsorption", degree = 2 }]',
        2, "has no key degree", "degree", "nearest key",
    ),
    "condition that ends before it starts": (
        '[person]\nconditions = [{ name = "malabsorption", start = "day 9", stop = "day 4" }]',
        2, "stop comes after start", "day 4", "leave stop out",
    ),
    "condition after the end": (
        '[person]\nconditions = [{ name = "malabsorption", start = "day 900" }]\n[simulate]\ndays = 30',
        2, "within the run of 30 days", "day 900", "simulate.days",
    ),
    "condition twice at a time": (
        '[person]\nconditions = ["malabsorption", { name = "malabsorption", start = "day 3" }]',
        2, "once at a time", "malabsorption", "name it once",
    ),
    "conditions that exclude each other": (
        '[population]\nconditions = ["hypoparathyroidism", "primary_hyperparathyroidism"]',
        1, "exclude each other", "both", "keep one",
    ),
    "kidney disease of no degree": (
        '[person]\nconditions = ["chronic_kidney_disease"]',
        1, "says how severe it is by gfr", "no gfr", "45 mL/min/1.73m2",
    ),
    "kidney disease from a day": (
        '[person]\nconditions = [{ name = "chronic_kidney_disease", start = "day 3" }]\n[labs]\ngfr = "30 mL/min"',
        1, "part of the resting state", "a start or a stop", "leave start and stop out",
    ),
    "a number among conditions": ("[person]\nconditions = [3]", 2, "is a table", "3", "a name in quotes"),
    "calcium twice": (
        '[labs]\nserum_calcium = "2.4 mmol/L"\nionised_calcium = "1.2 mmol/L"',
        3, "met by the same lever", "both", "keep",
    ),
    "magnesium twice": (
        '[labs]\nionised_magnesium = "0.5 mmol/L"\nserum_magnesium = "0.8 mmol/L"',
        2, "met by the same lever", "both", "keep",
    ),
    "labs of another year": ('[labs]\ndate = "day -400"\nserum_25ohd = "50 nmol/L"', 2, "at most 365 days", "day -400", "year"),
    "gfr by another name": ('[labs]\neGFR = "60 mL/min"', 2, "each lab is an observable", "eGFR", "nearest: gfr"),
    "gfr of no time": ('[labs]\ngfr = "60 mL/1.73m2"', 2, "does not convert to mL/min", "60 mL/1.73m2", "gfr ="),
    "gfr as a number": ("[labs]\ngfr = 60", 2, "text with its unit", "60", "mL/min"),
    "gfr of 600": ('[labs]\ngfr = "600 mL/min/1.73m2"', 2, "between 1 and 250", "600", "guard"),
    "25(OH)D as D3": ('[labs]\n25ohd = "50 nmol/L"', 2, "each lab is an observable", "25ohd", "nearest: serum_25ohd"),
    "PTH in mmol": ('[labs]\nserum_pth = "6 mmol/L"', 2, "between 0.01 and 1000 pmol/L", "6 mmol/L", "guard"),
    "calcium in mmol": ('[labs]\nserum_calcium = "9.5 mmol/L"', 2, "between 0.5 and 6 mmol/L", "9.5 mmol/L", "guard"),
    "a population unknown": ('[population]\nlike = "postmenopausl"', 2, "like is one", "postmenopausl", "postmenopausal"),
    "syntax": ("schema = 1\n[person\nage = 3", 2, "a scenario is TOML", "[person", None),
    "value without quotes": ("[person]\nweight = 68 kg", 2, "a scenario is TOML", "weight = 68 kg", "quotes"),
    "the same key twice": ("[person]\nage = 3\nage = 4", 3, "a scenario is TOML", "age = 4", "once"),
    "the same table twice": ("[person]\nage = 30\n[person]\nage = 31", 3, "a scenario is TOML", "[person]", "once"),
    "unfinished": ('[person]\nsex = "female', 2, "a scenario is TOML", "female", None),
    "a number of 5000 digits": ("[simulate]\nseed = " + "9" * 5000, None, "readable", "absurdly long", "file"),
    "nested too deep": ("a = " + "[" * 100_000, None, "nest a few levels", "deeper", None),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_error(name):
    text, line, rule, received, hint = BAD[name]
    with pytest.raises(InputError) as caught:
        Scenario.from_text(text, "plan.toml")
    error = caught.value
    assert rule in error.rule
    assert received in str(error.received)
    assert error.where is not None
    assert error.where == "plan.toml" if line is None else error.where.split(" ")[0] == f"plan.toml:{line}"
    assert error.hint, "every error has its hint"
    assert hint is None or hint in error.hint
    assert error.exit_code == 2
    assert len(str(error)) < 700
    assert "\n" not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


def test_a_wrong_unit_is_a_units_error():
    with pytest.raises(UnitsError, match="cm does not convert to kg"):
        Scenario.from_text('[person]\nweight = "68 cm"')


def test_of_several_faults_the_first_in_the_file_is_shown():
    text = '[[drug]]\nname = "no"\n[[supplement]]\nname = "no"\n[diet]\nmagnesium = 3\n[person]\nsex = "no"'
    with pytest.raises(InputError, match=r"x\.toml:8 \(person\.sex\)"):
        Scenario.from_text(text, "x.toml")  # who it is about comes first: doses and dates depend on it
    with pytest.raises(InputError, match=r"x\.toml:2 \(drug\[0\]\.name\)"):
        Scenario.from_text(text.replace('sex = "no"', ""), "x.toml")


def test_a_dict_has_no_file_but_a_field():
    with pytest.raises(InputError) as caught:
        Scenario.from_dict({"supplement": [{"name": "magnesium", "amount": "300 m"}]})
    assert caught.value.where == "supplement[0].amount"


@pytest.mark.parametrize("raw", [None, 3, "text", [1]])
def test_a_scenario_is_a_mapping(raw):
    with pytest.raises(InputError, match="a table of tables"):
        Scenario.from_dict(raw)


FILES = {
    "binary": (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "UTF-8 text", "0x89"),
    "latin-1": ('sex = "f\xe9"'.encode("latin-1"), "UTF-8 text", "0xe9"),
    "utf-16": ('sex = "female"'.encode("utf-16"), "UTF-8 text", "0xff"),
    "zeros": (b"\0" * 64, "is text", "binary"),
    "huge": (b"#" * 1_000_001, "at most 1 MB", "larger"),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_not_a_text_file_is_refused(tmp_path, name):
    content, rule, received = FILES[name]
    path = tmp_path / "plan.toml"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        Scenario.from_toml(path)
    assert rule in caught.value.rule
    assert received in str(caught.value.received)
    assert str(path) in str(caught.value.where)


def test_a_directory_and_no_file_are_refused(tmp_path):
    with pytest.raises(InputError, match="a directory"):
        Scenario.from_toml(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        Scenario.from_toml(tmp_path / "plan.toml")
    with pytest.raises(InputError, match="can be read"):
        Scenario.from_toml("plan\0.toml")


def test_an_unreadable_file_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "plan.toml"
    path.write_text("")

    def refused(*_args, **_kwargs):
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr("pathlib.Path.open", refused)
    with pytest.raises(InputError, match="Permission denied"):
        Scenario.from_toml(path)


@pytest.mark.parametrize(
    ("kind", "text", "nearest"),
    [
        ("switches", "switches = { responder = true }", "responder_subtype"),
        ("parameters", "parameters = { dct_capacty = 0.06 }", "dct_capacity"),
        ("cut", 'cut = ["uvb -> plaqe"]', "uvb -> plaque"),
    ],
)
def test_names_of_the_model_are_checked_against_the_body(kind, text, nearest):
    known = {"switches": {"responder_subtype"}, "parameters": {"dct_capacity", "dct_splay"}, "cut": {"uvb -> plaque"}}
    scenario = Scenario.from_text(f"[model]\n{text}", "plan.toml")
    with pytest.raises(InputError) as caught:
        scenario.check_names(known)
    assert nearest in str(caught.value.hint)
    assert str(caught.value.where).startswith("plan.toml:2 (model.")
    scenario.check_names({other: names for other, names in known.items() if other != kind})
    scenario.check_names({})


def test_known_names_of_the_model_pass():
    text = '[model]\nswitches = { a = true }\ncut = ["b->c"]\nparameters = { d = 1 }'
    known = {"switches": {"a"}, "parameters": {"d": object()}, "cut": {"b -> c"}}
    assert Scenario.from_text(text).check_names(known) is None


def test_every_error_is_the_house_s_own():
    """No key of the contract lets an exception of pydantic, units or Python through, whatever stands in it."""
    odd = [
        None,
        True,
        -1,
        0,
        1e400,
        float("nan"),
        "",
        "x",
        "1",
        "1 kg",
        [],
        [1],
        {},
        {"mean": 1},
        {"a": {"b": 1}},
        [{}],
    ]
    from cofactor.scenario._scenario import keys_at

    for table in keys_at(()):
        for value in odd:
            assert _is_read_or_refused({table: value})
            for key in keys_at((table,)):
                assert _is_read_or_refused({table: {key: value}})
                assert _is_read_or_refused({table: [{key: value}]})
                assert _is_read_or_refused({table: [{"name": "magnesium", "amount": "1 mg", key: value}]})


def _is_read_or_refused(raw):
    try:
        Scenario.from_dict(raw)
    except CofactorError as error:
        return isinstance(error, InputError) and bool(error.where)
    return True
