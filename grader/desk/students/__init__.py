"""The pages of a student, who sees their own work and nobody else's: no address names a person."""
