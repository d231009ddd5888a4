"""Measure facial tremor during a smile from a webcam video."""
