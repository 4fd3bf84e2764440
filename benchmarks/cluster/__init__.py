"""What a cluster costs beside one machine that does the same."""
