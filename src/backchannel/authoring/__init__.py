"""Tools for those who write and check the course; students never import them."""
