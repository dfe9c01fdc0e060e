"""The psoriatic skin of psoriasis.md 2a-2f and 2h as plain NumPy over (people, sites): the oracle of the organs.

Written from the file alone, in the file's own letters, with RK4 at a fixed step and everything from outside (noise, dose of
UV, vitamin D, drugs) constant within a day. It knows nothing of `cofactor`.
"""

# ruff: noqa: N815 - the letters of psoriasis.md

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

SITES = 20
STATES = ("s", "a", "d", "c", "b", "T", "m", "e")
THETA_0 = 0.3103
"""Theta(50, 110, 0) as printed in 2d; computed from K25 and K125 it is 0.31034."""


@dataclass(frozen=True)
class Constants:
    """2h, letter for letter; a value may be an array over people."""

    Gp: float = 4.0
    nu: float = 2 / 3
    rS: float = 0.10
    tauA: float = 13.0
    tauD: float = 12.0
    tauC: float = 14.0
    Ky: float = 1.5
    w17: float = 0.5
    wS: float = 0.4
    wN: float = 0.1
    HN: float = 1.06
    tauB: float = 4.5
    tauT: float = 11.0
    tauE: float = 3.2
    fN: float = 0.54
    wX: float = 0.96
    wm: float = 0.02
    tau_plus: float = 60.0
    tau_minus: float = 420.0
    e23: float = 0.38
    e17: float = 0.38
    eP: float = 0.42
    sR: float = 0.016
    rhoD: float = 0.6
    Rmax: float = 4.4
    U50: float = 0.28
    tauU: float = 14.0
    thA: float = 0.10
    K25: float = 600.0
    K125: float = 300.0
    sX: float = 0.115
    tauX: float = 20.0


DEFAULT = Constants()


@dataclass(frozen=True)
class Person:
    """Traits over people: thresholds K (people, sites), UV sensitivity chi, lesional area BSAmax and severity smax (people,)."""

    K: np.ndarray
    chi: np.ndarray
    BSAmax: np.ndarray
    smax: np.ndarray

    def of(self, chosen: np.ndarray) -> Person:
        """Some of the people."""
        return Person(self.K[chosen], self.chi[chosen], self.BSAmax[chosen], self.smax[chosen])

    def harder(self, factor: float) -> Person:
        """The same people with all thresholds multiplied."""
        return replace(self, K=self.K * factor)


def one(K: float, chi: float = 0.15) -> Person:
    """One person of one site."""
    return Person(np.array([[K]]), np.array([chi]), np.array([0.2]), np.array([6.6]))


def people(count: int, seed: int, sites: int = SITES) -> Person:
    """A seeded ensemble with the spreads of 2h."""
    random = np.random.default_rng(seed)
    between, within = random.standard_normal((count, 1)), random.standard_normal((count, sites))
    K = np.clip(0.62 * np.exp(0.30 * between + 0.40 * within), 0.15, 1.8)
    chi = 0.15 * np.exp(0.48 * random.standard_normal(count))
    area = np.clip(0.20 * np.exp(0.7 * random.standard_normal(count)), 0.02, 0.9)
    severity = np.clip(6.6 + 1.5 * random.standard_normal(count), 1.0, 12.0)
    return Person(K, chi, area, severity)


@dataclass(frozen=True)
class Day:
    """What comes from outside on one day; a value or an array over people."""

    X: float | np.ndarray = 0.0
    u: float | np.ndarray = 0.0
    v: float | np.ndarray = 0.0
    I17: float | np.ndarray = 0.0
    I23: float | np.ndarray = 0.0
    IN: float | np.ndarray = 0.0


@dataclass
class Skin:
    """The states: eight per site, shape (8, people, sites), and the UV memory U (people,)."""

    y: np.ndarray
    U: np.ndarray = field(default_factory=lambda: np.zeros(1))

    def of(self, chosen: np.ndarray) -> Skin:
        """Some of the people."""
        return Skin(self.y[:, chosen].copy(), self.U[chosen].copy())


def healthy(shape: tuple[int, int]) -> Skin:
    """All sites at the healthy fixed point."""
    y = np.zeros((8, *shape))
    y[:4] = 1.0
    return Skin(y, np.zeros(shape[0]))


def lesional(shape: tuple[int, int]) -> Skin:
    """All sites deep in a plaque."""
    y = np.empty((8, *shape))
    y[:4], y[4:6], y[6], y[7] = 3.0, 1.0, 0.875, 1.0
    return Skin(y, np.zeros(shape[0]))


def theta(D25, C125, top=0.0, p: Constants = DEFAULT):
    """VDR occupancy (2d)."""
    drive = D25 / p.K25 + C125 / p.K125 + top
    return drive / (1 + drive)


def vdr(D25, C125, top=0.0, p: Constants = DEFAULT):
    """v of 2d: occupancy above that of 50 nmol/L and 110 pmol/L, as a share of what is left."""
    rest = theta(50.0, 110.0, 0.0, p)
    return (theta(D25, C125, top, p) - rest) / (1 - rest)


def _column(value):
    return value[:, None] if np.ndim(value) == 1 else value


def rates(y: np.ndarray, U: np.ndarray, person: Person, day: Day, p: Constants = DEFAULT):
    """Rates of the eight site states, and of U."""
    s, a, d, c, b, T, m, e = y
    X, u, v = _column(day.X), day.u, _column(day.v)
    I17, I23, IN = _column(day.I17), _column(day.I23), _column(day.IN)
    h = _column(person.chi * u)
    L17, LN = T * (1 - I17) * (1 - p.e17 * v), 0.5 * (b + T) * (1 - IN)
    drive = p.w17 * L17 + p.wS * np.sqrt(np.maximum(L17 * LN, 0)) + p.wN * LN
    g = (p.Gp - 1) * drive * (1 + p.Ky) / (drive + p.Ky) * (1 - p.eP * v)
    G = 1 + g
    thick = p.nu * (p.Gp - 1)
    kappa = 0.5 * g / (p.Gp - 1) + 0.5 * np.maximum(a - 1, 0) / thick
    q4 = np.square(np.square(np.maximum(0, kappa + p.wm * m + X)))
    switch = p.HN * q4 / (q4 + np.square(np.square(person.K)))
    L23 = b * (1 - I23) * (1 - p.e23 * v) * (1 - p.fN * IN)
    r = 1 + p.rhoD * np.maximum(v, 0) + _column(p.Rmax * U / (U + p.U50))
    out = np.empty_like(y)
    out[0] = p.rS * G * s * (1 - s / (1 + p.nu * g)) - h * np.maximum(s - 1, 0)
    out[1] = G * (s - a) / p.tauA - h * np.maximum(a - 1, 0)
    out[2] = G * (a - d) / p.tauD
    out[3] = G * (d - c) / p.tauC
    out[4] = (np.maximum(0, switch + p.wX * X) - b) / p.tauB - h * b
    out[5] = (L23 / (1 + p.sR * (r - 1)) - T) / p.tauT - h * T
    out[6] = np.clip(T, 0, 1) * (1 - m) / p.tau_plus - m / p.tau_minus
    out[7] = (0.5 * (b + T) - e) / p.tauE
    return out, (u - U) / p.tauU


def live_a_day(skin: Skin, person: Person, day: Day, p: Constants = DEFAULT, dt: float = 0.5) -> Skin:
    """One day of RK4 in steps of `dt` days; states kept at or above 0."""
    y, U = skin.y, skin.U
    for _ in range(round(1 / dt)):
        k1, l1 = rates(y, U, person, day, p)
        k2, l2 = rates(y + dt / 2 * k1, U + dt / 2 * l1, person, day, p)
        k3, l3 = rates(y + dt / 2 * k2, U + dt / 2 * l2, person, day, p)
        k4, l4 = rates(y + dt * k3, U + dt * l3, person, day, p)
        y = np.maximum(y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4), 0)
        U = np.maximum(U + dt / 6 * (l1 + 2 * l2 + 2 * l3 + l4), 0)
    return Skin(y, U)


def severity(y: np.ndarray, p: Constants = DEFAULT) -> np.ndarray:
    """Site severity sg (2f)."""
    thick = p.nu * (p.Gp - 1)
    redness = np.clip(y[7], 0, 1.2)
    thickness = np.clip((y[1] + y[2] - 2) / (2 * thick), 0, 1.2)
    scale = np.clip((y[3] - 1) / thick, 0, 1.2)
    return (redness + thickness + scale) / 3


def pasi(skin: Skin, person: Person, p: Constants = DEFAULT) -> np.ndarray:
    """PASI over people (2f)."""
    sg = severity(skin.y, p)
    area = sg * (1 + p.thA) / (sg + p.thA)
    weight = np.maximum(area.sum(axis=1), 1e-12)
    share = person.BSAmax * area.mean(axis=1)
    return np.minimum(6 * share**0.6 * person.smax * (area * sg).sum(axis=1) / weight, 72)


def noise(count: int, days: int, seed: int, p: Constants = DEFAULT, sd: float | None = None, tau: float | None = None):
    """An Ornstein-Uhlenbeck course (days, people), stationary from the first day, exact from day to day."""
    random = np.random.default_rng(seed)
    spread, time = p.sX if sd is None else sd, p.tauX if tau is None else tau
    keep = np.exp(-1 / time)
    course = np.empty((days, count))
    course[0] = spread * random.standard_normal(count)
    for day in range(1, days):
        course[day] = course[day - 1] * keep + spread * np.sqrt(1 - keep**2) * random.standard_normal(count)
    return course


def follow(
    skin: Skin,
    person: Person,
    days: int,
    of_day: Callable[[int], Mapping],
    look: Iterable[int] = (),
    p: Constants = DEFAULT,
    dt: float = 0.5,
) -> tuple[Skin, dict[int, np.ndarray]]:
    """Live `days` days, `of_day(day)` giving that day's `Day` fields; PASI (people,) at the ends of the days in `look`."""
    wanted, seen = set(look), {}
    if 0 in wanted:
        seen[0] = pasi(skin, person, p)
    for number in range(days):
        skin = live_a_day(skin, person, Day(**of_day(number)), p, dt)
        if number + 1 in wanted:
            seen[number + 1] = pasi(skin, person, p)
    return skin, seen


# -- microbes (2c) ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Microbe:
    """Growth gI, killing by peptide k0 and by adaptive immunity k1, its priming al and its decay time tauEf."""

    gI: float
    k0: float
    k1: float
    al: float
    tauEf: float


ACUTE = Microbe(1.2, 0.40, 8.0, 0.25, 60.0)
TONSIL = Microbe(0.8, 0.30, 0.25, 0.05, 60.0)
DENTAL = GUT = Microbe(0.5, 0.20, 0.15, 0.05, 60.0)
YEAST = Microbe(0.3, 0.12, 0.15, 0.05, 60.0)
EXTINCT = 0.002
DELAY = 3.5


def infect(
    microbe: Microbe,
    days: float,
    *,
    x0: float = 0.02,
    E0: float = 0.0,
    AMP: float = 1.0,
    dt: float = 0.01,
    extinct: float = EXTINCT,
) -> np.ndarray:
    """Course of one load: rows (time, x, E, first delay, x_del); x is set to 0 when it falls below `extinct`."""

    def rate(z):
        x, E, first, second = z
        grown = microbe.gI * x * (1 - x) - (microbe.k0 * AMP + microbe.k1 * E) * x
        return np.array([grown, microbe.al * x - E / microbe.tauEf, (x - first) / DELAY, (first - second) / DELAY])

    z = np.array([x0, E0, 0.0, 0.0])
    rows = [(0.0, *z)]
    for step in range(round(days / dt)):
        k1 = rate(z)
        k2 = rate(z + dt / 2 * k1)
        k3 = rate(z + dt / 2 * k2)
        k4 = rate(z + dt * k3)
        z = z + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        if z[0] < extinct:
            z[0] = 0.0
        rows.append(((step + 1) * dt, *z))
    return np.array(rows)


# -- resting plaques, exactly -----------------------------------------------------------------------------------------


def threshold_at_rest(T: np.ndarray, v: float = 0.0, m: float | None = None, p: Constants = DEFAULT) -> np.ndarray:
    """The K whose site rests at Th17 activity T, without triggers or drugs; `m` holds the memory (None: at rest too)."""
    b = T * (1 + p.sR * p.rhoD * max(v, 0)) / (1 - p.e23 * v)
    L17, LN = T * (1 - p.e17 * v), 0.5 * (b + T)
    drive = p.w17 * L17 + p.wS * np.sqrt(L17 * LN) + p.wN * LN
    g = (p.Gp - 1) * drive * (1 + p.Ky) / (drive + p.Ky) * (1 - p.eP * v)
    gained = np.minimum(T, 1) / p.tau_plus
    memory = gained / (gained + 1 / p.tau_minus) if m is None else m
    q = g / (p.Gp - 1) + p.wm * memory  # thickness follows turnover at rest, so both halves of kappa are equal
    with np.errstate(invalid="ignore"):
        return q * (p.HN / b - 1) ** 0.25


# -- the Newcastle ladder of doses (1.2) --------------------------------------------------------------------------------

_SESSIONS = (1, 3, 6, 9, 12, 15, 18, 21, 24)
_DOSES = (0.42, 0.63, 0.82, 1.17, 1.36, 1.52, 1.58, 1.74, 1.94)


def newcastle_dose(day: int) -> float:
    """NB-UVB of a day (J/cm2): Monday, Wednesday, Friday for eight weeks from Monday, day 0; linear between printed doses."""
    week, weekday = divmod(day, 7)
    if weekday not in (0, 2, 4) or not 0 <= week < 8:
        return 0.0
    return float(np.interp(3 * week + weekday // 2 + 1, _SESSIONS, _DOSES))
