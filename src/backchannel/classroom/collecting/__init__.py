"""Take in what students handed in: ``backchannel collect``."""
