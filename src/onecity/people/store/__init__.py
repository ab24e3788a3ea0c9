"""All the SQL of people."""
