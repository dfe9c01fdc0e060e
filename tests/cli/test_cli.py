"""The command line as a person meets it: what it prints, its exit codes, and one clear message for bad input."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from cofactor.cli import app, guarded
from cofactor.model import System, flux, parameter, pool, signal, world


@pytest.fixture
def cofactor(monkeypatch, capsys):
    """Runs the command line in this process; gives (exit code, standard output, standard error)."""

    def run(*arguments: str):
        monkeypatch.setattr("sys.argv", ["cofactor", *arguments])
        code = guarded(app)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def file(tmp_path):
    """Writes a scenario file and gives its path."""

    def write(content: str | bytes, name: str = "scenario.toml") -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


SHORT = (
    '[simulate]\ndays = 2\n[[supplement]]\nname = "magnesium"\nform = "citrate"\namount = "300 mg"\nevery = "1 day"\n'
)
DOSE = '[[supplement]]\nname = "magnesium"\nform = "citrate"\n'

BAD_FILES = {
    "unknown key": ("[persons]\nage = 40", "persons"),
    "key misspelt": ("[person]\nweigth = '70 kg'", "weight"),
    "wrong unit": ("[person]\nweight = '70 mmol'", "kg"),
    "no unit": (DOSE + "amount = '300'\nevery = '1 day'", "unit"),
    "negative dose": (DOSE + "amount = '-300 mg'\nevery = '1 day'", "-300"),
    "NaN dose": (DOSE + "amount = 'nan mg'\nevery = '1 day'", "nan"),
    "endless dose": (DOSE + "amount = 'inf mg'\nevery = '1 day'", "inf"),
    "weight 700 kg": ("[person]\nweight = '700 kg'", "700"),
    "age 300": ("[person]\nage = 300", "300"),
    "end before start": (DOSE + "amount = '300 mg'\nevery = '1 day'\nstart = 'day 9'\nstop = 'day 3'", "stop"),
    "unknown supplement": ("[[supplement]]\nname = 'moonlight'\namount = '3 mg'\nevery = '1 day'", "moonlight"),
    "unknown drug": ("[[drug]]\nname = 'leeches'", "leeches"),
    "drug of no amount": ("[[drug]]\nname = 'alfacalcidol'", "needs its amount"),
    "negative dose of a drug": ("[[drug]]\nname = 'alfacalcidol'\namount = '-1 ug'", "-1 ug"),
    "dose of a drug in moles": ("[[drug]]\nname = 'alfacalcidol'\namount = '1 nmol'", "in ug"),
    "drug by another name": ("[[drug]]\nname = 'one-alpha'\namount = '1 ug'", "nearest: alfacalcidol"),
    "no organ yet": ("[[phototherapy]]\nkind = 'puva'\ndose = '1 J/cm2'", "no organ"),
    "unknown observable in labs": ("[labs]\nserum_magnesum = '0.8 mmol/L'", "serum_magnesium"),
    "lab out of reach": ("[labs]\nserum_magnesium = '7.5 mmol/L'", "nearest"),
    "PASI out of reach": ("[person]\nconditions = ['psoriasis']\n[labs]\npasi = 60", "come to PASI 0.1 to 3"),
    "PASI beyond its scale": ("[person]\nconditions = ['psoriasis']\n[labs]\npasi = 200", "between 0 and 72"),
    "person and population": ("[person]\nage = 40\n[population]\nn = 3", "both"),
    "unknown parameter": ("[model.parameters]\ndct_capacitty = 0.1", "dct_capacity"),
    "unknown edge": ("[model]\ncut = ['moon -> tide']", "moon"),
    "broken TOML": ("[person\nage = 40", "scenario.toml:1"),
    "duplicate key": ("[person]\nage = 40\nage = 41", "age"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", "UTF-8"),
    "zero output interval": ("[simulate]\noutput_every = '0 days'", "output_every"),
    "later schema": ("schema = 2", "schema"),
    "no intake": ("[diet]\nmagnesium = '0 mmol/day'", "no resting state"),
    "unknown population": ("[population]\nn = 3\nlike = 'giants'", "giants"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_input_is_one_message_and_exit_code_2(kind, cofactor, file):
    content, named = BAD_FILES[kind]
    code, out, err = cofactor("simulate", file(content))
    assert code == 2
    assert out == ""
    assert err.startswith("cofactor: ")
    assert named.lower() in err.lower()
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("simulate", "/no/such/file.toml"),
        ("simulate", "."),
        ("claims", "no-such-claim"),
        ("explain", "serum_magnesum"),
        ("simulate",),
        ("no-such-verb",),
        ("claims", "--draws", "0"),
    ],
)
def test_bad_arguments_are_exit_code_2(arguments, cofactor):
    code, _, err = cofactor(*arguments)
    assert code == 2
    assert err
    assert "Traceback" not in err


class thin_air:
    """An organ whose flux makes magnesium out of nothing."""

    stock = pool("mmol", of="magnesium")
    nowhere = world("mmol", of="moonlight")
    pace = parameter(1.0, "mmol/d", source="invented")

    @flux(leaves=nowhere, enters=stock, unit="mmol/d")
    def wonder(pace):
        """Creation."""
        return pace


class twice:
    """An organ that declares what the other already has."""

    stock = pool("mmol", of="magnesium")

    @signal("mmol")
    def double(stock):
        """Twice."""
        return 2 * stock


@pytest.mark.parametrize(("organs", "named"), [([thin_air], "moonlight"), ([thin_air, twice], "declared twice")])
def test_a_faulty_organ_ends_the_command_like_any_bad_input(organs, named, capsys):
    code = guarded(lambda **_: System.from_organs(organs))
    assert code == 2
    assert named in capsys.readouterr().err


def test_simulate_prints_a_table_and_the_disclaimer(cofactor, file):
    code, out, _ = cofactor("simulate", file(SHORT))
    assert code == 0
    assert "serum_magnesium" in out
    assert "not medical advice" in out


def test_simulate_prints_json_of_the_contract(cofactor, file):
    code, out, _ = cofactor("simulate", file(SHORT), "--json", "--observable", "serum_magnesium")
    shown = json.loads(out)
    assert code == 0
    assert {"time_days", "observables", "units", "manifest"} <= set(shown)
    assert list(shown["observables"]) == ["serum_magnesium"]
    assert shown["time_days"] == [0, 1, 2]


def test_the_budget_closes_and_enzymes_use_nothing(cofactor, file):
    code, out, _ = cofactor("simulate", file(SHORT), "--json", "--budget", "magnesium")
    budget = json.loads(out)["budget"]
    moved = sum(flow["amount"] for flow in budget["flows"])
    assert code == 0
    assert abs(budget["residual"]) <= 1e-9 * moved
    used = [line["amount"] for line in budget["lines"] if "enzymes" in str(line)]
    assert used
    assert all(amount == 0.0 for amount in used)


def test_the_check_reports_the_engines_error(cofactor, file):
    code, out, _ = cofactor("simulate", file(SHORT), "--json", "--check")
    measured = json.loads(out)["check"]
    assert code == 0
    assert measured["holds"]
    assert 0 < measured["largest"] < 1e-3


def test_explain_prints_equation_parameters_and_sources(cofactor):
    code, out, _ = cofactor("explain", "renal_magnesium_excretion")
    assert code == 0
    assert "distal_magnesium_reabsorption" in out
    code, out, _ = cofactor("explain", "dct_capacity", "--json")
    assert json.loads(out)["name"] == "dct_capacity"
    code, out, _ = cofactor("explain", "renal_magnesium_excretion", "--latex")
    assert "\\" in out


def test_some_failed_people_are_exit_code_3(cofactor, file, monkeypatch):
    from cofactor.run import _simulate

    whole = _simulate.cast_of

    def one_broken(*arguments):
        from dataclasses import replace

        cast = whole(*arguments)
        broken = cast.people[1].with_parameters(passive_magnesium_fraction=0.0, magnesium_pump_maximum=0.0)
        return replace(cast, people=[cast.people[0], broken, *cast.people[2:]])

    monkeypatch.setattr(_simulate, "cast_of", one_broken)
    code, out, _ = cofactor("simulate", file("[population]\nn = 3\n[simulate]\ndays = 1"), "--json")
    shown = json.loads(out)
    assert code == 3
    assert [failure["person"] for failure in shown["manifest"]["failures"]] == [1]


def test_claims_print_verdicts_and_json(cofactor):
    small = ("--draws", "3", "--people", "4")
    code, out, _ = cofactor("claims", "mg-detoxifies", "activation-spares-mg", *small)
    assert code == 0
    assert "NOT TESTABLE" in out
    code, out, _ = cofactor("claims", "activation-spares-mg", "--json", *small)
    (claim,) = json.loads(out)["claims"]
    assert {"id", "verdict", "condition", "basis", "model", "evidence", "clauses", "edges"} <= set(claim)
    assert {"median", "p2_5", "p97_5", "p", "unit"} <= set(claim["model"])


def test_a_fault_of_ours_says_so_and_shows_itself(capsys):
    def broken(**_):
        raise ZeroDivisionError("ours")

    with pytest.raises(ZeroDivisionError):
        guarded(broken)
    assert "fault of Cofactor itself" in capsys.readouterr().err


def test_the_module_runs_as_a_program():
    done = subprocess.run([sys.executable, "-m", "cofactor", "--help"], capture_output=True, text=True, check=True)
    assert "simulate" in done.stdout


def test_what_the_skin_makes_is_explained_too(cofactor):
    code, out, _ = cofactor("explain", "pasi")
    assert code == 0
    assert "observable of plaque" in out
    code, _, err = cofactor("explain", "passi")
    assert code == 2
    assert "no such quantity" in err


@pytest.mark.parametrize(
    ("quantity", "kind"),
    [
        ("serum_25ohd", "observable of"),  # an input of the skin that the core makes
        ("scale", "adapting state of plaque"),
        ("secukinumab_breakdown", "place outside the body of"),
        ("gland_mass", "adapting state of parathyroid"),
        ("calcium_in_urine", "place outside the body of"),
    ],
)
def test_a_quantity_is_explained_by_the_body_that_makes_it(quantity, kind, cofactor):
    code, out, _ = cofactor("explain", quantity)
    assert code == 0
    assert kind in out


def test_a_patient_s_skin_is_shown_without_being_asked_for(cofactor, file):
    code, out, _ = cofactor("simulate", file('[person]\nconditions = ["psoriasis"]\n[simulate]\ndays = 2'), "--json")
    assert code == 0
    shown = json.loads(out)["observables"]
    assert {"pasi", "il17_axis", "serum_25ohd", "artery_calcium", "stress_score"} <= shown.keys()
    code, out, _ = cofactor("simulate", file("[simulate]\ndays = 2"), "--json")
    assert "pasi" not in json.loads(out)["observables"]


@pytest.mark.parametrize("pasi", [2, 10, 28])
def test_a_patient_has_the_pasi_that_is_asked_for(cofactor, file, pasi):
    patient = f'[person]\nconditions = ["psoriasis"]\n[labs]\npasi = {pasi}\n[simulate]\ndays = 2'
    code, out, _ = cofactor("simulate", file(patient), "--json")
    assert code == 0
    shown = json.loads(out)
    (met,) = shown["manifest"]["labs_met"]
    assert shown["observables"]["pasi"][0] == pytest.approx(pasi, rel=1e-6)
    assert (met["lab"], met["wanted"], met["found"]) == ("pasi", pasi, pytest.approx(pasi))
