"""Trains, evaluates and exports the video model that Longtake ships."""
