"""Forms that organisers build: questions with their answers, statements with their wordings, for any purpose."""
