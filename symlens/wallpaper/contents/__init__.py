"""What an asymmetric unit may hold."""
