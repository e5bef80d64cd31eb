"""The screens as people meet them."""
