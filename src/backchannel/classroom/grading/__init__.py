"""Mark what was handed in: ``backchannel grade``, built on nbgrader."""
