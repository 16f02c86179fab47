"""The world outside: one Protocol and one real adapter each."""
