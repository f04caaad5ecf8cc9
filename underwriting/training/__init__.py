"""How the scorecards are made and measured: reading, fitting, calibrating, validating, drawing. Needs numpy only."""
