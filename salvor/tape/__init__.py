"""Loans in: a bank's file becomes exact integers, rejected rows with their reasons, and a Merkle commitment."""
