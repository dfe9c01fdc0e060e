"""From a System to trajectories and resting states. The engine knows no biology."""

from cofactor.engine._plan import ACCURACIES as ACCURACIES
from cofactor.engine._plan import Accuracy as Accuracy
from cofactor.engine._plan import Segment as Segment
from cofactor.engine._plan import Trajectory as Trajectory
from cofactor.engine._rates import Rates as Rates
from cofactor.engine._reference import integrate as integrate
from cofactor.engine._rest import AT_REST as AT_REST
from cofactor.engine._rest import rest as rest
from cofactor.engine._rest import restlessness as restlessness
