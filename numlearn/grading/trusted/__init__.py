"""The side that knows the key: collect, start, judge, write the gradebook."""
