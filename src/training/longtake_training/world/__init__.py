"""The captioned world that everything is trained on: drawn from nothing, no footage, no people."""
from .world import ProceduralWorld

__all__ = ["ProceduralWorld"]
