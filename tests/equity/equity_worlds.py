"""What the property tests of equity draw from."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def worlds(draw, zeros=True, least=1):
    """Estimates in [0, 1], people, and a rank with ties, one per unit."""
    units = draw(st.integers(least, 8))
    low = 0.0 if zeros else 0.01

    def column(values):
        return np.array(draw(st.lists(values, min_size=units, max_size=units)))

    y = column(st.floats(low, 1.0).map(lambda x: round(x, 3)))
    n = column(st.floats(0.1, 100.0))
    return y, n, column(st.integers(0, 3)).astype(float)
