"""From captures to evidence, verdicts and families. No network; scikit-learn only where models are trained."""
