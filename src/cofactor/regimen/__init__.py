"""What goes in over time: rates, holds and pulses on one timeline, in days from the start of a run."""

from cofactor.regimen._entries import Hold as Hold
from cofactor.regimen._entries import Pulses as Pulses
from cofactor.regimen._entries import Rate as Rate
from cofactor.regimen._timeline import TIME_RESOLUTION_DAYS as TIME_RESOLUTION_DAYS
from cofactor.regimen._timeline import Regimen as Regimen
from cofactor.regimen._timeline import Segment as Segment
from cofactor.regimen._timeline import Stretch as Stretch
