"""Exchange with other tools: SBML out and in."""

from cofactor.interop._case import Case as Case
from cofactor.interop._export import export_sbml as export_sbml
from cofactor.interop._import import Imported as Imported
from cofactor.interop._import import import_sbml as import_sbml
from cofactor.interop._read_file import problems as problems
