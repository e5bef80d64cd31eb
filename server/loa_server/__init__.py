"""Loa server: bulletins, timetable and proof for grassroots radio."""
