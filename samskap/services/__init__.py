"""What the service does: one area of work per file; functions are verbs. They flush; the way in commits, once."""
