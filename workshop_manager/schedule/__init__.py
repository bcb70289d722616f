"""Sessions, slots, releases and the calendar formats in which a schedule leaves the house."""
