"""In-silico trials: arms, common random numbers, outcomes."""

from cofactor.trials._arms import FULL as FULL
from cofactor.trials._arms import Arm as Arm
from cofactor.trials._arms import Imposed as Imposed
from cofactor.trials._arms import Outcome as Outcome
from cofactor.trials._arms import Size as Size
from cofactor.trials._arms import arm_from as arm_from
from cofactor.trials._arms import body_of as body_of
from cofactor.trials._arms import run_arm as run_arm
from cofactor.trials._map import Axis as Axis
from cofactor.trials._map import CellMap as CellMap
from cofactor.trials._map import Course as Course
from cofactor.trials._map import cell_map as cell_map
from cofactor.trials._map import follow_all as follow_all
from cofactor.trials._psoriasis_observation import Luck as Luck
from cofactor.trials._psoriasis_observation import luck as luck
from cofactor.trials._psoriasis_observation import observed_pasi as observed_pasi
from cofactor.trials._psoriasis_observation import placebo_factor as placebo_factor
from cofactor.trials._psoriasis_observation import response_shares as response_shares
