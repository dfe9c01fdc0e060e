"""`cofactor import`: what it shows, the course it prints, and one clear message for what cannot be read or run."""

from __future__ import annotations

import json

import pytest
from tests.interop.small_models import PETERSON

from cofactor.cli import app, guarded

pytest.importorskip("libsbml")


@pytest.fixture
def cofactor(monkeypatch, capsys):
    def run(*arguments: str):
        monkeypatch.setattr("sys.argv", ["cofactor", *arguments])
        code = guarded(app)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_without_days_it_shows_what_the_file_holds(cofactor):
    code, out, _ = cofactor("import", str(PETERSON))
    assert code == 0
    for told in ("Peterson2010", "30 states", "1 events: Event", "0.0416667 days", "--days"):
        assert told in out


def test_613_runs_to_its_reference_end_state(cofactor):
    code, out, _ = cofactor("import", str(PETERSON), "--without-event", "Event", "--json")
    held = json.loads(out)["parameters"]
    assert code == 0
    halved = [f"--set={name}={held[name] / 2!r}" for name in ("GFR", "OralCa")]
    shown = [f"--observable={name}" for name in ("PTH", "P", "Qbone")]
    code, out, _ = cofactor(
        "import", str(PETERSON), "--days", "3650", "--without-event", "Event", *halved, *shown, "--json"
    )
    assert code == 0
    found = json.loads(out)
    assert found["time_days"][-1] == 3650
    # shared/biomodels/README.md
    ends = {name: series[-1] for name, series in found["observables"].items()}
    assert ends == pytest.approx({"PTH": 67.57496, "P": 33.22108, "Qbone": 16088.030}, rel=1e-6)


def test_the_course_is_a_table_of_the_quantities_asked_for(cofactor):
    code, out, _ = cofactor("import", str(PETERSON), "--days", "4", "--observable", "TERISC", "--set", "TERISC=7")
    assert code == 0
    assert "TERISC" in out
    assert "4 days" in out
    assert "7" in out
    assert "Qbone " not in out


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (("--set", "GFRR=3"), "GFR"),
        (("--set", "GFR=three"), "GFR=three"),
        (("--set", "GFR"), "NAME=NUMBER"),
        (("--set", "GFR=nan"), "GFR=nan"),
        (("--days", "-4"), "-4"),
        (("--days", "nan"), "days"),
        (("--days", "1e9"), "days"),
        (("--days", "4", "--every", "0"), "--every"),
        (("--days", "4", "--every", "1e-9"), "--every"),
        (("--days", "4", "--observable", "PHT"), "PTH"),
        (("--without-event", "Evnt"), "Event"),
        (("--time-unit", "mmol"), "time"),
    ],
)
def test_a_bad_argument_is_one_message_and_exit_code_2(cofactor, more, named):
    code, out, err = cofactor("import", str(PETERSON), *more)
    assert code == 2
    assert out == ""
    assert err.startswith("cofactor: ")
    assert named in err
    assert "Traceback" not in err


@pytest.mark.parametrize("content", [b"", b"not XML", b"\x89PNG\x00", b"<sbml/>"])
def test_a_bad_file_is_one_message_and_exit_code_2(cofactor, tmp_path, content):
    file = tmp_path / "bad.xml"
    file.write_bytes(content)
    code, _, err = cofactor("import", str(file))
    assert code == 2
    assert "bad.xml" in err
    assert "Traceback" not in err


def test_a_file_that_is_not_there_is_exit_code_2(cofactor):
    code, _, err = cofactor("import", "/no/such/file.xml")
    assert code == 2
    assert "/no/such/file.xml" in err
