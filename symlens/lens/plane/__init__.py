"""Two commuting symmetries at once: shifts along the rows and columns of a window of the plane."""
