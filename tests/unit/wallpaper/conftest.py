"""What tests of the study share."""

import numpy as np
import pytest


@pytest.fixture
def rng():
    """Of every test its own: numbers do not depend on which tests ran before."""
    return np.random.default_rng(0)
