//! Rows to test with.
