"""What may come next, and what each step needs and tells: one table per noun."""
