"""The calendar: the season as two states that go round the unit circle once a year, so that no organ needs the time.

A person with a place starts on the circle at the phase of the start date (0 at the start of 1 January). A person without
one rests at the centre, where every wave of the year is 0: no season. A weak pull holds the circle; without it the error
of thousands of steps would let the radius drift.
"""

from __future__ import annotations

from cofactor.model import adapts, parameter, signal

year_turn = parameter(6.283185307179586 / 365.25, "1/d", source="definition: 2 pi in a Julian year of 365.25 d")
circle_pull = parameter(
    0.05, "1/d", source="a numerical choice: errors of the radius fade in weeks, far from the phase of the year"
)


@signal("1/d")
def pull_to_circle(year_cosine, year_sine, circle_pull):
    """Relative growth that brings the pair back to the circle; it leaves the centre where it is."""
    return circle_pull * (1 - year_cosine * year_cosine - year_sine * year_sine)


@adapts("year_cosine", unit="1/d", start=0.0)
def turn_of_year_cosine(year_cosine, year_sine, year_turn, pull_to_circle):
    """The cosine of the phase of the year."""
    return pull_to_circle * year_cosine - year_turn * year_sine


@adapts("year_sine", unit="1/d", start=0.0)
def turn_of_year_sine(year_cosine, year_sine, year_turn, pull_to_circle):
    """The sine of the phase of the year."""
    return pull_to_circle * year_sine + year_turn * year_cosine


@signal("1")
def half_year_cosine(year_cosine, year_sine):
    """Cosine of twice the phase: the sum of two angles."""
    return year_cosine * year_cosine - year_sine * year_sine


@signal("1")
def half_year_sine(year_cosine, year_sine):
    """Sine of twice the phase."""
    return 2 * year_cosine * year_sine


@signal("1")
def third_year_cosine(year_cosine, year_sine, half_year_cosine, half_year_sine):
    """Cosine of three times the phase."""
    return half_year_cosine * year_cosine - half_year_sine * year_sine


@signal("1")
def third_year_sine(year_cosine, year_sine, half_year_cosine, half_year_sine):
    """Sine of three times the phase."""
    return half_year_sine * year_cosine + half_year_cosine * year_sine


@signal("1")
def quarter_year_cosine(half_year_cosine, half_year_sine):
    """Cosine of four times the phase."""
    return half_year_cosine * half_year_cosine - half_year_sine * half_year_sine


@signal("1")
def quarter_year_sine(half_year_cosine, half_year_sine):
    """Sine of four times the phase."""
    return 2 * half_year_cosine * half_year_sine
