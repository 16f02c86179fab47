"""The parts of the plan for all needs at once: the problem, the search, the bound, and the program for HiGHS."""
