"""Side by side with what analysts would otherwise run."""
