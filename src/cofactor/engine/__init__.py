"""From a System to trajectories and resting states. The engine knows no biology."""

from cofactor.engine._fast import FAST_ACCURACIES as FAST_ACCURACIES
from cofactor.engine._fast import FastEngine as FastEngine
from cofactor.engine._fast import Swarm as Swarm
from cofactor.engine._fast import Timeline as Timeline
from cofactor.engine._fast import fast_engine as fast_engine
from cofactor.engine._plan import ACCURACIES as ACCURACIES
from cofactor.engine._plan import Accuracy as Accuracy
from cofactor.engine._plan import Segment as Segment
from cofactor.engine._plan import Trajectory as Trajectory
from cofactor.engine._rates import Rates as Rates
from cofactor.engine._reference import integrate as integrate
from cofactor.engine._rest import AT_REST as AT_REST
from cofactor.engine._rest import rest as rest
from cofactor.engine._rest import restlessness as restlessness
