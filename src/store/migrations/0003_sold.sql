-- What a price rule sold a posted line for; NULL where that is the line's own total.
ALTER TABLE posting ADD COLUMN sold ANY;
