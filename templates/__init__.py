"""Every word a customer or a member of staff reads, as package data."""
