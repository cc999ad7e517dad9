//! Room `matching`.
