"""What holds for every test."""

from hypothesis import settings

# Machines differ and are shared: how long an example takes says nothing about the code.
settings.register_profile("symlens", deadline=None)
settings.load_profile("symlens")
