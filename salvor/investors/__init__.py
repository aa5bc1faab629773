"""Investors of a deal: their file is checked, they are registered in batches, and each answer is explained."""
