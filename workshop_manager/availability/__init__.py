"""When speakers can come: asked by mail before the schedule is made, answered by a link, known to the draft."""
