"""Marking of written answers by a person, with rubric and comment bank."""
