"""Calibration and qualification: every evidence row the body can answer, run on its study's people, beside what was seen."""

from cofactor.qualify._emulation import Compare as Compare
from cofactor.qualify._emulation import Emulation as Emulation
from cofactor.qualify._emulation import EmulationFile as EmulationFile
from cofactor.qualify._emulation import Reference as Reference
from cofactor.qualify._load import emulations_of as emulations_of
from cofactor.qualify._load import load_emulations as load_emulations
from cofactor.qualify._load import parse_emulations as parse_emulations
from cofactor.qualify._observed import Observed as Observed
from cofactor.qualify._observed import resolve as resolve
from cofactor.qualify._population import PopulationLine as PopulationLine
from cofactor.qualify._population import population_summary as population_summary
from cofactor.qualify._qualify import Comparison as Comparison
from cofactor.qualify._qualify import Qualification as Qualification
from cofactor.qualify._qualify import Skipped as Skipped
from cofactor.qualify._qualify import counts as counts
from cofactor.qualify._qualify import people_needed as people_needed
from cofactor.qualify._qualify import qualify as qualify
from cofactor.qualify._qualify import run_all as run_all
from cofactor.qualify._qualify import run_files as run_files
from cofactor.qualify._table import table as table
from cofactor.qualify._table import write_tables as write_tables
