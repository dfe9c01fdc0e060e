"""Exchange with other tools: SBML out and in, agreement with other simulators, and the benchmark beside them."""

from cofactor.interop._agreement import Agreement as Agreement
from cofactor.interop._agreement import agreement as agreement
from cofactor.interop._bench import bench_table as bench_table
from cofactor.interop._bench import run_bench as run_bench
from cofactor.interop._case import Case as Case
from cofactor.interop._course import course as course
from cofactor.interop._export import export_sbml as export_sbml
from cofactor.interop._import import Imported as Imported
from cofactor.interop._import import import_sbml as import_sbml
from cofactor.interop._read_file import problems as problems
