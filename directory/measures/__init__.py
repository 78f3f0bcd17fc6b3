"""Programme figures: counted in the database, with what could point at somebody held back."""
