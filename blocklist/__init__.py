"""From verdicts to decisions to files an ISP can load, and the check that they are right."""
