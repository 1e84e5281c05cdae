"""What runs beside a student's notebook: scripts of their own, which know no key."""
