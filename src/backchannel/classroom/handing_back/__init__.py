"""What goes back: feedback to students, points to the platform."""
