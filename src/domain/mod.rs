//! Nouns and rules without I/O: what a line, a mapping, an addition and a plan are, and what
//! follows from what. No rule here reads a clock, a disk or a network.

pub mod addition;
pub mod agreement_choice;
pub mod approval;
pub mod audit;
pub mod billing_cycle;
pub mod billing_period;
pub mod charge_dates;
pub mod charge_type;
pub mod clock;
pub mod compare;
pub mod decision;
pub mod description;
pub mod edit;
pub mod event;
pub mod exchange;
pub mod guard;
pub mod identity;
pub mod invoice_status;
pub mod journal;
pub mod line;
pub mod line_choice;
pub mod line_extra;
pub mod load;
pub mod log;
pub mod mapping;
pub mod mapping_memory;
pub mod marker;
pub mod money;
pub mod net;
pub mod period;
pub mod plan;
pub mod plan_input;
pub mod policy;
pub mod price;
pub mod problem;
pub mod psa;
pub mod residual;
pub mod revision;
pub mod since;
pub mod spreadsheet;
pub mod status;
pub mod text;
pub mod totals;
pub mod unload;

#[cfg(test)]
pub(crate) mod tests;
