"""From labelled pages and names to a model folder: the corpus, fitting, calibration by held-out owners, the card. Scoring never comes here."""
