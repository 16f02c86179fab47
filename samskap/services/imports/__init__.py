"""Coordinators' own lists: read, shown row by row before anything is saved, and saved as a whole or not at all."""
