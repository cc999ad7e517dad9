//! PSA records as the sandbox keeps them.

mod addition;

pub use addition::Addition;
