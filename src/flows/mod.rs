//! Flows: store state in, plan out. Pure functions, one file a flow (design 1, 6).

mod auto_cancel;
mod basis;
mod equation;
mod guards;
mod invoice_lines;

pub use equation::{EquationRow, asks_about, by_currency, equation};
pub use invoice_lines::invoice_lines;

#[cfg(test)]
mod tests;
