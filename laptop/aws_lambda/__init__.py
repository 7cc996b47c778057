"""Lambda: warm worker processes running AWS's own runtime client, and the Invoke operation before them."""
