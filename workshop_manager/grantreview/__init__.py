"""Reading grant applications: a rubric, who reads what, the ranking, and the talk with applicants."""
