"""In-silico trials: arms, common random numbers, outcomes."""

from cofactor.trials._arms import FULL as FULL
from cofactor.trials._arms import Arm as Arm
from cofactor.trials._arms import Imposed as Imposed
from cofactor.trials._arms import Outcome as Outcome
from cofactor.trials._arms import Size as Size
from cofactor.trials._arms import arm_from as arm_from
from cofactor.trials._arms import run_arm as run_arm
