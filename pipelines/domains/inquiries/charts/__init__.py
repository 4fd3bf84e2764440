"""Charts of inquiries."""
