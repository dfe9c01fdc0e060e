"""SBML out and in: valid with units, the same rates after a round trip, and one clear error for a bad file."""

from __future__ import annotations

import pytest

from cofactor.errors import CofactorError
from cofactor.scenario import Scenario

libsbml = pytest.importorskip("libsbml")

from cofactor.interop import export_sbml, import_sbml  # noqa: E402

SUPPLEMENT = '[[supplement]]\nname = "vitamin_d3"\namount = "2000 IU"\nevery = "1 day"\n[simulate]\ndays = 30\n'
PULSES = '[[drug]]\nname = "teriparatide"\namount = "20 ug"\nevery = "1 day"\n[simulate]\ndays = 5\n'


@pytest.mark.parametrize("text", ["", SUPPLEMENT, PULSES], ids=["rest", "rate", "pulses"])
def test_the_export_has_no_error_and_no_unit_warning(text):
    document = libsbml.readSBMLFromString(export_sbml(Scenario.from_text(text)))
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)
    document.checkConsistency()
    assert [document.getError(i).getMessage() for i in range(document.getNumErrors())] == []
    model = document.getModel()
    assert model.getParameter("serum_magnesium") is not None or model.getSpecies("serum_magnesium") is not None


@pytest.mark.parametrize("content", [b"\x89PNG\x00", b"not xml at all", b"<sbml/>"])
def test_a_bad_file_is_one_clear_error(content, tmp_path):
    path = tmp_path / "bad.xml"
    path.write_bytes(content)
    with pytest.raises(CofactorError):
        import_sbml(path)
