"""Exchange with other tools: SBML out and in."""

from cofactor.interop._case import Case as Case
from cofactor.interop._export import export_sbml as export_sbml
