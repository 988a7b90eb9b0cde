"""Which levers and which unknowns decide the answer."""
