"""Acute triggers of psoriatic skin: a sore throat, a virus, an injury (psoriasis.md 2c), in plaques and in healthy skin."""

from functools import lru_cache

import numpy as np
import pytest
from tests.body.psoriatic import AS_THE_FILE, BODY, Ensemble, columns, engine
from tests.standalone import doubles_psoriasis as double

from cofactor.body import psoriatic_skin
from cofactor.engine import Course, march_engine

DAYS = 42
ONSET = 0.02
"""Load with which an infection begins (psoriasis.md 2c)."""


@lru_cache
def patients() -> Ensemble:
    return Ensemble(600, 4, DAYS)


def infected(load: str | None, **changes: float) -> np.ndarray:
    """PASI relative to the start on every day (people, days), after an infection on day 0."""
    people = patients()
    count = len(people.before)
    add = {}
    if load is not None:
        add[load] = np.zeros((DAYS, count))
        add[load][0] = ONSET
    run = engine().run(
        people.starts,
        people.changed(**changes),
        people.inputs,
        Course(DAYS, held={"trigger_noise": people.noise / double.DEFAULT.sX}, add=add),
        every=1,
    )
    assert not any(run.failures)
    return run.observed[:, :, 0] / people.before[:, None]


@lru_cache
def spared() -> np.ndarray:
    return infected(None)


def flare(load: str, **changes: float) -> np.ndarray:
    """Mean relative PASI by day over that without the infection."""
    return infected(load, **changes).mean(axis=0) / spared().mean(axis=0)


def test_a_sore_throat_flares_after_days_and_where_the_skin_reacts():
    """skin-E62: exacerbation 4 days and more after the sore throat."""
    strong, weak = (flare("throat_load", streptococcal_reactivity=phi) for phi in (1.0, 0.05))
    assert strong[4] < 1.01 < strong[14] < strong[28]
    assert 1.0 < weak.max() < 1.02 < strong[28]


def test_a_sore_throat_flares_less_than_a_longer_pulse_of_its_height():
    """2j's pulse of 0.2 peaks on day 7 and gives 1.18; a throat's 5 phi 0.063 is 0.2 too for phi 0.635, and soon over."""
    throat = flare("throat_load", streptococcal_reactivity=0.2 / (5 * 0.063))
    day = np.arange(28) / 7
    pulse = patients().follow(28, added_trigger=0.2 * day * np.exp(1 - day))[0][:, -1].mean() / spared()[:, 28].mean()
    assert 1.0 < throat[28] < pulse


def test_a_virus_flares_only_where_its_hypothesis_is_on():
    assert flare("virus_load", viral_reactivity=1.0) == pytest.approx(np.ones(DAYS + 1), abs=1e-9)
    on = flare("virus_load", viral_reactivity=1.0, virus_triggers=1.0)
    assert on == pytest.approx(flare("throat_load", streptococcal_reactivity=1.0), rel=1e-6), "the same episode"
    assert on[28] > 1.1


@pytest.mark.parametrize(("threshold", "ill"), [(0.30, True), (0.50, False)])
def test_an_injury_starts_a_plaque_where_the_threshold_is_low(threshold, ill):
    """2c: +0.3 for 7 days at one site; 2i: 0.184 is enough at 0.30, and 0.425 is needed at 0.50."""
    skin = psoriatic_skin()
    injured = np.zeros(double.SITES)
    injured[3] = 1.0
    parameters = skin.parameter_vector({**AS_THE_FILE, "injured_site": injured})
    parameters[columns("threshold_of_site")] = np.log(threshold / 0.62) / 0.40
    wound = np.zeros((300, 1))
    wound[:7] = 1.0
    march = march_engine(skin, ("sites_with_plaque",)).run(
        BODY.start[None],
        parameters[None],
        skin.input_vector()[None],
        Course(300, held={"skin_injury": wound}),
        every=300,
    )
    assert march.observed[0, -1, 0] == pytest.approx(ill / double.SITES, abs=1e-6)
