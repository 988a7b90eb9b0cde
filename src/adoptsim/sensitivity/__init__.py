"""Sensitivity: what decides the answer, and which levers lead."""
