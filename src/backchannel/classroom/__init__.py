"""What an instructor does with exercises: release them, and look that nothing leaks. Needs nbgrader."""
