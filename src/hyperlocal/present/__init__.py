"""What leaves the building: tables, maps and figures, reports, profiles, made from results."""
