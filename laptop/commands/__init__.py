"""The command `labelloop`: what a person does with a cloud, on this machine or at a URL."""
