"""Measurements: reconstruction, adherence to captions, seams, drift."""
