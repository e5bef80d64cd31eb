"""What server and station say to each other, and the one meaning of a timetable."""
