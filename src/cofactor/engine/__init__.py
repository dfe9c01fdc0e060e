"""From a System to trajectories and resting states. The engine knows no biology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cofactor._lazy import attribute_of
from cofactor.engine._fast import FAST_ACCURACIES as FAST_ACCURACIES
from cofactor.engine._fast import FastEngine as FastEngine
from cofactor.engine._fast import Swarm as Swarm
from cofactor.engine._fast import Timeline as Timeline
from cofactor.engine._fast import fast_engine as fast_engine
from cofactor.engine._march import Course as Course
from cofactor.engine._march import March as March
from cofactor.engine._march import march_engine as march_engine
from cofactor.engine._noise import daily_normals as daily_normals
from cofactor.engine._noise import daily_uniforms as daily_uniforms
from cofactor.engine._periodic import RETURNED as RETURNED
from cofactor.engine._periodic import Cycle as Cycle
from cofactor.engine._periodic import periodic as periodic
from cofactor.engine._plan import ACCURACIES as ACCURACIES
from cofactor.engine._plan import Accuracy as Accuracy
from cofactor.engine._plan import Segment as Segment
from cofactor.engine._plan import Trajectory as Trajectory
from cofactor.engine._rates import Rates as Rates
from cofactor.engine._rest import AT_REST as AT_REST
from cofactor.engine._rest import rest as rest
from cofactor.engine._rest import rest_under_doses as rest_under_doses
from cofactor.engine._rest import restlessness as restlessness
from cofactor.engine._resting import resting_states as resting_states
from cofactor.engine._steady import Orbit as Orbit
from cofactor.engine._steady import middles as middles
from cofactor.engine._steady import steady_states as steady_states
from cofactor.engine._threads import THREADS as THREADS
from cofactor.engine._trigger import Trigger as Trigger

if TYPE_CHECKING:
    from cofactor.engine._reference import integrate as integrate

# The reference engine is imported when first used: SciPy's integrators take longer to load than most runs.
_HOMES = {"_reference": "integrate"}

__getattr__ = attribute_of(__name__, _HOMES)
