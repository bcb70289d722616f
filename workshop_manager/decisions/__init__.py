"""What becomes of submissions: decided, released in one act, answered by their authors."""
