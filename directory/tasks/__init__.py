"""What a person must do: call back, look after a danger, find out why nothing arrived."""
