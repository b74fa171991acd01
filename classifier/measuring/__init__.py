"""How well the models do on owners that they never saw: figures, intervals, splits, what is left out in turn, and the floors that a change may not break."""
