"""How other systems name the files of their downloads: one module a system, one that recognises."""
