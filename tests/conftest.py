"""One state of the world for every test: fixed seeds, and no chance in what hypothesis tries."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import settings

# No deadline: the first example of a property may pay for machine code being made.
settings.register_profile("ci", derandomize=True, deadline=None, database=None, print_blob=True)
settings.load_profile("ci")


@pytest.fixture(autouse=True)
def fixed_seeds() -> None:
    """Own code draws from generators it is handed; this fixes what a library draws behind our back."""
    random.seed(0)
    np.random.seed(0)
