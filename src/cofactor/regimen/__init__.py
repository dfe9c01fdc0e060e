"""What goes in over time: rates, holds, pulses, infusions and resets on one timeline, in days from the start of a run."""

from cofactor.regimen._checks import TIME_RESOLUTION_DAYS as TIME_RESOLUTION_DAYS
from cofactor.regimen._entries import Hold as Hold
from cofactor.regimen._entries import Rate as Rate
from cofactor.regimen._entries import piecewise as piecewise
from cofactor.regimen._resets import Reset as Reset
from cofactor.regimen._timeline import Regimen as Regimen
from cofactor.regimen._timeline import Segment as Segment
from cofactor.regimen._timeline import Stretch as Stretch
from cofactor.regimen._trains import Infusions as Infusions
from cofactor.regimen._trains import Pulses as Pulses
