"""Canonical units and per-analyte conversions."""

from cofactor.units._analytes import ANALYTES as ANALYTES
from cofactor.units._analytes import Analyte as Analyte
from cofactor.units._analytes import find_analyte as find_analyte
from cofactor.units._canonical import CANONICAL as CANONICAL
from cofactor.units._canonical import Canonical as Canonical
from cofactor.units._canonical import canonical as canonical
from cofactor.units._canonical import canonical_unit as canonical_unit
from cofactor.units._canonical import to_canonical as to_canonical
from cofactor.units._convert import convert as convert
from cofactor.units._quantity import Quantity as Quantity
from cofactor.units._quantity import parse_quantity as parse_quantity
from cofactor.units._unit import Unit as Unit
from cofactor.units._unit import parse_unit as parse_unit
