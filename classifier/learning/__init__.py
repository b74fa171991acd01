"""What analysts decided as labelled examples, the candidate model that is fitted with them, and the gate that it must pass."""
